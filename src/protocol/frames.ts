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
  /** Answers a `challenge`; the nonce is absent when it is no string of 1 to 64 units. */
  | { readonly type: 'solve'; readonly nonce?: string }
  /** ring: show or stop showing me on neighbours' horizons. */
  | { readonly type: 'privacy'; readonly beyondHill: boolean }
  /** ring: I walk out on this side and take the page along (page hop). Answered with `passage`. */
  | { readonly type: 'gate'; readonly side: Side }
  /** ring: I take the page along to where my strip is. Answered likewise, with the side on which I left home. */
  | { readonly type: 'gate'; readonly here: true }
  /** ring: I look through this gate, or no longer do. Answered with `view`. */
  | { readonly type: 'look'; readonly side: Side; readonly on: boolean }
  /** ring: I walk on through this gate with the strip alone (soft hop). Answered with `hopped`. */
  | { readonly type: 'hop'; readonly side: Side }
  /** ring: I go home from wherever I am. */
  | { readonly type: 'hop'; readonly home: true }
  /** ring: pin this to the board; without a text it was longer than a note may be. Answered with `noted`. */
  | { readonly type: 'note'; readonly text?: string }
  /** ring: I wave over the hill; `h` is the figure there whose raised hand I answer. */
  | { readonly type: 'wave'; readonly side: Side; readonly h?: string };

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
  /** Owners only. */
  readonly badgeColor?: string;
  readonly messages: readonly RecentMessage[];
  /** What plugins say of them, by plugin; absent when none does. */
  readonly plugins?: Readonly<Record<string, unknown>>;
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
  'id' | 'x' | 'pose' | 'propId' | 'displayName' | 'color' | 'isOwner' | 'badgeColor' | 'plugins' | 'ring'
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

/** A bird on its perch. */
export interface BirdView {
  readonly id: number;
  readonly perchId: string;
  readonly x: number;
  readonly state: 'perched';
}

export interface PluginModule {
  readonly name: string;
  readonly module: string;
}

/** What the weather does on a site that shows it (wire protocol section 12); percentages add up to 100. */
export interface WeatherConfig {
  readonly mode: 'automatic' | 'permanent';
  readonly weather: Weather;
  readonly distribution: Readonly<Record<Weather, number>>;
}

export const WEATHERS = ['clear', 'rain', 'snow', 'storm'] as const;
export type Weather = (typeof WEATHERS)[number];

/** What everybody is told of a scene when they come, visitors and spectators alike. */
interface SceneView {
  readonly peers: readonly VisitorView[];
  readonly birds: readonly BirdView[];
  readonly chatThrottleMs: number;
  readonly pluginModules: readonly PluginModule[];
  readonly pluginEntities: Readonly<Record<string, unknown>>;
  /** Hosted scenes only. */
  readonly scene?: SceneConfig;
  readonly connections?: readonly Connection[];
  readonly messageBoard?: MessageBoard;
  /** ring: newest first; absent where nobody may leave any. */
  readonly notes?: readonly NoteView[];
  /** Absent while the weather add-on is off. */
  readonly weatherConfig?: WeatherConfig;
}

/** The `hello` of somebody who only watches: no self, no secret. */
export interface SpectatorHelloFrame extends SceneView {
  readonly type: 'hello';
  readonly id: null;
  readonly spectator: true;
  /** Hosted scenes only. */
  readonly styleConfig?: StyleConfig;
}

/** Colours of one theme by token, see src/scene/style.ts. */
export type StylePalette = Readonly<Record<string, string>>;
export interface StyleConfig {
  readonly light: StylePalette;
  readonly dark: StylePalette;
}

export interface HelloFrame extends VisitorView, SceneView {
  readonly type: 'hello';
  readonly browserSecret: string;
  /** ring: present when `init.arrival` was redeemed. */
  readonly arrival?: ArrivalView;
  /** ring: where the last visitor walked; for somebody who is alone here, when that was not long ago. */
  readonly footprints?: FootprintsView;
}

/** A note on the board: never by whom. */
export interface NoteView {
  readonly text: string;
  /** Server time, ms since the epoch. */
  readonly at: number;
}

/**
 * Why a note does not hang on the board. `off`: nobody leaves notes here now. `not-alone`: somebody is here or next door, or may be.
 * `guest`: the board is not that of their own site. `too-fast`: enough notes were just left.
 */
export type NoteRefusal = 'off' | 'guest' | 'not-alone' | 'too-long' | 'repeated' | 'too-fast';

