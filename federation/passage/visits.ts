/** The visits of one ring: our visitors at other sites, and the guests of other squares at ours. */
import { createKeyedBuckets } from '../node/token-bucket.ts';
import { awaitOpening, wirePair, type Wire, type WireLimits, type WireListener } from '../node/wire.ts';
import type { Neighbourhood } from '../presence/neighbourhood.ts';
import type { FoundSite, GuestsOpening, LocalSite, RingParts, Terms } from '../ring-service.ts';
import { termsWith } from '../terms.ts';
import type { Clock, Count, HomeStream, HostStream, VisitRefusal } from '../types.ts';
import {
  decodeHomeMessage,
  HOME_MESSAGE_MAX_BYTES,
  HOST_MESSAGE_MAX_BYTES,
  type VisitOpening,
} from './visit-messages.ts';
import { runVisitIn, type VisitIn } from './visit-in.ts';
import { runVisitOut } from './visit-out.ts';

/** Streams of visits on one connection, each way. */
export const VISIT_STREAMS_MAX = 8;

export const HOME_WIRE: WireLimits = { messageMaxBytes: HOST_MESSAGE_MAX_BYTES };
export const HOST_WIRE: WireLimits = { messageMaxBytes: HOME_MESSAGE_MAX_BYTES };

/** Guests of one home square at one site, unless the operator says otherwise. */
export const GUESTS_MAX_DEFAULT = 50;

/** Admissions that one home square may ask for. */
const ADMISSION_RATE = { perSecond: 5, burst: 20 };
const SQUARES_MAX = 1_024;

export interface VisitsDeps {
  readonly parts: Pick<RingParts, 'createVisitHome' | 'createVisitHost'>;
  readonly ring: string;
  readonly self: string;
  readonly guestsMax: number;
  readonly clock: Clock;
  readonly count: Count;
  neighbourhood(): Neighbourhood;
  localSite(site: string): LocalSite | undefined;
  blame(square: string): void;
  /** Over the link with a square; one is made when it is not a neighbour. Rejects when there is no way. */
  connect(square: string, addrs: readonly string[], listener: WireListener): Promise<Wire>;
  /** Hands guests to a scene here; undefined when there is none to take them. */
  receiveGuests(site: string, opening: GuestsOpening): HostStream | undefined;
}

export interface Visits {
  /** Takes visitors of a local site to another site of the ring, for as long as `stream` lasts. Never throws. */
  visit(homeSite: string, hostSite: string, stream: HomeStream): void;
  /** A square opened a stream. @returns what hears it, or undefined to refuse */
  host(square: string, opening: VisitOpening, wire: Wire): WireListener | undefined;
  /** A site of the ring, from the signed list. */
  find(site: string): FoundSite | undefined;
  /** Sites or documents changed: ends what may not go on. */
  review(): void;
  /** Whether guests of one of ours are at a square, or its at one of ours. */
  isWith(square: string): boolean;
  /** Guests here, for the operator. */
  guests(): number;
  stop(): void;
}

interface Hosted {
  readonly square: string;
  readonly opening: VisitOpening;
  readonly visit: VisitIn;
}

