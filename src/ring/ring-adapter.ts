import type { RingService } from '../../federation/ring-service.ts';
import type { BirdNews, GateView, RingView } from '../../federation/types.ts';
import type { Clock } from '../lib/clock.ts';
import { streamPair, type FrameStream } from '../lib/frame-stream.ts';
import type { Gate, HopSite, NeighboursFrame, ViewChange, WavedFrame } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import { PacedFrames } from './paced-frames.ts';
import { KeptBirds } from './ring-birds.ts';
import type { PairedSite } from './ring-holder.ts';
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
} from './ring-port.ts';

/** The bird sits clear of the gates. */
const SEATS_FROM = 0.1;
const SEATS_SPAN = 0.8;

/**
 * Where scenes and the federation meet: scene keys become ring sites, ring views become frames, and both the other way
 * round. Before the square is in a ring, and when it is in none, every question has the empty answer.
 */
export class RingAdapter implements RingPort {
  readonly #listeners: ((sceneKey: string, frame: NeighboursFrame) => void)[] = [];
  readonly birds = new KeptBirds();
  readonly #frames: PacedFrames;
  #service: RingService | undefined;
  #onWaved: Parameters<RingPort['onWaved']>[0] | undefined;
  #onWatch: Parameters<RingPort['onWatch']>[0] | undefined;
  #onGuests: Parameters<RingPort['onGuests']>[0] | undefined;
  #sceneBySite: ReadonlyMap<string, string> = new Map();
  /** A scene in several rings has several sites; its gates are those of the first. */
  #sitesByScene: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(clock: Clock) {
    this.#frames = new PacedFrames(clock, (sceneKey, frame) => {
      for (const listener of this.#listeners) listener(sceneKey, frame);
    });
  }

  /** Connects the service, once it runs. */
  attach(service: RingService): void {
    this.#service = service;
    service.onView((siteId, view) => {
      const sceneKey = this.sceneOf(siteId);
      if (sceneKey === undefined || this.#siteOf(sceneKey) !== siteId) return;
      // In two rings under one name, the first ring's gates are shown.
      if (service.view(siteId)?.ring.id === view.ring.id) this.#frames.offer(sceneKey, frameOf(view));
    });
  }

  /** No frame is delivered any more. */
  detach(): void {
    this.#frames.stop();
  }

  /** The signed list, or the sites of this square, changed. A scene that has left its ring is shown no gates from now on. */
  pair(sites: readonly PairedSite[]): void {
    const before = this.#sitesByScene;
    const pairs = sites.flatMap(({ siteId, sceneKey }) =>
      sceneKey === undefined ? [] : [[siteId, sceneKey] as const],
    );
    this.#sceneBySite = new Map(pairs);
    const sitesByScene = new Map<string, string[]>();
    for (const [siteId, sceneKey] of this.#sceneBySite) {
      const known = sitesByScene.get(sceneKey);
      if (known === undefined) sitesByScene.set(sceneKey, [siteId]);
      else known.push(siteId);
    }
    this.#sitesByScene = sitesByScene;
    for (const sceneKey of before.keys()) if (!sitesByScene.has(sceneKey)) this.#frames.close(sceneKey);
  }

  sceneOf(siteId: string): string | undefined {
    return this.#sceneBySite.get(siteId);
  }

  #siteOf(sceneKey: string): string | undefined {
    return this.#sitesByScene.get(sceneKey)?.[0];
  }

  liveGates(): number {
    const views = [...this.#sceneBySite.keys()].map((siteId) => this.#service?.view(siteId));
    return views.flatMap((view) => [view?.left, view?.right]).filter((gate) => gate?.state === 'live').length;
  }

  touch(sceneKey: string): void {
    for (const siteId of this.#sitesByScene.get(sceneKey) ?? []) this.#service?.touch(siteId);
  }

  neighbours(sceneKey: string): NeighboursFrame | undefined {
    const siteId = this.#siteOf(sceneKey);
    const view = siteId === undefined ? undefined : this.#service?.view(siteId);
    return view === undefined ? undefined : frameOf(view);
  }

  onNeighbours(listener: (sceneKey: string, frame: NeighboursFrame) => void): void {
    this.#listeners.push(listener);
  }

  async requestPassage(sceneKey: string, side: Side, plate: Plate, to?: string): Promise<Passage> {
    const siteId = this.#siteOf(sceneKey);
    if (siteId === undefined || this.#service === undefined) return { ok: false, reason: 'no-neighbour' };
    return this.#service.offer(siteId, side, plate, to);
  }

  redeem(sceneKey: string, code: string): Promise<Arrival | undefined> {
    for (const siteId of this.#sitesByScene.get(sceneKey) ?? []) {
      const arrival = this.#service?.redeem(siteId, code);
      if (arrival !== undefined) return Promise.resolve(arrival);
    }
    return Promise.resolve(undefined);
  }

  findSite(sceneKey: string, site?: string): Promise<HopSite | undefined> {
    const siteId = this.#siteOf(sceneKey);
    return Promise.resolve(siteId === undefined ? undefined : this.#service?.findSite(siteId, site ?? siteId));
  }

  visit(sceneKey: string, site: string): HomeVisits {
    const [scene, ring] = streamPair<readonly GuestCommand[], readonly GuestEvent[]>();
    const siteId = this.#siteOf(sceneKey);
    if (siteId === undefined || this.#service === undefined) ring.end('no-neighbour');
    else this.#service.visit(siteId, site, ring);
    return scene;
  }

  look(sceneKey: string, site: string, side: Side): Looking {
    const [scene, ring] = streamPair<number, ViewChange>();
    const siteId = this.#siteOf(sceneKey);
    if (siteId === undefined || this.#service === undefined) ring.end('no-neighbour');
    else this.#service.look(siteId, site, side, ring);
    return scene;
  }

  wave(sceneKey: string, side: Side, h?: string): void {
    const siteId = this.#siteOf(sceneKey);
    if (siteId !== undefined) this.#service?.wave(siteId, side, h);
  }

  onWaved(listener: (sceneKey: string, frame: WavedFrame) => void): void {
    this.#onWaved = listener;
  }

  /** Somebody waves at one of our sites; a scene hears it of the site whose gates it shows. */
  showWave(siteId: string, side: Side, to: number | undefined): void {
    const sceneKey = this.sceneOf(siteId);
    if (sceneKey === undefined || this.#siteOf(sceneKey) !== siteId) return;
    this.#onWaved?.(sceneKey, { type: 'waved', side, ...(to !== undefined && { to }) });
  }

  /** The ring's bird comes to one of our sites, or leaves it. */
  showBird(siteId: string, news: BirdNews): void {
    const sceneKey = this.sceneOf(siteId);
    if (sceneKey === undefined || this.#siteOf(sceneKey) !== siteId) return;
    const { at } = news;
    if (news.action === 'go') this.birds.show(sceneKey, { type: 'ringBird', action: 'go', toward: news.toward, at });
    else
      this.birds.show(sceneKey, {
        type: 'ringBird',
        action: 'come',
        from: news.from,
        x: SEATS_FROM + news.seat * SEATS_SPAN,
        at,
      });
  }

  onWatch(listener: (sceneKey: string, watched: Watched) => void): void {
    this.#onWatch = listener;
  }

  /** Has one of our scenes sampled for those who look. @returns the ring's end */
  watch(siteId: string): FrameStream<never, SceneSight> | undefined {
    const sceneKey = this.sceneOf(siteId);
    if (sceneKey === undefined || this.#onWatch === undefined) return undefined;
    const [scene, ring] = streamPair<SceneSight, never>();
    this.#onWatch(sceneKey, scene);
    return ring;
  }

  onGuests(listener: (sceneKey: string, opening: GuestsOpening, guests: HostVisits) => void): void {
    this.#onGuests = listener;
  }

  /** Hands guests to one of our scenes. @returns the ring's end of their stream */
  receiveGuests(
    siteId: string,
    opening: GuestsOpening,
  ): FrameStream<readonly GuestCommand[], readonly HostEvent[]> | undefined {
    const sceneKey = this.sceneOf(siteId);
    if (sceneKey === undefined || this.#onGuests === undefined) return undefined;
    const [scene, ring] = streamPair<readonly HostEvent[], readonly GuestCommand[]>();
    this.#onGuests(sceneKey, opening, scene);
    return ring;
  }
}

function frameOf({ ring, left, right }: RingView): NeighboursFrame {
  return { type: 'neighbours', ring, left: gateOf(left), right: gateOf(right) };
}

function gateOf(gate: GateView | null): Gate | null {
  if (gate === null) return null;
  const { site, name, url, state, count, figures, past, lookers } = gate;
  return {
    site,
    name,
    url,
    state,
    ...(count === undefined ? {} : { count }),
    figures,
    ...(past === undefined ? {} : { past }),
    ...(lookers === undefined ? {} : { lookers }),
  };
}
