/**
 * What goes into a scene and what comes out: plain data, so that a scene can be tested without sockets, replayed, and
 * held by another process than the one that admits its visitors.
 */
import type {
  ClientMessage,
  Connection,
  HelloFrame,
  HorizonPose,
  MessageBoard,
  Provenance,
  ServerFrame,
} from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { SceneConfig } from '../protocol/scene-kit.ts';

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
  readonly hosted?: {
    readonly allowedOrigins: readonly string[];
    readonly scene: SceneConfig;
    readonly connections: readonly Connection[];
    readonly messageBoard: MessageBoard;
  };
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

export type SceneInput =
  /** A socket was admitted. `origin`: the normalised web origin of its page, when it has one. */
  | { readonly kind: 'opened'; readonly connection: ConnectionId; readonly origin?: string }
  | {
      readonly kind: 'message';
      readonly connection: ConnectionId;
      readonly message: ClientMessage;
      /** Read with an `init` only. */
      readonly arrival?: SceneArrival;
    }
  | { readonly kind: 'closed'; readonly connection: ConnectionId }
  /** The visitor was given a passage: if their last socket closes soon, they walked out on that side. */
  | { readonly kind: 'departing'; readonly connection: ConnectionId; readonly side: Side }
  | { readonly kind: 'rules'; readonly rules: SceneRules }
  /** `nextWakeAt` has come. */
  | { readonly kind: 'woken' };

export type SceneEffect =
  /** The first frame a connection hears; from here on it receives broadcasts. */
  | { readonly kind: 'welcome'; readonly to: ConnectionId; readonly isRing: boolean; readonly frame: HelloFrame }
  /** To every welcomed connection, or to the ring clients among them. */
  | {
      readonly kind: 'broadcast';
      readonly frame: ServerFrame;
      readonly except?: ConnectionId;
      readonly onlyRing?: true;
    }
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
