/** What is said: by oneself, by others, and to a screen reader. */
import type { Clock } from '../time/clock.ts';
import { Announcer } from '../model/announcer.ts';
import { nameOf } from '../model/naming.ts';
import { say, selfOf, type Person, type World } from '../model/world.ts';
import type { MoreWords } from '../words/more-strings.ts';
import { Composer } from '../view/composer.ts';
import { el, setText } from '../view/dom.ts';
import type { Frame } from '../view/frame.ts';

/** Above this many people comings and goings are not announced. */
const ANNOUNCE_MAX_PEOPLE = 10;
/** Lines kept for a screen reader to go back to. */
const LOG_LINES = 12;

export interface TalkDeps {
  readonly world: World;
  readonly clock: Clock;
  readonly words: MoreWords;
  readonly send: (message: object) => boolean;
  /** Whether a line may wait for the square's return. */
  readonly mayWait: () => boolean;
  /** A line of one's own went out. */
  readonly spoke: () => void;
  readonly onChange: () => void;
}

export class Talk {
  readonly #deps: TalkDeps;
  readonly #announcer: Announcer;
  readonly #composer: Composer;
  #queued: string | undefined;
  #saidAt = -Infinity;

  constructor(frame: Frame, deps: TalkDeps) {
    this.#deps = deps;
    this.#announcer = new Announcer(deps.clock, {
      log: (line) => {
        frame.log.append(el('p', {}, line));
        if (frame.log.childElementCount > LOG_LINES) frame.log.firstElementChild?.remove();
      },
      status: (line) => setText(frame.status, line),
      gathered: (n) => deps.words('logNew', { n }),
    });
    this.#composer = new Composer(frame, deps.clock, {
      say: (text) => this.#say(text),
      typing: (typing) => void deps.send({ type: 'typing', typing }),
      leave: () => frame.stage.focus(),
    });
  }

  /** Says what stands in the composer. */
  submit(): void {
    this.#composer.submit();
  }

  get hasQueued(): boolean {
    return this.#queued !== undefined;
  }

  /** The square is back: what waited goes out. */
  release(): void {
    const text = this.#queued;
    this.#queued = undefined;
    this.#saidAt = -Infinity;
    if (text !== undefined) this.#say(text);
  }

  heard(person: Person, text: string): void {
    const { words } = this.#deps;
    this.#announcer.line(words('said', { name: nameOf(person, words), text }));
  }

  /** Something that a screen reader asked for by a key. */
  tell(text: string): void {
    this.#announcer.line(text);
  }

  came({ name, from }: Person): void {
    const { words } = this.#deps;
    const who = name || words('someone');
    this.#passing(
      from === undefined ? words('came', { name: who }) : words('cameFrom', { name: who, site: from.name }),
    );
  }

  /** Somebody walked out through the gate of another site. */
  left({ name }: Person, site: string): void {
    const { words } = this.#deps;
    this.#passing(words('leftToward', { name: name || words('someone'), site }));
  }

  #passing(text: string): void {
    if (this.#deps.world.people.size <= ANNOUNCE_MAX_PEOPLE) this.#announcer.passing(text);
  }

  stop(): void {
    this.#announcer.stop();
    this.#composer.stop();
  }

  #say(text: string): boolean {
    const { world, clock, send, mayWait, spoke, onChange } = this.#deps;
    const nowMs = clock.now();
    const self = selfOf(world);
    if (nowMs - this.#saidAt < world.chatThrottleMs) return false;
    if (self !== undefined && send({ type: 'say', text })) {
      this.#saidAt = nowMs;
      say(world, self, text, nowMs);
      spoke();
    } else {
      if (this.#queued !== undefined || !mayWait()) return false;
      this.#queued = text;
    }
    onChange();
    return true;
  }
}
