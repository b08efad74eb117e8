import type { Provenance, RecentMessage } from '../protocol/frames.ts';
import type { BadgeColor, Color, Pose, Side } from '../protocol/limits.ts';
import { coatOfColor, encodeLook } from '../protocol/look.ts';
import type { Prop } from '../protocol/scene-kit.ts';
import type { ConnectionId } from './types.ts';

/** One socket as its scene knows it. */
export interface SceneConnection {
  readonly id: ConnectionId;
  /** Normalised web origin of its page. */
  readonly origin: string | undefined;
  /** What its limits are counted for; "" when it is not known. */
  readonly address: string;
  /** Was admitted to watch: it never has a visitor. */
  readonly isSpectator: boolean;
  readonly openedAt: number;
  /** A spectator that had its `hello`. */
  isWatching: boolean;
  /** Absent before the `init`. */
  visitor: Visitor | undefined;
  isRing: boolean;
  isTyping: boolean;
  isReadingActive: boolean;
  isWidgetVisible: boolean;
  /** The newest position that came too soon; applied when the throttle has passed. */
  pendingX: number | undefined;
  /** Default scene only: the props this client draws, when it said so. */
  ownProps: readonly Prop[] | undefined;
}

/** One identity: a browser with any number of tabs, or a throw-away one. */
export interface Visitor {
  readonly id: number;
  /** Browser id, or `connection-<number>` for a throw-away identity. */
  readonly key: string;
  readonly secret: string;
  readonly joinedAt: number;
  readonly from: Provenance | undefined;
  /** Of another square, which vouches for them; gone when it does not any more. */
  readonly isGuest: boolean;
  readonly isResident: boolean;
  readonly connections: Set<SceneConnection>;
  x: number;
  /** Of their last step. */
  heading: Side;
  pose: Pose;
  propId: string | null;
  displayName: string;
  color: Color;
  look: number | undefined;
  isOwner: boolean;
  /** Owners only. */
  badgeColor: BadgeColor | undefined;
  /** What they say is dropped. */
  isMuted: boolean;
  /** Nobody but their own tabs sees them; they see everybody. */
  isHidden: boolean;
  /** False: counted, but not drawn on neighbours' horizons. */
  isDrawnBeyondHill: boolean;
  readingLabel: string;
  readingUrl: string;
  isReadingActive: boolean;
  isWidgetVisible: boolean;
  isTyping: boolean;
  readonly messages: RecentMessage[];
  /** Of the last accepted message of each kind, from any tab; −∞ before the first. */
  lastMoveAt: number;
  lastActionAt: number;
  lastSayAt: number;
  /** When they last did something. */
  activeAt: number;
  /** Since when none of their tabs is looked at. */
  awayAt: number | undefined;
  /** Their sockets were closed for idleness; there is no grace. */
  isSentAway: boolean;
  isVisitConfirmed: boolean;
  handRaisedAt: number;
  /** Set while nobody holds a socket: when they are gone for good. */
  graceEndsAt: number | undefined;
  departing: { readonly side: Side; readonly untilAt: number } | undefined;
  /** Their strip is in another square's scene: here nobody sees them, and they see nobody. */
  away: { readonly side: Side; readonly sinceAt: number } | undefined;
}

/** Who somebody is and how they look when they come; the rest begins anew for everybody. */
export type NewVisitor = Pick<
  Visitor,
  'id' | 'key' | 'secret' | 'joinedAt' | 'from' | 'isGuest' | 'isResident' | 'x' | 'displayName' | 'color' | 'look'
> &
  Partial<Visitor>;

export function newVisitor(given: NewVisitor): Visitor {
  return {
    heading: 'right',
    pose: null,
    propId: null,
    isOwner: false,
    badgeColor: undefined,
    isMuted: false,
    isHidden: false,
    isDrawnBeyondHill: true,
    readingLabel: '',
    readingUrl: '',
    isReadingActive: true,
    isWidgetVisible: true,
    isTyping: false,
    lastMoveAt: Number.NEGATIVE_INFINITY,
    lastActionAt: Number.NEGATIVE_INFINITY,
    lastSayAt: Number.NEGATIVE_INFINITY,
    activeAt: given.joinedAt,
    awayAt: undefined,
    isSentAway: false,
    isVisitConfirmed: false,
    handRaisedAt: Number.NEGATIVE_INFINITY,
    graceEndsAt: undefined,
    departing: undefined,
    away: undefined,
    ...given,
    connections: new Set(),
    messages: [],
  };
}

/** Nobody but their own tabs hears of them. */
export function isUnseen({ isHidden, away }: Visitor): boolean {
  return isHidden || away !== undefined;
}

export function newConnection(
  id: ConnectionId,
  origin: string | undefined,
  address: string,
  { isSpectator, openedAt }: { readonly isSpectator: boolean; readonly openedAt: number },
): SceneConnection {
  return {
    id,
    origin,
    address,
    isSpectator,
    openedAt,
    isWatching: false,
    visitor: undefined,
    isRing: false,
    isTyping: false,
    isReadingActive: true,
    isWidgetVisible: true,
    pendingX: undefined,
    ownProps: undefined,
  };
}

/** The look code of a visitor; of one who only has a classic colour, a plain coat of it. */
export function lookOf(visitor: { readonly look: number | undefined; readonly color: string }): number {
  return visitor.look ?? encodeLook({ coat: coatOfColor(visitor.color), headwear: 0, carried: 0 });
}
