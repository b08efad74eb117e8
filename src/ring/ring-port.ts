/**
 * What the square asks of the ring. The scenes' side speaks only to this port, in messages that could as well cross a
 * process border; the one adapter to federation/ fills it, and tests fill it from memory.
 */
import type { FrameStream } from '../lib/frame-stream.ts';
import type {
  Homecoming,
  HopSite,
  NeighboursFrame,
  PassageRefusal,
  Provenance,
  RingBirdFrame,
  ViewChange,
  WavedFrame,
} from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { SceneFigure } from '../scene/types.ts';

/** What a visitor takes along through a gate. */
export interface Plate {
  readonly name: string;
  /** Look code, see protocol/look.ts. */
  readonly look: number;
}

export type Passage =
  | { readonly ok: true; readonly url: string; readonly code?: string }
  | { readonly ok: false; readonly reason: PassageRefusal };

/** A redeemed hop: who comes, from where, at which end. */
export interface Arrival {
  readonly plate: Plate;
  readonly from: Provenance;
  readonly side: Side;
}

/** One tab of one guest in a stream of visits. */
export type TabRef = readonly [guest: number, tab: number];

/** What the home's scene says of visitors who are away, as docs/protocol.md has it ("visiting"). */
export type GuestCommand =
  | {
      readonly kind: 'admit';
      /** 32 random bits, unique in the stream. */
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

/** What the host's scene says to the guests of one stream. */
export type HostEvent =
  | {
      readonly kind: 'admitted';
      readonly guest: number;
      readonly edge: Side;
      readonly x: number;
      readonly visitor: number;
    }
  | { readonly kind: 'refused'; readonly guest: number; readonly reason: 'closed' | 'full' | 'busy' | 'unknown' }
  /** A frame of the scene as JSON. `only`: the tabs it is for, null: all; `except`: the tab that caused it. */
  | {
      readonly kind: 'frame';
      readonly text: string;
      readonly except: TabRef | null;
      readonly only: readonly TabRef[] | null;
    }
  | { readonly kind: 'ended'; readonly guest: number; readonly reason: Exclude<Homecoming, 'asked' | 'lost'> };

/** The same as it arrives at home; `unreachable`: no answer came in time. */
export type GuestEvent =
  | HostEvent
  | { readonly kind: 'refused'; readonly guest: number; readonly reason: 'unreachable' };

/** Whose guests a stream brings: their home site, from the signed list. */
export interface GuestsOpening {
  readonly from: Provenance;
  /** Peer id of its square. */
  readonly square: string;
}

/** A home's end of visits to one host. It ends with `no-neighbour`, `closed`, `unreachable`, `lost`, `done` or a word for a fault. */
export type HomeVisits = FrameStream<readonly GuestCommand[], readonly GuestEvent[]>;
/** A host's end of visits from one home. */
export type HostVisits = FrameStream<readonly HostEvent[], readonly GuestCommand[]>;

/** A scene here at one moment, for those who look at it from over the hill. */
export interface SceneSight {
  readonly count: number;
  readonly figures: readonly (SceneFigure & { readonly name: string; readonly look: number })[];
  /** Since the sight before. */
  readonly said: readonly { readonly visitor: number; readonly text: string }[];
}

/** A looking scene's end: says how many look. It ends with `no-neighbour`, `closed`, `busy`, `lost` or a word for a fault. */
export type Looking = FrameStream<number, ViewChange>;
/** The end of the scene that is looked at; it lasts as long as somebody looks. */
export type Watched = FrameStream<SceneSight, never>;

export interface RingPort {
  /** The roster of a scene changed; the ring samples it when it may next publish. Cheap, called often. */
  touch(sceneKey: string): void;
  /** The gates of a scene now, or undefined when it is in no ring. */
  neighbours(sceneKey: string): NeighboursFrame | undefined;
  /** Calls back after every change of a scene's gates, at most twice a second and scene. */
  onNeighbours(listener: (sceneKey: string, frame: NeighboursFrame) => void): void;
  /** For the site behind a gate, or for `to`, where the visitor is who went out through that gate. Never rejects. */
  requestPassage(sceneKey: string, side: Side, plate: Plate, to?: string): Promise<Passage>;
  /** Never rejects; undefined for any code that cannot be redeemed here and now. */
  redeem(sceneKey: string, code: string): Promise<Arrival | undefined>;
  /**
   * A site of the ring of a scene, from the signed list, or the scene's own; undefined when it is in none. Never rejects.
   */
  findSite(sceneKey: string, site?: string): Promise<HopSite | undefined>;
  /** Takes visitors of a scene to another site, for as long as the stream lasts. */
  visit(sceneKey: string, site: string): HomeVisits;
  /** Looks at a neighbour through a gate of a scene, for as long as the stream lasts. */
  look(sceneKey: string, site: string, side: Side): Looking;
  /** Somebody in a scene waves over the hill; `h` names the figure over there whose raised hand is answered. */
  wave(sceneKey: string, side: Side, h?: string): void;
  /** Calls back when somebody waves at a scene from over the hill. One listener, set once. */
  onWaved(listener: (sceneKey: string, frame: WavedFrame) => void): void;
  /** Where the ring's one bird is. */
  readonly birds: RingBirds;
  /** Calls back when somebody begins to look at a scene from over the hill. One listener, set once. */
  onWatch(listener: (sceneKey: string, watched: Watched) => void): void;
  /** Calls back when another site brings guests. One listener, set once. */
  onGuests(listener: (sceneKey: string, opening: GuestsOpening, guests: HostVisits) => void): void;
}

export interface RingBirds {
  /** How it came, while it is in a scene. */
  at(sceneKey: string): RingBirdFrame | undefined;
  /** Calls back when it comes to a scene, or leaves it. One listener, set once. */
  onFrame(listener: (sceneKey: string, frame: RingBirdFrame) => void): void;
}

/** One ring as plain web pages show it: everything comes from the signed documents. */
export interface RingListing {
  readonly id: string;
  readonly name: string;
  /** Version of the members list. */
  readonly version: number;
  /** In ring order. */
  readonly sites: readonly RingListingSite[];
  /** Why the ring's admins have shown this square out; absent while it is in the list. */
  readonly shownOut?: string;
  /** The signed documents, exactly as signed: charters oldest first. */
  readonly documents: { readonly charters: readonly unknown[]; readonly members: unknown; readonly beat: unknown };
}

export interface RingListingSite {
  readonly id: string;
  readonly name: string;
  /** Entry page; redirects lead nowhere else. */
  readonly entry: string;
  /** Peer id of the square that hosts it. */
  readonly square: string;
  readonly isOurs: boolean;
  /** How fresh this square's knowledge of the site is; `unknown`: it hears of near sites only. */
  readonly state: 'live' | 'dim' | 'dark' | 'unknown';
  /** People there; absent when unknown, not shared or dark. */
  readonly count?: number;
  /** Its page could not be reached for days: walks skip it. Absent: it is awake, or this square does not look at it. */
  readonly isAsleep?: true;
}

/** What plain web pages need to know of the rings. */
export interface RingDirectory {
  /** Peer id of this square. */
  readonly square: string;
  /** Multiaddrs at which other squares reach this one, as its operator said. */
  readonly addresses: readonly string[];
  /** Somebody looks at all of a ring: what is known of its far parts is kept fresh for a minute. Cheap. */
  lookAround(): void;
  rings(): readonly RingListing[];
}
