/**
 * What goes into a scene and what comes out: plain data, so that a scene can be tested without sockets, replayed, and
 * held by another process than the one that admits its visitors.
 */
import type {
  ClientMessage,
  Connection,
  HelloFrame,
  HorizonPose,
  NoteRefusal,
  Provenance,
  ServerFrame,
  SpectatorHelloFrame,
} from '../protocol/frames.ts';
import type { CloseReason } from '../protocol/close-codes.ts';
import type { Side } from '../protocol/limits.ts';
import type { AdminAction } from './admin-action.ts';
import type { Site, SitePatch } from './site.ts';

/** Number of a socket, unique while its scene lives. */
export type ConnectionId = number;

/** When something happens: every input carries both clocks, a scene reads none. */
export interface Moment {
  /** Monotonic ms: throttles, grace, order. */
  readonly now: number;
  /** Wall clock, ms since the epoch: shown to people. */
  readonly wall: number;
}

/** Chance, injected. */
export interface SceneRandom {
  /** Uniform in [0, 1). */
  readonly fraction: () => number;
  /** Unpredictable bytes. */
  readonly bytes: (length: number) => Uint8Array;
}

/**
 * The secret by which a browser proves that it is the visitor it was: 64 lowercase hex characters, the same for the same
 * scene and browser for as long as the square keeps its key, so that it outlives a restart.
 */
export type SecretFor = (sceneKey: string, browserId: string) => string;

/** What the owner of a scene decides. */
export interface SceneRules {
  /** Absent for the default scene. */
  readonly hosted?: Site;
  readonly chatThrottleMs: number;
  readonly isChatDisabled: boolean;
  /** A newcomer's words are dropped for this long. 0: never. */
  readonly minHumanSayMs: number;
}

/** A visitor who came over the hill by page hop; the code was redeemed before the scene hears of it. */
export interface SceneArrival {
  readonly plate: { readonly name: string; readonly look: number };
  readonly from: Provenance;
  readonly side: Side;
}

/** Somebody whom another square sends. */
export interface SceneGuest {
  /** Names them in this scene; the same for all of their tabs. */
  readonly key: string;
  readonly plate: { readonly name: string; readonly look: number };
  readonly from: Provenance;
  /** The end at which they come in. */
  readonly side: Side;
  readonly isResident: boolean;
  /** False: counted, but not drawn on neighbours' horizons. */
  readonly isDrawn: boolean;
}

/** Of a visitor who goes over the hill. */
export interface TravelPapers {
  readonly plate: { readonly name: string; readonly look: number };
  readonly isResident: boolean;
  readonly isDrawn: boolean;
  /** Stays at home: what their own tabs prove with that they are who they are. */
  readonly secret: string;
}

export type SceneInput =
  /**
   * A socket was admitted. `origin`: the normalised web origin of its page, when it has one. `address`: what its limits are
   * counted for. `isSpectator`: it was admitted to watch, not to join.
   */
  | {
      readonly kind: 'opened';
      readonly connection: ConnectionId;
      readonly origin?: string;
      readonly address?: string;
      readonly isSpectator?: true;
      /** A spectator that had its `hello` from the scene before this one. */
      readonly isWatching?: true;
    }
  | {
      readonly kind: 'message';
      readonly connection: ConnectionId;
      readonly message: ClientMessage;
      /** Read with an `init` only. */
      readonly arrival?: SceneArrival;
    }
  | { readonly kind: 'closed'; readonly connection: ConnectionId }
  /** A note for the board. `text` is absent when it was too long; `isQuiet`: nobody is next door. */
  | { readonly kind: 'note'; readonly connection: ConnectionId; readonly text?: string; readonly isQuiet: boolean }
  /** The visitor was given a passage: if their last socket closes soon, they walked out on that side. */
  | { readonly kind: 'departing'; readonly connection: ConnectionId; readonly side: Side }
  /** A tab of a guest opens; it is closed like any other, and the guest leaves with the last, without grace. */
  | { readonly kind: 'guest'; readonly connection: ConnectionId; readonly guest: SceneGuest }
  /** The strip of a connection's visitor is in another square's scene from here on, with all their tabs. */
  | { readonly kind: 'away'; readonly connection: ConnectionId; readonly side: Side }
  /** It is back. Its tabs are welcomed anew. */
  | { readonly kind: 'home'; readonly visitor: number }
  /** The site was changed elsewhere; what those who are here have to know is told. */
  | { readonly kind: 'rules'; readonly rules: SceneRules }
  /** Somebody who may do it acts on a hosted site. A default scene ignores it. */
  | { readonly kind: 'admin'; readonly action: AdminAction }
  /** A message as it came, before it is decoded or acted on; only where plugins listen. */
  | {
      readonly kind: 'overheard';
      readonly connection: ConnectionId;
      readonly message: Readonly<Record<string, unknown>>;
    }
  /** `nextWakeAt` has come. */
  | { readonly kind: 'woken' };

