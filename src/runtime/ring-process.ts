import { join } from 'node:path';
import { Channel, type ChannelMessage } from '../lib/channel.ts';
import type { Timer } from '../lib/clock.ts';
import type { Side } from '../protocol/limits.ts';
import {
  isFromRing,
  type FromRing,
  type RingBeginning,
  type RingLoad,
  type RingNewsSpeech,
  type SquareSpeech,
  type ToRing,
} from '../ring/messages.ts';
import { mayWalkOut } from '../ring/plain-walk.ts';
import { RemoteRing, type RingSpeech, type ScenesSpeech } from '../ring/ring-channel.ts';
import { UNKNOWN_SIGHT, type RingHolder, type RingLink, type RingSource, type SiteSight } from '../ring/ring-holder.ts';
import type { Passage } from '../ring/ring-port.ts';
import type { ScenePresence } from '../scene/types.ts';
import { SupervisedProcess, type SupervisorDeps } from './supervised-process.ts';

/** Gates stay dim for so long after the ring's process ended, then they are dark: as of a neighbour that fell silent. */
const DIM_FOR_MS = 7_500;

/** The ring's process is told so often at most that its map is looked at; it takes that to last a minute. */
const LOOK_AROUND_MS = 5_000;

export interface RingProcessDeps extends SupervisorDeps {
  readonly logLevel: string;
  readonly source: RingSource;
}

/**
 * The ring as its supervisor knows it: in a process of its own, so that nothing that strangers do to it touches a scene.
 * While it is down gates fade; it comes back with a higher epoch and with what was saved.
 */
export class RingProcess implements RingHolder {
  readonly port: RemoteRing;
  readonly #deps: RingProcessDeps;
  /** Another one after a first start that failed. */
  #process: SupervisedProcess<RingLoad, ToRing, FromRing>;
  readonly #square: Channel<SquareSpeech, RingNewsSpeech>;
  readonly #scenes: Channel<ScenesSpeech, RingSpeech>;
  #presenceOf: (sceneKey: string) => ScenePresence = () => ({ count: 0, figures: [] });
  /** By ring and site, of those of which something is known. */
  #sights: ReadonlyMap<string, SiteSight> = new Map();
  #lookAroundAtMs = Number.NEGATIVE_INFINITY;
  #fading: Timer | undefined;
  #starting: Promise<void> | undefined;
  #unfollow: (() => void) | undefined;

