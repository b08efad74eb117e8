/** Small types that all parts of the federation share. */
export type Side = 'left' | 'right';

/** What a site shows its neighbours; chosen by its owner. */
export const SHARING_LEVELS = ['nothing', 'count', 'figures', 'live'] as const;
export type Sharing = (typeof SHARING_LEVELS)[number];

/** Order is the wire's: a pose travels as its index. */
export const POSES = ['stand', 'sit', 'lean', 'wave'] as const;
export type FigurePose = (typeof POSES)[number];

/** One visitor of a local site, as the ring samples it. Never leaves the square in this form. */
export interface LocalFigure {
  /** Stable for one visitor while they are there; never published, only hashed with an hourly secret. */
  readonly visitor: number;
  /** 0…1 */
  readonly x: number;
  /** Coat index, 0…11. */
  readonly color: number;
  readonly pose: FigurePose;
  readonly walking: boolean;
  /** False when the visitor asked not to be drawn beyond the hill: counted all the same. */
  readonly drawn: boolean;
}

/** The presence of one local site at one moment. */
export interface LocalPresence {
  readonly count: number;
  readonly figures: readonly LocalFigure[];
}

export interface RemoteFigure {
  readonly h: string;
  readonly x: number;
  readonly color: number;
  readonly pose: FigurePose;
  readonly walking: boolean;
}

/** `live`: heard of within 7.5 s; `dim`: within 15 s; `dark`: longer ago, or never. */
export type Freshness = 'live' | 'dim' | 'dark';

/** What a local site sees through one of its gates. */
export interface GateView {
  readonly site: string;
  readonly name: string;
  readonly url: string;
  readonly state: Freshness;
  readonly count?: number;
  readonly figures: readonly RemoteFigure[];
  /** Names of the sleeping sites that it passes over, nearest first; absent: none. */
  readonly past?: readonly string[];
  /** How many over there look at the local site; absent: nobody. */
  readonly lookers?: number;
}

/** The ring's one bird comes to, or leaves, a local site. */
export type BirdNews =
  | {
      readonly action: 'come';
      /** The side it comes in from; null: it was let out here. */
      readonly from: Side | null;
      /** 0 ≤ seat < 1: where on the strip it sits down. */
      readonly seat: number;
      /** ms since the epoch */
      readonly at: number;
    }
  /** `toward` null: it is gone without going anywhere. */
  | { readonly action: 'go'; readonly toward: Side | null; readonly at: number };

/** What of the bird outlasts a run. */
export interface RoostBook {
  read(ringId: string): Roosting | undefined;
  /** @returns once it is durable; false when it cannot be saved */
  save(ringId: string, roosting: Roosting): boolean;
}

export interface Roosting {
  /** The square that lets the bird of a ring out. */
  readonly roost: string;
  /** Wall clock, ms since the epoch: end of the last round that it let out, or of what one before it may have. */
  readonly until: number;
}

/** What this square knows of any site of a ring. */
export interface Sight {
  /** `unknown`: nobody told this square, which listens to near sites only. */
  readonly state: Freshness | 'unknown';
  /** People there; absent when unknown, not shared or dark. */
  readonly count?: number;
}

export interface RingView {
  readonly ring: { readonly id: string; readonly name: string };
  readonly left: GateView | null;
  readonly right: GateView | null;
}

/** What a visitor takes along: a nameplate, not an identity. */
export interface Plate {
  /** "" when the visitor has no name. At most 18 UTF-16 units. */
  readonly name: string;
  /** Look code, 0…575. */
  readonly look: number;
}

