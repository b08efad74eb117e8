import { streamPair, type FrameStream } from '../../src/lib/frame-stream.ts';
import type { HopSite, NeighboursFrame, ViewChange, WavedFrame } from '../../src/protocol/frames.ts';
import type { Side } from '../../src/protocol/limits.ts';
import { KeptBirds } from '../../src/ring/ring-birds.ts';
import type {
  Arrival,
  GuestCommand,
  GuestEvent,
  GuestsOpening,
  HomeVisits,
  HostEvent,
  HostVisits,
  Looking,
  Passage,
  Plate,
  RingPort,
  SceneSight,
  Watched,
} from '../../src/ring/ring-port.ts';

/** The ring's port, filled from memory: gates, codes and passages are what the test put there. */
export class MemoryRing implements RingPort {
  /** Scene keys in the order they were touched. */
  readonly touched: string[] = [];
  /** Passages asked for, in order. */
  readonly asked: { readonly sceneKey: string; readonly side: Side; readonly plate: Plate; readonly to?: string }[] =
    [];
  /** Arrivals by `<scene key> <code>`. */
  readonly arrivals = new Map<string, Arrival>();
  passage: () => Promise<Passage> = () => Promise.resolve({ ok: false, reason: 'no-neighbour' });
  /** Replaced by tests that want a slow ring. */
  beforeRedeem: () => Promise<void> = () => Promise.resolve();
  onTouch: (sceneKey: string) => void = () => undefined;
  /** Sites of the ring by their id. */
  readonly sites = new Map<string, HopSite>();
  /** Streams that scenes opened to other sites, in order: the ring's ends. */
  readonly visits: {
    readonly sceneKey: string;
    readonly site: string;
    readonly stream: FrameStream<readonly GuestEvent[], readonly GuestCommand[]>;
  }[] = [];
  /** Looks that scenes began, in order: the ring's ends. */
  readonly looks: {
    readonly sceneKey: string;
    readonly site: string;
    readonly side: Side;
    readonly stream: FrameStream<ViewChange, number>;
  }[] = [];
  /** Waves that scenes sent, in order. */
  readonly waves: { readonly sceneKey: string; readonly side: Side; readonly h: string | undefined }[] = [];
  readonly birds = new KeptBirds();
  #onWaved: Parameters<RingPort['onWaved']>[0] | undefined;
  #onWatch: Parameters<RingPort['onWatch']>[0] | undefined;
  #onGuests: Parameters<RingPort['onGuests']>[0] | undefined;
  readonly #frames = new Map<string, NeighboursFrame>();
  readonly #listeners: ((sceneKey: string, frame: NeighboursFrame) => void)[] = [];

  touch(sceneKey: string): void {
    this.touched.push(sceneKey);
    this.onTouch(sceneKey);
  }

  neighbours(sceneKey: string): NeighboursFrame | undefined {
    return this.#frames.get(sceneKey);
  }

  onNeighbours(listener: (sceneKey: string, frame: NeighboursFrame) => void): void {
    this.#listeners.push(listener);
  }

  requestPassage(sceneKey: string, side: Side, plate: Plate, to?: string): Promise<Passage> {
    this.asked.push({ sceneKey, side, plate, ...(to !== undefined && { to }) });
    return this.passage();
  }

  async redeem(sceneKey: string, code: string): Promise<Arrival | undefined> {
    const key = `${sceneKey} ${code}`;
    const arrival = this.arrivals.get(key);
    this.arrivals.delete(key);
    await this.beforeRedeem();
    return arrival;
  }

  findSite(_sceneKey: string, site = 'here'): Promise<HopSite | undefined> {
    return Promise.resolve(this.sites.get(site));
  }

  visit(sceneKey: string, site: string): HomeVisits {
    const [scene, ring] = streamPair<readonly GuestCommand[], readonly GuestEvent[]>();
    this.visits.push({ sceneKey, site, stream: ring });
    return scene;
  }

  onGuests(listener: (sceneKey: string, opening: GuestsOpening, guests: HostVisits) => void): void {
    this.#onGuests = listener;
  }

  look(sceneKey: string, site: string, side: Side): Looking {
    const [scene, ring] = streamPair<number, ViewChange>();
    this.looks.push({ sceneKey, site, side, stream: ring });
    return scene;
  }

  wave(sceneKey: string, side: Side, h?: string): void {
    this.waves.push({ sceneKey, side, h });
  }

  onWaved(listener: (sceneKey: string, frame: WavedFrame) => void): void {
    this.#onWaved = listener;
  }

  /** Somebody waves at a scene from over the hill. */
  waveAt(sceneKey: string, frame: WavedFrame): void {
    this.#onWaved?.(sceneKey, frame);
  }

  onWatch(listener: (sceneKey: string, watched: Watched) => void): void {
    this.#onWatch = listener;
  }

  /** Somebody looks at a scene from over the hill. @returns the ring's end */
  watch(sceneKey: string): FrameStream<never, SceneSight> {
    const [scene, ring] = streamPair<SceneSight, never>();
    this.#onWatch?.(sceneKey, scene);
    return ring;
  }

  /** Another square brings guests to a scene. @returns the ring's end of their stream */
  bringGuests(sceneKey: string, opening: GuestsOpening): FrameStream<readonly GuestCommand[], readonly HostEvent[]> {
    const [scene, ring] = streamPair<readonly HostEvent[], readonly GuestCommand[]>();
    this.#onGuests?.(sceneKey, opening, scene);
    return ring;
  }

  /** The gates of a scene change. */
  show(sceneKey: string, frame: NeighboursFrame): void {
    this.#frames.set(sceneKey, frame);
    for (const listener of this.#listeners) listener(sceneKey, frame);
  }
}
