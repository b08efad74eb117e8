/**
 * Every message between a square and a widget, both directions, on one screen. The classic protocol is described in the
 * TownSquare wire protocol (sections 4 and 5); what Townring adds stands under "ring" and goes only to clients that say
 * `ring: 1` in their `init`. See docs/protocol.md.
 */
import type { Action, Pose, Side } from './limits.ts';
import type { SceneConfig } from './scene-kit.ts';

// ── client → square ──────────────────────────────────────────────────────────────────────────────────────────────

export interface InitMessage {
  readonly type: 'init';
  /** Sanitised; "" for a throw-away identity. */
  readonly browserId: string;
  readonly browserSecret: string;
  /** Absent when the client sent no legal position. */
  readonly x?: number;
  readonly displayName: string;
  readonly color: string;
  /** Absent when the key was absent; any other value re-derives label and URL, possibly to empty. */
  readonly readingUrl?: string;
  readonly readingActive: boolean;
  readonly widgetVisible: boolean;
  /** Default scene only; absent when the key was absent. */
  readonly sceneConfig?: SceneConfig;
  /** True when the client asked for ring frames. All fields below are read only then. */
  readonly ring: boolean;
  readonly look?: number;
  /** A programme, not a person; shown with a gear. */
  readonly resident: boolean;
  /** False: counted, but not drawn on neighbours' horizons. Global Privacy Control sets it. */
  readonly beyondHill: boolean;
  readonly arrival?: { readonly code: string; readonly referrer: string };
}

export type ClientMessage =
  | InitMessage
  | { readonly type: 'move'; readonly x: number }
  | { readonly type: 'settle'; readonly propId: string }
  | { readonly type: 'action'; readonly action: string; readonly targetId?: number }
  | { readonly type: 'profile'; readonly displayName: string; readonly color: string; readonly look?: number }
  | {
      readonly type: 'reading';
      readonly readingUrl?: string;
      readonly readingActive: boolean;
      readonly widgetVisible: boolean;
    }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'typing'; readonly typing: boolean }
  | { readonly type: 'sceneConfig'; readonly sceneConfig: SceneConfig }
  /** ring: show or stop showing me on neighbours' horizons. */
  | { readonly type: 'privacy'; readonly beyondHill: boolean }
  /** ring: I walk out on this side and take the page along (page hop). Answered with `passage`. */
  | { readonly type: 'gate'; readonly side: Side };

// ── square → client ──────────────────────────────────────────────────────────────────────────────────────────────

export interface RecentMessage {
  readonly text: string;
  /** Server time, ms since the epoch. */
  readonly at: number;
}

/** Where a visitor came from, one hop only. */
export interface Provenance {
  readonly site: string;
  readonly name: string;
  readonly url: string;
}

/** Ring-only part of a visitor; classic clients never see the key `ring`. */
export interface VisitorRingView {
  readonly look?: number;
  readonly from?: Provenance;
  readonly resident?: true;
}

export interface VisitorView {
  readonly id: number;
  readonly x: number;
  readonly pose: Pose;
  readonly propId: string | null;
  readonly displayName: string;
  readonly color: string;
  readonly readingLabel: string;
  readonly readingUrl: string;
  readonly readingActive: boolean;
  readonly widgetVisible: boolean;
  readonly isOwner: boolean;
  readonly messages: readonly RecentMessage[];
  readonly ring?: VisitorRingView;
}

export type MoveView = Pick<
  VisitorView,
  | 'id'
  | 'x'
  | 'pose'
  | 'propId'
  | 'displayName'
  | 'color'
  | 'readingLabel'
  | 'readingUrl'
  | 'readingActive'
  | 'widgetVisible'
>;

export type ProfileView = Pick<
  VisitorView,
  'id' | 'x' | 'pose' | 'propId' | 'displayName' | 'color' | 'isOwner' | 'ring'
>;

export interface Connection {
  readonly side: Side;
  readonly label: string;
  readonly url: string;
}