export type SceneEffect =
  /** The first frame a connection hears; from here on it receives broadcasts. */
  | {
      readonly kind: 'welcome';
      readonly to: ConnectionId;
      readonly isRing: boolean;
      readonly frame: HelloFrame | SpectatorHelloFrame;
    }
  /** To every welcomed connection, or to the ring clients among them. */
  | {
      readonly kind: 'broadcast';
      readonly frame: ServerFrame;
      readonly except?: ConnectionId;
      readonly onlyRing?: true;
    }
  /** To these connections, in this order; all of them were welcomed. */
  | { readonly kind: 'send'; readonly to: readonly ConnectionId[]; readonly frame: ServerFrame }
  /** The owner's own links changed; what each client is shown of them is the holder's to say. */
  | { readonly kind: 'links'; readonly connections: readonly Connection[] }
  /** The site is different now, here at once, and is to be kept so. */
  | { readonly kind: 'site'; readonly patch: SitePatch }
  /** An admin action was not taken; words for the admin page. */
  | { readonly kind: 'problem'; readonly text: string }
  /** A plugin keeps the message that was overheard to itself: it is not to be acted on. */
  | { readonly kind: 'swallowed' }
  /** A visit has lasted long enough to count. `page`: origin and path, "" when unknown. */
  | {
      readonly kind: 'visit-confirmed';
      readonly visitor: number;
      readonly browserId: string;
      readonly page: string;
      readonly isHidden: boolean;
    }
  /** A line was heard on a hosted site. `at`: ms since the epoch. */
  | { readonly kind: 'said'; readonly at: number }
  /** Somebody left a note, or was refused. */
  | { readonly kind: 'noted'; readonly outcome: 'pinned' | NoteRefusal }
  /** The visitor of a confirmed visit went on to another page. */
  | { readonly kind: 'visit-page'; readonly visitor: number; readonly page: string }
  /** Ends one connection, whether it has joined or not. */
  | { readonly kind: 'close'; readonly to: ConnectionId; readonly reason: CloseReason }
  /** Ends every connection of one address, those that have not joined included. */
  | { readonly kind: 'expel'; readonly address: string; readonly reason: CloseReason }
  /** What neighbours see of this scene has changed. */
  | { readonly kind: 'roster' };

/** One visitor as the ring samples them. */
export interface SceneFigure {
  /** Stable for one visitor while they are there; hashed before it leaves the square. */
  readonly visitor: number;
  readonly x: number;
  /** Coat index, 0…11. */
  readonly color: number;
  readonly pose: HorizonPose;
  readonly walking: boolean;
  /** False: counted, but not drawn on neighbours' horizons. */
  readonly drawn: boolean;
}

export interface ScenePresence {
  /** Joined visitors, those in reconnect grace included. */
  readonly count: number;
  readonly figures: readonly SceneFigure[];
}