/** The last visitor's way, and nothing else of them. */
export interface FootprintsView {
  /** Where it ends, 0…1 of the strip. */
  readonly x: number;
  readonly heading: Side;
  /** 0…59 */
  readonly minutesAgo: number;
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
  /** How many over there look at this site now: heads above the ridge. Absent: nobody. At most 99. */
  readonly lookers?: number;
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

/** What is seen through a gate while somebody looks: changes of the neighbour's scene, at most ten a second. */
export interface ViewChange {
  /** True for the first, and after a gap: everybody there, in place of all that was known. */
  readonly isWhole: boolean;
  /** Everybody there, drawn or not. */
  readonly count: number;
  /** Those who are new or did something; each replaces what was known of them. */
  readonly figures: readonly ViewFigure[];
  /** `h` of those who are not drawn any more. */
  readonly gone: readonly string[];
  /** Lines said since the last change; only when the neighbour shares `live`. */
  readonly said: readonly { readonly h: string; readonly text: string }[];
}

/** Name and look only when the neighbour shares `live`. */
export interface ViewFigure extends HorizonFigure {
  readonly name?: string;
  readonly look?: number;
}

/** `closed`: the neighbour shows no figures. `busy`: limits. `lost`: the link or the neighbour failed; look again. */
export type ViewRefusal = 'no-neighbour' | 'closed' | 'busy' | 'too-fast' | 'lost';

export type ViewFrame =
  | ({ readonly type: 'view'; readonly side: Side; readonly site: string } & ViewChange)
  | { readonly type: 'view'; readonly side: Side; readonly refused: ViewRefusal };

/** Where the strip is. */
export interface HopSite extends Provenance {
  /** Peer id of the square that hosts it. */
  readonly square: string;
}

/**
 * `full`: the neighbour has no room. `closed`: an owner lets nobody through. `busy`: limits of the link. `unreachable`: no
 * answer in 2.5 s. `unwelcome`: sent away from there a moment ago. `other-tab`: a tab of theirs cannot come along, since a classic
 * widget is in it.
 */
export type HopRefusal =
  | 'no-neighbour'
  | 'closed'
  | 'full'
  | 'busy'
  | 'unreachable'
  | 'unwelcome'
  | 'other-tab'
  | 'too-fast';

/** Why a visitor is home again. `asked`: by their own wish; `lost`: the link or the host failed. */
export type Homecoming = 'asked' | 'kicked' | 'blocked' | 'inactive' | 'closed' | 'busy' | 'lost';

/**
 * The strip has changed squares: a `hello` of the scene it is in now, and its `neighbours`, follow at once, and every frame
 * after it is of that scene. `edge`: where the visitor comes in; absent at home, where they stand at `x` as before.
 */
export type HoppedFrame =
  | { readonly type: 'hopped'; readonly site: HopSite; readonly edge: Side; readonly x: number }
  | { readonly type: 'hopped'; readonly site: HopSite; readonly home: Homecoming; readonly x: number }
  | { readonly type: 'hopped'; readonly side: Side; readonly refused: HopRefusal };

/** Somebody waves from over the hill. */
export interface WavedFrame {
  readonly type: 'waved';
  readonly side: Side;
  /** The visitor here whose raised hand was answered. */
  readonly to?: number;
}

/**
 * The ring's one bird: it sits at `x` from `come` to `go`. Whoever joins meanwhile hears `come` after `hello`. `from` null: it
 * was let out here; `toward` null: it is gone, and went nowhere.
 */
export type RingBirdFrame =
  | {
      readonly type: 'ringBird';
      readonly action: 'come';
      readonly from: Side | null;
      readonly x: number;
      readonly at: number;
    }
  | { readonly type: 'ringBird'; readonly action: 'go'; readonly toward: Side | null; readonly at: number };

export type BirdFrame =
  | {
      readonly type: 'bird';
      readonly action: 'spawn';
      readonly id: number;
      readonly perchId: string;
      readonly x: number;
      readonly from: Side;
      readonly at: number;
    }
  | {
      readonly type: 'bird';
      readonly action: 'flee';
      readonly id: number;
      readonly x: number;
      readonly dir: 1 | -1;
      readonly at: number;
    };

/** Everything a square sends. A spectator's `hello` stands apart, so that whoever joins never has to ask. */
export type WireFrame = ServerFrame | SpectatorHelloFrame;

export type ServerFrame =
  | HelloFrame
  /** Find a nonce so that SHA-256 of `salt:nonce` begins with `difficulty` zero bits, and `solve`. */
  | { readonly type: 'challenge'; readonly salt: string; readonly difficulty: number }
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
  | BirdFrame
  | { readonly type: 'chatThrottle'; readonly ms: number }
  | { readonly type: 'scene'; readonly scene: SceneConfig }
  | { readonly type: 'connections'; readonly connections: readonly Connection[] }
  | { readonly type: 'messageBoard'; readonly messageBoard: MessageBoard }
  | {
      readonly type: 'plugins';
      readonly pluginModules: readonly PluginModule[];
      readonly pluginEntities: Readonly<Record<string, unknown>>;
    }
  /** And whatever keys the plugin defines. */
  | { readonly type: 'plugin'; readonly plugin: string; readonly [key: string]: unknown }
  /** A {@link WeatherConfig}; without its key the weather ends. */
  | { readonly type: 'weather'; readonly weatherConfig?: unknown }
  /** ring: what hangs on the board now, newest first; null: the owner wants no notes any more. */
  | { readonly type: 'notes'; readonly notes: readonly NoteView[] | null }
  /** ring: answers `note`. Without `refused` it hangs there. */
  | { readonly type: 'noted'; readonly refused?: NoteRefusal }
  | NeighboursFrame
  | PassageFrame
  | ViewFrame
  | HoppedFrame
  | WavedFrame
  | RingBirdFrame;
