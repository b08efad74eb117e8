/** The federation as the square sees it. Implemented by `createRingService` in ./index.ts. */
import type { createBird } from './bird/bird.ts';
import type { RefusalReason } from './documents/refusal.ts';
import type { RingDocuments, TrustedRing } from './documents/types.ts';
import type { SquareKey } from './node/identity.ts';
import type { PeerKeys } from './node/peer-keys.ts';
import type { createSquareNode } from './node/square-node.ts';
import type { createVisitHome } from './passage/visit-home.ts';
import type { createVisitHost } from './passage/visit-host.ts';
import type { RegionSizes } from './presence/region.ts';
import type { createRegister } from './presence/register.ts';
import type {
  BirdNews,
  Clock,
  Count,
  HomeStream,
  HostStream,
  LocalPresence,
  LookStream,
  SightStream,
  Log,
  Plate,
  RandomBytes,
  RingView,
  RoostBook,
  Sharing,
  Side,
  Sight,
} from './types.ts';

/** What a local site gives to others, and takes. */
export interface SharingTerms {
  readonly sharing: Sharing;
  /** Let guests in, let mine out. Both default to true. */
  readonly admitsGuests: boolean;
  readonly letsVisitorsOut: boolean;
}

export interface Terms extends SharingTerms {
  /** Nothing of that square is shown here, and the rest of the terms says nothing and no. */
  readonly isMuted: boolean;
}

/** How the square chooses what one of its ring sites shares. */
export interface LocalSite extends SharingTerms {
  readonly ringId: string;
  readonly siteId: string;
  /**
   * Squares with which the terms are others. Their `sharing` is for who looks over a direct stream: a summary is one for all.
   * Whom one site of a ring mutes, all do. Absent: none.
   */
  readonly squares?: readonly (Terms & { readonly square: string })[];
}

export type OfferOutcome =
  | { readonly ok: true; readonly url: string; /** Absent: a plain walk without the plate. */ readonly code?: string }
  | { readonly ok: false; readonly reason: 'no-neighbour' | 'closed' };

export interface Redemption {
  readonly plate: Plate;
  readonly from: { readonly site: string; readonly name: string; readonly url: string };
  /** The end of the local strip at which the visitor comes in. */
  readonly side: Side;
}

export interface FoundSite {
  readonly site: string;
  readonly name: string;
  /** Entry page. */
  readonly url: string;
  /** Peer id of the square that hosts it. */
  readonly square: string;
}

/** Whose guests a stream of visits brings. */
export interface GuestsOpening {
  /** Their home site, from the signed list. */
  readonly from: { readonly site: string; readonly name: string; readonly url: string };
  /** Peer id of its square. */
  readonly square: string;
}

export interface RingService {
  /** Peer id of this square. */
  readonly square: string;
  start(): Promise<void>;
  /** Publishes `bye`, then closes. Idempotent; finishes within the signal's deadline. */
  stop(signal: AbortSignal): Promise<void>;
  /** The presence of a local site changed; the service samples it when it may next publish. */
  touch(siteId: string): void;
  /** What a local site sees now; undefined when the site is in no ring. */
  view(siteId: string): RingView | undefined;
  /** Somebody looks at the map: far parts of a large ring are asked for, for a minute. Cheap. */
  lookAround(): void;
  /** What is known of any site of a ring, for the map of the whole ring. */
  sight(ringId: string, siteId: string): Sight;
  /** Called after every change of a local site's view. Returns the way to stop listening. */
  onView(listener: (siteId: string, view: RingView) => void): () => void;
  /** A visitor of `siteId` walks out on `side`, or did and is at the site `to`, taking the page along. Never throws. */
  offer(siteId: string, side: Side, plate: Plate, to?: string): Promise<OfferOutcome>;
  /** Deletes the code, then uses it: at most one caller ever gets an answer. */
  redeem(siteId: string, code: string): Redemption | undefined;
  /**
   * Takes visitors of a local site to another site of the ring with the strip alone, for as long as `stream` lasts; it ends
   * with `no-neighbour`, `closed`, `unreachable`, `lost`, `done` or a word for a fault. Never throws.
   */
  visit(siteId: string, hostSite: string, stream: HomeStream): void;
  /**
   * Looks at a neighbour of a local site through one of its gates, for as long as `stream` lasts; it ends with `no-neighbour`,
   * `closed`, `busy`, `lost` or `done`. Never throws.
   */
  look(siteId: string, site: string, side: Side, stream: LookStream): void;
  /**
   * Somebody at a local site waves through one of its gates; at most one in 2 s goes to a neighbour. Never throws.
   * @param h 8 hex digits: the figure over there whose raised hand is answered
   */
  wave(siteId: string, side: Side, h?: string): void;
  /** A site of the ring that a local site is in, from the signed list. */
  findSite(siteId: string, site: string): FoundSite | undefined;
  /** Guests of other sites at ours. */
  guests(): number;
  rings(): readonly TrustedRing[];
  /** Reads the local sites anew after one was added, removed or changed, and who is asleep. */
  refreshSites(): void;
  /** Another square that uses this one's key was heard in the last five minutes: its operator must stop one. */
  isKeyUsedTwice(): boolean;
  /** This square's own multiaddrs, for members lists and /.well-known/townring.json. Empty before start. */
  addresses(): readonly string[];
  /** For /healthz, doctor and tests. */
  links(): readonly { readonly square: string; readonly connected: boolean; readonly gossiping: boolean }[];
}