/** Everything of time and chance that the federation uses, so that tests and the simulator own both. */
export interface Clock {
  /** Wall clock, ms since the epoch: for expiry and for the clock-skew warning only. */
  now(): number;
  /** Monotonic ms: everything else. */
  monotonic(): number;
  setTimer(run: () => void, delayMs: number): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Fills with unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** Structural subset of a pino logger: object first, constant message second. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Counts one event; label sets are bounded. */
export type Count = (event: string, reason: string) => void;

/** One tab of one guest in a stream of visits. */
export type TabRef = readonly [guest: number, tab: number];

/**
 * What a home square says of its guests, from its scene to the host's. `guest`: 32 random bits, unique in its stream.
 * `tab`: 0…15.
 */
export type GuestCommand =
  | {
      readonly kind: 'admit';
      readonly guest: number;
      readonly tab: number;
      readonly plate: Plate;
      /** The end of the host's strip at which they come in. */
      readonly edge: Side;
      readonly isResident: boolean;
      /** False: counted, but not drawn on further horizons. */
      readonly isDrawn: boolean;
    }
  | { readonly kind: 'tab'; readonly guest: number; readonly tab: number; readonly isOpen: boolean }
  /** `text`: a client's message as JSON. */
  | { readonly kind: 'say'; readonly guest: number; readonly tab: number; readonly text: string }
  /** `toward`: a side, or null for home. */
  | { readonly kind: 'leave'; readonly guest: number; readonly toward: Side | null };

/** Order is the wire's. */
export const VISIT_REFUSALS = ['closed', 'full', 'busy', 'unknown'] as const;
export type VisitRefusal = (typeof VISIT_REFUSALS)[number];
export const VISIT_ENDS = ['kicked', 'blocked', 'inactive', 'closed', 'busy'] as const;
export type VisitEnd = (typeof VISIT_ENDS)[number];

/** What a host says to the guests of one stream, from its scene to their home's. */
export type HostEvent =
  | {
      readonly kind: 'admitted';
      readonly guest: number;
      readonly edge: Side;
      /** 0…1 */
      readonly x: number;
      /** Their number in the host's scene. */
      readonly visitor: number;
    }
  | { readonly kind: 'refused'; readonly guest: number; readonly reason: VisitRefusal }
  /** A frame of the scene as JSON; `only` and `except` as in docs/protocol.md. */
  | {
      readonly kind: 'frame';
      readonly text: string;
      readonly except: TabRef | null;
      readonly only: readonly TabRef[] | null;
    }
  | { readonly kind: 'ended'; readonly guest: number; readonly reason: VisitEnd };

/** The same as the home's scene hears it. `unreachable`: no answer came in time. */
export type GuestEvent =
  | HostEvent
  | { readonly kind: 'refused'; readonly guest: number; readonly reason: 'unreachable' };

/**
 * One end of an ordered stream within the square, with a window: the scenes' side holds the other end. The same shape as
 * src/lib/frame-stream.ts, which fills it.
 */
export interface InnerStream<Out, In> {
  /** @returns false when the other side has a window full unread: the frame was not sent */
  send(frame: Out): boolean;
  onFrame(listener: (frame: In) => void): void;
  onRoom(listener: () => void): void;
  onEnd(listener: (reason: string) => void): void;
  pause(): void;
  resume(): void;
  end(reason: string): void;
}

/** Frames come in the batches in which they were made. */
export type HomeStream = InnerStream<readonly GuestEvent[], readonly GuestCommand[]>;
export type HostStream = InnerStream<readonly GuestCommand[], readonly HostEvent[]>;

/** One visitor of a local site that somebody looks at. Name and look leave the square only when its owner shares `live`. */
export interface SeenVisitor extends LocalFigure {
  readonly name: string;
  readonly look: number;
}

/** A local site that somebody looks at, at one moment: who is there, and what was said since the last. */
export interface SceneSight {
  readonly count: number;
  readonly figures: readonly SeenVisitor[];
  readonly said: readonly { readonly visitor: number; readonly text: string }[];
}

/** What is seen over there, as docs/protocol.md has it ("Looking over the hill"). */
export interface ViewChange {
  readonly isWhole: boolean;
  readonly count: number;
  readonly figures: readonly ViewFigure[];
  readonly gone: readonly string[];
  readonly said: readonly { readonly h: string; readonly text: string }[];
}

export interface ViewFigure extends RemoteFigure {
  readonly name?: string;
  readonly look?: number;
}

/** How many look: the looking scene's end. It ends with `no-neighbour`, `closed`, `busy` or `lost`. */
export type LookStream = InnerStream<ViewChange, number>;
/** The end of the scene that is looked at. */
export type SightStream = InnerStream<never, SceneSight>;