export interface MessageBoard {
  readonly enabled: boolean;
  readonly x: number;
  readonly variant: 'corkboard' | 'chalkboard' | 'sign';
  readonly accent: string;
  readonly title: string;
  readonly body: string;
}

export interface HelloFrame extends VisitorView {
  readonly type: 'hello';
  readonly browserSecret: string;
  readonly peers: readonly VisitorView[];
  readonly birds: readonly {
    readonly id: number;
    readonly perchId: string;
    readonly x: number;
    readonly state: 'perched';
  }[];
  readonly chatThrottleMs: number;
  readonly pluginModules: readonly { readonly name: string; readonly module: string }[];
  readonly pluginEntities: Readonly<Record<string, unknown>>;
  /** Hosted scenes only. */
  readonly scene?: SceneConfig;
  readonly connections?: readonly Connection[];
  readonly messageBoard?: MessageBoard;
  /** ring: present when `init.arrival` was redeemed. */
  readonly arrival?: ArrivalView;
}

/** How a page hop ended for the visitor who made it. */
export interface ArrivalView {
  readonly from: Provenance;
  /** The end of this strip at which the visitor came in. */
  readonly side: Side;
  /**
   * Present when the offered plate was not put on by itself: this browser is already known here under another name, or
   * the page's referrer is not the site the offer came from. The widget asks; yes is an ordinary `profile`.
   */
  readonly offered?: { readonly displayName: string; readonly look: number };
}

/** One figure on a neighbour's horizon: a silhouette, never a person. */
export interface HorizonFigure {
  /** Random per visitor and site, changes hourly. */
  readonly h: string;
  /** 0…1 of the neighbour's strip. */
  readonly x: number;
  /** Coat index, 0…11. */
  readonly color: number;
  readonly pose: HorizonPose;
  readonly walking: boolean;
}

export const HORIZON_POSES = ['stand', 'sit', 'lean', 'wave'] as const;
export type HorizonPose = (typeof HORIZON_POSES)[number];

/** `live`: heard of within 7.5 s; `dim`: within 15 s; `dark`: longer ago, or never. */
export type GateState = 'live' | 'dim' | 'dark';

export interface Gate {
  readonly site: string;
  readonly name: string;
  /** Entry page of the neighbour, from the signed list. */
  readonly url: string;
  readonly state: GateState;
  /** Exact head-count; absent while nothing is known or the neighbour shares nothing. */
  readonly count?: number;
  /** Empty when dark, or when the neighbour shares no figures. */
  readonly figures: readonly HorizonFigure[];
  /** Sites skipped to reach this one because they are asleep. */
  readonly past?: readonly string[];
}

export interface NeighboursFrame {
  readonly type: 'neighbours';
  readonly ring: { readonly id: string; readonly name: string };
  readonly left: Gate | null;
  readonly right: Gate | null;
}

export type PassageFrame =
  | { readonly type: 'passage'; readonly side: Side; readonly url: string; readonly code?: string }
  | { readonly type: 'passage'; readonly side: Side; readonly refused: PassageRefusal };

export type PassageRefusal = 'no-neighbour' | 'closed' | 'too-fast';

export type ServerFrame =
  | HelloFrame
  | { readonly type: 'join'; readonly peer: VisitorView }
  /** `toward` is ring-only: the visitor walked out through that gate. */
  | { readonly type: 'leave'; readonly id: number; readonly toward?: Side }
  | ({ readonly type: 'move' } & MoveView)
  | { readonly type: 'action'; readonly id: number; readonly action: Action; readonly targetId?: number }
  | { readonly type: 'say'; readonly id: number; readonly text: string; readonly at: number }
  | { readonly type: 'typing'; readonly id: number; readonly typing: boolean }
  | ({ readonly type: 'profile' } & ProfileView)
  | {
      readonly type: 'reading';
      readonly id: number;
      readonly readingLabel: string;
      readonly readingUrl: string;
      readonly readingActive: boolean;
      readonly widgetVisible: boolean;
    }
  | { readonly type: 'connections'; readonly connections: readonly Connection[] }
  | NeighboursFrame
  | PassageFrame;