/** The rings that a square trusts, wherever they are kept: `TrustedRings`, or a mirror of it in another process. */
export interface RingTrust {
  all(): readonly TrustedRing[];
  /** Called after a change is saved. Returns the way to stop listening. */
  onChange(listener: (ring: TrustedRing) => void): () => void;
  /** Verifies what another square sent, saves it, then uses it. Never throws for anything that is in it. */
  accept(documents: RingDocuments, now: number): AcceptanceOutcome | Promise<AcceptanceOutcome>;
}

export type AcceptanceOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: RefusalReason };

export interface RingServiceDeps {
  readonly key: SquareKey;
  /** Rings this square trusts. Others (the command line, an admin) may change it at any time: the service follows. */
  readonly rings: RingTrust;
  /** Raises the counter of runs and returns it once it is durable. Called once, by `start`, before the first publish. */
  nextEpoch(): number;
  /** The sites of this square that stand in a ring, as their owners set them. Asked often: answer from memory. */
  localSites(): readonly LocalSite[];
  /** Whether gates pass over another square's site because its page has been gone for days. Default: never. */
  isAsleep?(ringId: string, siteId: string): boolean;
  /** Samples a local site. Called at most twice a second and site, and for waves that answer somebody. */
  samplePresence(siteId: string): LocalPresence;
  /** Applies this square's own name rules to a guest's plate. */
  filterPlate(siteId: string, plate: Plate): Plate;
  /** Has a scene sampled while somebody looks at it; undefined when there is none. Default: there is none. */
  watch?(siteId: string): SightStream | undefined;
  /** Somebody waves at a local site from over the hill; `to`: the visitor there whose raised hand is answered. */
  onWave?(siteId: string, side: Side, to: number | undefined): void;
  /** Default: this square takes no part in the ring's bird. */
  readonly bird?: BirdPort;
  /** Hands the guests of one stream to a scene; undefined when nobody is there to take them. Default: nobody is. */
  receiveGuests?(siteId: string, opening: GuestsOpening): HostStream | undefined;
  /**
   * Answers a request to join or to leave (governance/request.ts) that a square handed over itself. Default: strangers do not
   * get in.
   * @param square whose key the connection proved
   */
  answerRequest?(square: string, bytes: Uint8Array): Promise<Uint8Array | undefined>;
  readonly log: Log;
  readonly count: Count;
  /** Default: the system's. */
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  readonly parts?: Partial<RingParts>;
}

/** The ring's one bird, as the square sees it. */
export interface BirdPort {
  /** It comes to a local site, or leaves it. */
  show(siteId: string, news: BirdNews): void;
  readonly roosts: RoostBook;
}

/** What the simulator puts in the place of: the network below, signatures that cost less, a part that is broken on purpose. */
export interface RingParts {
  readonly createSquareNode: typeof createSquareNode;
  readonly createRegister: typeof createRegister;
  readonly createBird: typeof createBird;
  readonly createVisitHome: typeof createVisitHome;
  readonly createVisitHost: typeof createVisitHost;
  readonly peerKeys: PeerKeys;
  /** Smaller ones, so that a small ring has several regions. Default: the ordinary ones. */
  readonly regionSizes?: RegionSizes;
}

export interface RingServiceOptions {
  /** Multiaddrs to listen on, e.g. `/ip4/0.0.0.0/tcp/4001` and `/ip4/0.0.0.0/tcp/4002/ws`. Port 0 takes a free one. */
  readonly listen: readonly string[];
  /** Multiaddrs to tell others instead, when the square sits behind a proxy. */
  readonly announce?: readonly string[];
  /** Guests of one home square at one site. Default {@link GUESTS_MAX_DEFAULT}; 0: none. */
  readonly guestsMax?: number;
  /** How long the ring's bird stays at a site of ours, ms on average. Default {@link STAY_DEFAULT_MS}. */
  readonly birdStayMs?: number;
  /** For tests of replays: how long gossip remembers a message, ms. */
  readonly seenTtlMs?: number;
}