export function createVisits(deps: VisitsDeps): Visits {
  const { ring, self, clock, count } = deps;
  const hosted = new Set<Hosted>();
  /** Each with the site it is the home of and the square of its host. */
  const outgoing = new Map<HomeStream, readonly [homeSite: string, square: string]>();
  const rates = createKeyedBuckets(ADMISSION_RATE, SQUARES_MAX);

  const termsOf = (site: string, square: string): Terms | undefined => {
    const local = deps.localSite(site);
    return local === undefined ? undefined : termsWith(local, square);
  };

  /** Why a stream may not be, or not any more. */
  const obstacleTo = (square: string, { homeSite, hostSite }: VisitOpening): VisitRefusal | undefined => {
    const { places } = deps.neighbourhood();
    if (places.get(homeSite)?.member.square !== square || homeSite === hostSite) return 'unknown';
    if (places.get(hostSite)?.member.square !== self) return 'unknown';
    const terms = termsOf(hostSite, square);
    return terms === undefined ? 'unknown' : terms.admitsGuests ? undefined : 'closed';
  };

  const mayAdmit = (square: string, opening: VisitOpening, nowMs: number): VisitRefusal | undefined => {
    const obstacle = obstacleTo(square, opening);
    if (obstacle !== undefined) return obstacle;
    let guests = 0;
    for (const each of hosted) {
      if (each.square === square && each.opening.hostSite === opening.hostSite) guests += each.visit.size();
    }
    return guests < deps.guestsMax && rates.take(square, nowMs) ? undefined : 'busy';
  };

  const host = (square: string, opening: VisitOpening, wire: Wire): WireListener | undefined => {
    const origin = deps.neighbourhood().places.get(opening.homeSite);
    const obstacle = obstacleTo(square, opening);
    if (origin === undefined || obstacle === 'unknown') {
      count('visit-in', 'unknown');
      return undefined;
    }
    const { id, name, entry } = origin.site;
    const scene = deps.receiveGuests(opening.hostSite, { from: { site: id, name, url: entry }, square });
    if (scene === undefined) {
      count('visit-in', 'no-scene');
      return undefined;
    }
    const visit = runVisitIn({
      createVisitHost: deps.parts.createVisitHost,
      clock,
      count,
      wire,
      scene,
      mayAdmit: (nowMs) => mayAdmit(square, opening, nowMs),
      blame: () => deps.blame(square),
      onEnd: () => void hosted.delete(entryOf),
    });
    const entryOf: Hosted = { square, opening, visit };
    hosted.add(entryOf);
    return visit.listener;
  };

  /** Two sites of this very square: the same machines, without a network between them. */
  const connectHere = (listener: WireListener): Promise<Wire> => {
    const pair: readonly [Wire, Wire] = wirePair([
      listener,
      awaitOpening(
        clock,
        () => pair[1],
        (bytes) => {
          const opening = decodeHomeMessage(bytes);
          return opening?.kind === 'open' ? host(self, opening, pair[1]) : undefined;
        },
      ),
    ]);
    return Promise.resolve(pair[0]);
  };

  return {
    visit(homeSite, hostSite, stream) {
      const place = deps.neighbourhood().places.get(hostSite);
      if (place === undefined || homeSite === hostSite) return stream.end('no-neighbour');
      const { square, addrs } = place.member;
      if (termsOf(homeSite, square)?.letsVisitorsOut !== true) return stream.end('closed');
      const opening: VisitOpening = { ring, homeSite, hostSite };
      outgoing.set(stream, [homeSite, square]);
      runVisitOut(
        {
          createVisitHome: deps.parts.createVisitHome,
          clock,
          count,
          connect: (listener) => (square === self ? connectHere(listener) : deps.connect(square, addrs, listener)),
          blame: () => deps.blame(square),
          onEnd: () => void outgoing.delete(stream),
        },
        opening,
        stream,
      );
    },
    host,
    find(site) {
      const place = deps.neighbourhood().places.get(site);
      if (place === undefined) return undefined;
      const { id, name, entry } = place.site;
      return { site: id, name, url: entry, square: place.member.square };
    },
    review() {
      for (const { square, opening, visit } of hosted) {
        const obstacle = obstacleTo(square, opening);
        if (obstacle !== undefined) visit.end('closed');
      }
      // A gate that shuts lets those who are out stay out; who is muted has nobody of ours.
      for (const [stream, [homeSite, square]] of outgoing) {
        if (termsOf(homeSite, square)?.isMuted === true) stream.end('closed');
      }
    },
    guests() {
      let guests = 0;
      for (const { visit } of hosted) guests += visit.size();
      return guests;
    },
    isWith: (square) =>
      [...outgoing.values()].some(([, hosting]) => hosting === square) ||
      [...hosted].some((visiting) => visiting.square === square),
    stop() {
      for (const { visit } of hosted) visit.end('stopped');
      for (const stream of outgoing.keys()) stream.end('stopped');
    },
  };
}