  constructor(deps: RingProcessDeps) {
    const { clock, source } = deps;
    this.#deps = deps;
    this.port = new RemoteRing(
      () => this.#scenes,
      (sceneKey) => this.#tellPresence(sceneKey),
      (sceneKey, side) => this.#walkPlainly(sceneKey, side),
    );
    const over =
      (kind: 'port' | 'square') =>
      (message: ChannelMessage): boolean =>
        this.#process.send({ kind, message });
    this.#scenes = new Channel<ScenesSpeech, RingSpeech>({ clock, send: over('port'), hearing: this.port.hearing });
    this.#square = new Channel<SquareSpeech, RingNewsSpeech>({
      clock,
      send: over('square'),
      hearing: {
        news: {
          sights: (sights) => {
            this.#sights = new Map(sights.map(({ ringId, siteId, sight }) => [`${ringId} ${siteId}`, sight]));
          },
          counts: (counts) => {
            for (const [event, reason, times] of counts) source.count(event, reason, times);
          },
        },
        questions: {
          keep: async (documents) => {
            const outcome = await source.rings.accept(documents, clock.now());
            return outcome.ok ? { ok: true } : { ok: false, reason: outcome.reason };
          },
          request: ({ square, bytes }) => source.answerRequest(square, bytes),
        },
        streams: {},
      },
    });
    this.#process = this.#supervise();
  }

  start(presenceOf: (sceneKey: string) => ScenePresence): Promise<void> {
    this.#presenceOf = presenceOf;
    this.#unfollow ??= this.#deps.source.rings.onChange((ring) => this.#square.tell('trusted', ring));
    return (this.#starting ??= this.#startProcess());
  }

  async #startProcess(): Promise<void> {
    try {
      await this.#process.start();
    } catch (err) {
      this.#starting = undefined;
      this.#process = this.#supervise();
      throw err;
    }
  }

  isUp(): boolean {
    return this.#process.isUp;
  }

  sitesChanged(): void {
    const { source } = this.#deps;
    this.#square.tell('sites', { ours: source.sites(), asleep: source.asleep() });
  }

  lookAround(): void {
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs < this.#lookAroundAtMs) return;
    this.#lookAroundAtMs = nowMs + LOOK_AROUND_MS;
    this.#square.tell('lookAround', undefined);
  }

  sight(ringId: string, siteId: string): SiteSight {
    return this.#sights.get(`${ringId} ${siteId}`) ?? UNKNOWN_SIGHT;
  }

  links(): readonly RingLink[] {
    return this.#process.load?.links ?? [];
  }

  liveGates(): number {
    return this.#process.load?.liveGates ?? 0;
  }

  isKeyUsedTwice(): boolean {
    return this.#process.load?.isKeyUsedTwice ?? false;
  }

  residentBytes(): number {
    return this.#process.load?.residentBytes ?? 0;
  }

  async stop(): Promise<void> {
    this.#unfollow?.();
    this.#fading?.cancel();
    if (this.#starting !== undefined) await this.#process.stop();
  }

  #supervise(): SupervisedProcess<RingLoad, ToRing, FromRing> {
    return new SupervisedProcess<RingLoad, ToRing, FromRing>({
      ...this.#deps,
      name: 'ring',
      fields: {},
      module: join(import.meta.dirname, '../ring/main'),
      flags: [],
      isMessage: isFromRing,
      beginning: () => this.#beginning(),
      onMessage: (message) => {
        if (message.kind === 'port') this.#scenes.hear(message.message);
        else if (message.kind === 'square') this.#square.hear(message.message);
      },
      onUp: () => this.#up(),
      onDown: () => this.#down(),
      onRest: () => undefined,
    });
  }

  #beginning(): RingBeginning {
    const { source, logLevel } = this.#deps;
    const { keyFile, allowPrivate, addresses, guestsMax, birdStayMs } = source;
    const sites = source.sites();
    return {
      kind: 'begin',
      logLevel,
      keyFile,
      allowPrivate,
      addresses,
      guestsMax,
      birdStayMs,
      epoch: source.nextEpoch(),
      rings: source.rings.all(),
      sites,
      asleep: source.asleep(),
      presences: sites.flatMap(({ sceneKey }) =>
        sceneKey === undefined ? [] : [[sceneKey, this.#presenceOf(sceneKey)] as const],
      ),
    };
  }

  #up(): void {
    this.#fading?.cancel();
    // What happened since its beginning was made could not be told. Documents it has already change nothing.
    for (const ring of this.#deps.source.rings.all()) this.#square.tell('trusted', ring);
    this.sitesChanged();
    for (const { sceneKey } of this.#deps.source.sites()) if (sceneKey !== undefined) this.#tellPresence(sceneKey);
  }

  #down(): void {
    this.#square.reset();
    this.#scenes.reset();
    this.#sights = new Map();
    this.port.fade('dim');
    this.#fading?.cancel();
    this.#fading = this.#deps.clock.setTimer(() => this.port.fade('dark'), DIM_FOR_MS);
  }

  #tellPresence(sceneKey: string): void {
    if (!this.#deps.source.sites().some((site) => site.sceneKey === sceneKey)) return;
    this.#square.tell('presence', { sceneKey, presence: this.#presenceOf(sceneKey) });
  }

  /** The ring is down or does not answer: whoever wants to go arrives all the same, as an ordinary visitor. */
  #walkPlainly(sceneKey: string, side: Side): Passage {
    const gate = this.port.neighbours(sceneKey)?.[side];
    if (gate === undefined || gate === null) return { ok: false, reason: 'no-neighbour' };
    const mayLeave = mayWalkOut(this.#deps.source, sceneKey, gate.site);
    return mayLeave ? { ok: true, url: gate.url } : { ok: false, reason: 'closed' };
  }
}
