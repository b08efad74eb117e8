/** Who of one ring looks at whom: our visitors over the hill, and neighbours at our sites. */
import { createKeyedBuckets } from '../node/token-bucket.ts';
import { awaitOpening, wirePair, type Wire, type WireLimits, type WireListener } from '../node/wire.ts';
import type { FigureNames } from '../presence/figures.ts';
import type { Neighbourhood } from '../presence/neighbourhood.ts';
import type { LocalSite } from '../ring-service.ts';
import { termsWith } from '../terms.ts';
import type { Clock, Count, LookStream, Sharing, Side, SightStream } from '../types.ts';
import { runLookIn, type LookIn } from './look-in.ts';
import { runLookOut } from './look-out.ts';
import {
  decodeLookerMessage,
  encodeViewMessage,
  LOOKER_MESSAGE_MAX_BYTES,
  VIEW_MESSAGE_MAX_BYTES,
  type ViewEnd,
  type ViewOpening,
} from './view-messages.ts';

/** Views of one neighbour, which is what one connection may open, and of all. */
export const VIEW_STREAMS_MAX = 8;
const VIEWS_MAX = 64;
/** Views that one neighbour may begin: all of its visitors share one for each gate, and it lingers. */
const BEGIN_RATE = { perSecond: 2, burst: 2 * VIEW_STREAMS_MAX };
const SQUARES_MAX = 1_024;

export const LOOKING_WIRE: WireLimits = { messageMaxBytes: VIEW_MESSAGE_MAX_BYTES };
export const SEEN_WIRE: WireLimits = { messageMaxBytes: LOOKER_MESSAGE_MAX_BYTES };

export interface LooksDeps {
  readonly ring: string;
  readonly self: string;
  readonly clock: Clock;
  readonly count: Count;
  readonly names: FigureNames;
  neighbourhood(): Neighbourhood;
  localSite(site: string): LocalSite | undefined;
  blame(square: string): void;
  connect(square: string, listener: WireListener): Promise<Wire>;
  /** Has a scene here sampled for those who look; undefined when there is none. */
  watch(site: string): SightStream | undefined;
  /** Another number looks at a local site from another site. */
  onLookers(site: string, fromSite: string): void;
}

export interface Looks {
  /** Looks at a site of the ring through a gate of a local one, as long as `stream` lasts. Never throws. */
  look(fromSite: string, site: string, side: Side, stream: LookStream): void;
  /** A neighbour looks. @returns what hears it, or undefined to refuse */
  host(square: string, opening: ViewOpening, wire: Wire): WireListener | undefined;
  /** How many at another site look at a local one. */
  lookers(site: string, fromSite: string): number;
  review(): void;
  stop(): void;
}

interface Seen {
  readonly square: string;
  readonly opening: ViewOpening;
  readonly look: LookIn;
  lookers: number;
}

