import type { RingService } from '../../federation/ring-service.ts';
import type { TrustedRing } from '../../federation/documents/types.ts';
import type { GateView, RingView } from '../../federation/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Gate, NeighboursFrame } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import { PacedFrames } from './paced-frames.ts';
import type { Arrival, Passage, Plate, RingDirectory, RingListing, RingPort } from './ring-port.ts';
import { pairScenes, type SceneSites } from './scene-sites.ts';

/**
 * The one place where the square and the federation meet: scene keys become ring sites, ring views become frames, and
 * both the other way round. Before the square is in a ring, and when it is in none, every question has the empty answer.
 */
export class RingAdapter implements RingPort, RingDirectory {
  readonly square: string;
  readonly #listeners: ((sceneKey: string, frame: NeighboursFrame) => void)[] = [];
  readonly #frames: PacedFrames;
  #service: RingService | undefined;
  #sites: SceneSites = pairScenes([], []);

  constructor(square: string, clock: Clock) {
    this.square = square;
    this.#frames = new PacedFrames(clock, (sceneKey, frame) => {
      for (const listener of this.#listeners) listener(sceneKey, frame);
    });
  }

  /** Connects the service, once it runs. */
  attach(service: RingService): void {
    this.#service = service;
    service.onView((siteId, view) => {
      const sceneKey = this.#sites.sceneOf(siteId);
      if (sceneKey === undefined) return;
      this.#frames.offer(sceneKey, frameOf(view));
    });
  }

  /** No frame is delivered any more. */
  detach(): void {
    this.#frames.stop();
  }

  /** The signed list, or the sites of this square, changed. */
  pair(sites: SceneSites): void {
    this.#sites = sites;
  }

  /** Gates that are live now, over all our sites. */
  liveGates(): number {
    const views = this.#sites.siteIds().map((siteId) => this.#service?.view(siteId));
    return views.flatMap((view) => [view?.left, view?.right]).filter((gate) => gate?.state === 'live').length;
  }

  touch(sceneKey: string): void {
    const siteId = this.#sites.siteOf(sceneKey);
    if (siteId !== undefined) this.#service?.touch(siteId);
  }

  neighbours(sceneKey: string): NeighboursFrame | undefined {
    const siteId = this.#sites.siteOf(sceneKey);
    const view = siteId === undefined ? undefined : this.#service?.view(siteId);
    return view === undefined ? undefined : frameOf(view);
  }

  onNeighbours(listener: (sceneKey: string, frame: NeighboursFrame) => void): void {
    this.#listeners.push(listener);
  }

  async requestPassage(sceneKey: string, side: Side, plate: Plate): Promise<Passage> {
    const siteId = this.#sites.siteOf(sceneKey);
    if (siteId === undefined || this.#service === undefined) return { ok: false, reason: 'no-neighbour' };
    return this.#service.offer(siteId, side, plate);
  }

  redeem(sceneKey: string, code: string): Promise<Arrival | undefined> {
    const siteId = this.#sites.siteOf(sceneKey);
    return Promise.resolve(siteId === undefined ? undefined : this.#service?.redeem(siteId, code));
  }

  rings(): readonly RingListing[] {
    const service = this.#service;
    return service === undefined ? [] : service.rings().map((ring) => listingOf(ring, service));
  }
}

function frameOf({ ring, left, right }: RingView): NeighboursFrame {
  return { type: 'neighbours', ring, left: gateOf(left), right: gateOf(right) };
}

function gateOf(gate: GateView | null): Gate | null {
  if (gate === null) return null;
  const { site, name, url, state, count, figures } = gate;
  return { site, name, url, state, ...(count === undefined ? {} : { count }), figures };
}

function listingOf({ ringId, charter, members, envelopes }: TrustedRing, service: RingService): RingListing {
  return {
    id: ringId,
    name: charter.name,
    version: members.version,
    sites: members.members.flatMap((member) =>
      member.sites.map(({ id, name, entry }) => ({
        id,
        name,
        entry,
        square: member.square,
        isOurs: member.square === service.square,
        ...service.sight(ringId, id),
      })),
    ),
    documents: envelopes,
  };
}
