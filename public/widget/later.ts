/**
 * The second file, `townring-more.js`: panels, the menu and whatever nobody needs for the first figure. It is fetched when
 * the browser has nothing better to do, or at the first press of one of its buttons, from beside the first.
 */
import type { Clock, Timer } from './clock.ts';
import type { LaterState } from './model/notice.ts';
import type { WorldEvent } from './model/world.ts';
import type { More, MoreDeps, PanelName } from './more.ts';
import type { WordTable } from './words.ts';

/** Set by the build: both files of one build have the same. */
declare const TOWNRING_BUILD: string;

export interface MoreModule {
  readonly build: string;
  /** What it says, in English. */
  readonly texts: WordTable;
  readonly openMore: (deps: MoreDeps) => More;
}

/** After a failure it is tried again by itself, less and less often. */
const RETRY_FIRST_MS = 5_000;
const RETRY_LONGEST_MS = 300_000;
/** Its words are waited for this long. */
const WORDS_MS = 1_500;
/** The browser has had its time for the page by then. */
const IDLE_MS = 1_500;
/** Events kept for it; more have happened only if it does not come. */
const UNHEARD_MAX = 50;

export interface LaterDeps {
  readonly clock: Clock;
  /** Runs when the browser has time. @returns how to call it off */
  readonly whenIdle: (run: () => void) => () => void;
  /** Fetches the file; `attempt` counts from 0. */
  readonly fetch: (attempt: number) => Promise<MoreModule>;
  /** Learns its words; the promise keeps when they are there in the page's language. */
  readonly learn: (english: WordTable) => Promise<void>;
  /** Puts it into use. */
  readonly furnish: (open: MoreModule['openMore']) => More;
  readonly onChange: () => void;
}

export class Later {
  readonly #deps: LaterDeps;
  #state: LaterState = 'none';
  #attempt = 0;
  #timer: Timer | undefined;
  #callOff: (() => void) | undefined;
  #part: More | undefined;
  /** The panel to open when it is here. */
  #panel: PanelName | undefined;
  /** Enter was pressed in the composer, which has to wait for its other half. */
  #isSubmitted = false;
  /** What happened meanwhile. */
  #unheard: WorldEvent[] = [];

  constructor(deps: LaterDeps) {
    this.#deps = deps;
  }

  get state(): LaterState {
    return this.#state;
  }

  /** undefined until it is here. */
  get part(): More | undefined {
    return this.#part;
  }

  /** Somebody waits for it. */
  get isAwaited(): boolean {
    return this.#part === undefined && (this.#panel !== undefined || this.#isSubmitted);
  }

  /** Opens a panel when the file is here; from then on the panels' buttons do it by themselves. */
  open(panel: PanelName): void {
    if (this.#part !== undefined) return;
    this.#panel = panel;
    this.want();
    this.#deps.onChange();
  }

  /** Says what stands in the composer when the file is here; from then on the composer does it by itself. */
  submit(): void {
    if (this.#part !== undefined) return;
    this.#isSubmitted = true;
    this.want();
    this.#deps.onChange();
  }

  happened(event: WorldEvent): void {
    if (this.#part !== undefined) this.#part.happened(event);
    else if (this.#unheard.length < UNHEARD_MAX) this.#unheard.push(event);
  }

  /** Now: somebody pressed a button. */
  want(): void {
    if (this.#state === 'none' || this.#state === 'failed') void this.#load();
  }

  /** When there is time for it. */
  wantSoon(): void {
    if (this.#state === 'none') this.#callOff ??= this.#deps.whenIdle(() => this.want());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#callOff?.();
    this.#part?.stop();
    this.#state = 'old';
  }

  async #load(): Promise<void> {
    this.#timer?.cancel();
    this.#become('coming');
    try {
      const { build, texts, openMore } = await this.#deps.fetch(this.#attempt);
      // The strip may have been taken away meanwhile.
      if (this.state !== 'coming') return;
      if (build !== TOWNRING_BUILD) return this.#become('old');
      // Words that linger come when they come: nothing else waits for them any longer.
      const enough = new Promise<void>((end) => void (this.#timer = this.#deps.clock.setTimer(end, WORDS_MS)));
      await Promise.race([this.#deps.learn(texts), enough]);
      if (this.state !== 'coming') return;
      this.#state = 'here';
      this.#part = this.#deps.furnish(openMore);
      for (const event of this.#unheard.splice(0)) this.#part.happened(event);
      if (this.#panel !== undefined) this.#part.open(this.#panel);
      if (this.#isSubmitted) this.#part.talk.submit();
      this.#deps.onChange();
    } catch {
      if (this.state === 'coming') this.#failed();
    }
  }

  #failed(): void {
    const delayMs = Math.min(RETRY_FIRST_MS * 4 ** this.#attempt, RETRY_LONGEST_MS);
    this.#attempt += 1;
    this.#timer = this.#deps.clock.setTimer(() => void this.#load(), delayMs);
    this.#become('failed');
  }

  #become(state: LaterState): void {
    this.#state = state;
    this.#deps.onChange();
  }
}

/** @param base URL of the first file. A browser remembers that a URL failed, so that each try has its own. */
export function fetchMore(base: string, attempt: number): Promise<MoreModule> {
  const url = new URL('townring-more.js', base);
  url.search = `${TOWNRING_BUILD}${attempt === 0 ? '' : `-${attempt}`}`;
  return import(url.href);
}

/** Runs when the page has come to rest. @returns how to call it off */
export function whenIdle(run: () => void): () => void {
  // Safari has no idle callbacks yet.
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(run, IDLE_MS / 5);
    return () => clearTimeout(timer);
  }
  const request = requestIdleCallback(run, { timeout: IDLE_MS });
  return () => cancelIdleCallback(request);
}