export function createLooks(deps: LooksDeps): Looks {
  const { ring, self, clock, count } = deps;
  const seen = new Set<Seen>();
  const rates = createKeyedBuckets(BEGIN_RATE, SQUARES_MAX);
  /** Each with the site that looks and the square that is looked at. */
  const outgoing = new Map<LookStream, readonly [fromSite: string, square: string]>();

  const sharingWith = (square: string, site: string): Sharing | undefined => {
    const local = deps.localSite(site);
    return local === undefined ? undefined : termsWith(local, square).sharing;
  };
  const isMuted = (square: string, fromSite: string): boolean => {
    const local = deps.localSite(fromSite);
    return local !== undefined && termsWith(local, square).isMuted;
  };

  const obstacleTo = (square: string, { fromSite, site }: ViewOpening): ViewEnd | undefined => {
    const { places, gates } = deps.neighbourhood();
    const { left, right } = gates.get(site) ?? {};
    const isNextDoor = [left, right].some((place) => place?.site.id === fromSite);
    if (places.get(fromSite)?.member.square !== square || !isNextDoor) return 'unknown';
    const sharing = sharingWith(square, site);
    if (sharing === undefined) return 'unknown';
    return sharing === 'nothing' || sharing === 'count' ? 'closed' : undefined;
  };

  const host = (square: string, opening: ViewOpening, wire: Wire): WireListener | undefined => {
    const { site, fromSite, side } = opening;
    const ownViews = [...seen].filter((each) => each.square === square).length;
    const isOften = !rates.take(square, clock.monotonic());
    const isFull = isOften || seen.size >= VIEWS_MAX || ownViews >= VIEW_STREAMS_MAX;
    const obstacle = obstacleTo(square, opening) ?? (isFull ? 'busy' : undefined);
    const scene = obstacle === undefined ? deps.watch(site) : undefined;
    if (scene === undefined) {
      const reason = obstacle ?? 'unknown';
      count('view-in', reason);
      wire.send([encodeViewMessage({ kind: 'end', reason })]);
      wire.close();
      return undefined;
    }
    count('view-in', 'begun');
    const entry: { seen?: Seen } = {};
    const look = runLookIn({
      clock,
      count,
      wire,
      scene,
      terms: () =>
        obstacleTo(square, opening) === undefined
          ? {
              sharing: sharingWith(square, site) ?? 'nothing',
              facing: side === 'left' ? 'right' : 'left',
              nameOf: (visitor) => deps.names.name(site, visitor, clock.monotonic()),
            }
          : undefined,
      onLookers(lookers) {
        if (entry.seen !== undefined) entry.seen.lookers = lookers;
        deps.onLookers(site, fromSite);
      },
      blame: () => deps.blame(square),
      onEnd() {
        if (entry.seen !== undefined) seen.delete(entry.seen);
        deps.onLookers(site, fromSite);
      },
    });
    entry.seen = { square, opening, look, lookers: 1 };
    seen.add(entry.seen);
    deps.onLookers(site, fromSite);
    return look.listener;
  };

  const connectHere = (listener: WireListener): Promise<Wire> => {
    const pair: readonly [Wire, Wire] = wirePair([
      listener,
      awaitOpening(
        clock,
        () => pair[1],
        (bytes) => {
          const opening = decodeLookerMessage(bytes);
          return opening?.kind === 'open' ? host(self, opening, pair[1]) : undefined;
        },
      ),
    ]);
    return Promise.resolve(pair[0]);
  };

  return {
    look(fromSite, site, side, stream) {
      const place = deps.neighbourhood().places.get(site);
      if (place === undefined || site === fromSite) return stream.end('no-neighbour');
      const { square } = place.member;
      if (isMuted(square, fromSite)) return stream.end('closed');
      // A guest who is elsewhere sees other hills; what lies behind them is shown to those next door.
      const { left, right } = deps.neighbourhood().gates.get(fromSite) ?? {};
      if (left?.site.id !== site && right?.site.id !== site) return stream.end('closed');
      outgoing.set(stream, [fromSite, square]);
      runLookOut(
        {
          clock,
          count,
          connect: (listener) => (square === self ? connectHere(listener) : deps.connect(square, listener)),
          blame: () => deps.blame(square),
          onEnd: () => void outgoing.delete(stream),
        },
        { ring, fromSite, site, side },
        stream,
      );
    },
    host,
    lookers(site, fromSite) {
      let lookers = 0;
      for (const { opening, lookers: each } of seen) {
        if (opening.site === site && opening.fromSite === fromSite) lookers += each;
      }
      return lookers;
    },
    review() {
      for (const { square, opening, look } of seen) {
        const obstacle = obstacleTo(square, opening);
        if (obstacle !== undefined) look.end(obstacle);
      }
      for (const [stream, [fromSite, square]] of outgoing) if (isMuted(square, fromSite)) stream.end('closed');
    },
    stop() {
      for (const { look } of seen) look.end('unknown');
      for (const stream of outgoing.keys()) stream.end('stopped');
    },
  };
}
