/**
 * Every number that server and widget share. Source of each value unless noted:
 * the TownSquare wire protocol, section 3 ("Shared limits and enumerations").
 */

/** Scene key of the shared scene, reached by a socket URL without a `siteKey`. */
export const DEFAULT_SCENE_KEY = 'default';

/** Positions are fractions of the strip, 0 (left end) to 1 (right end), both legal on the wire. */
export const POSITION_MIN = 0;
export const POSITION_MAX = 1;

/** Where people walk and where unplaced visitors appear: the strip less a margin at each end. */
export const WALK_MIN = 0.02;
export const WALK_MAX = 0.98;

/** Longest chat line kept, in UTF-16 code units. */
export const MESSAGE_MAX_UNITS = 140;

/** Longest display name kept, in UTF-16 code units. */
export const NAME_MAX_UNITS = 18;

/** Longest reading label shown, in UTF-16 code units. */
export const READING_LABEL_MAX_UNITS = 42;

/** Only this many leading UTF-16 units of a reading URL are considered. */
export const READING_URL_MAX_UNITS = 240;

/** Longest browser id and secret kept, in UTF-16 units, before foreign characters are dropped. */
export const BROWSER_ID_MAX_UNITS = 80;
export const BROWSER_SECRET_MAX_UNITS = 64;

/** Chat lines remembered for each visitor; newcomers see them in `hello` and `join`. */
export const RECENT_MESSAGES_MAX = 5;

/** Greatest distance between two hands, in strip fractions, inclusive. */
export const HIGH_FIVE_DISTANCE = 0.07;

/** A move sooner than this after the last accepted one of the same connection is not applied. */
export const MOVE_THROTTLE_MS = 40;

/** One throttle for all gestures of a connection. */
export const ACTION_THROTTLE_MS = 560;

/** Chat throttle per connection: each site's default and range. */
export const CHAT_THROTTLE_DEFAULT_MS = 500;
export const CHAT_THROTTLE_MAX_MS = 30_000;

/** How long a visitor without a socket is still there, so that a reload is not a leave. */
export const RECONNECT_GRACE_MS = 1_500;

/** How long a raised hand stays up on screens (wire protocol section 14). */
export const HAND_RAISED_MS = 5_000;

/** Sockets ping this often; one that missed a whole period is dropped. */
export const HEARTBEAT_INTERVAL_MS = 30_000;

/** The six colours of the classic protocol, matched exactly. The first is the default. */
export const COLORS = ['#5f6b73', '#c8641f', '#3f7f63', '#3f6fb5', '#8a5fb1', '#b44f6f'] as const;
export type Color = (typeof COLORS)[number];

/** Gestures a visitor can make. */
export const ACTIONS = ['jump', 'raise-hand', 'high-five'] as const;
export type Action = (typeof ACTIONS)[number];

/** Poses a prop gives: `sitting` on a bench, `resting` against a tree, or none. */
export type Pose = 'sitting' | 'resting' | null;

/** Which end of a strip. Geography is never mirrored: left is left for everybody. */
export type Side = 'left' | 'right';

/** Classic connections (links at the ends of a strip): how many per side; label and URL caps in UTF-16 units. */
export const CONNECTIONS_PER_SIDE_MAX = 4;
export const CONNECTION_LABEL_MAX_UNITS = 24;
export const CONNECTION_URL_MAX_UNITS = 200;

/** Owners' badge colours, matched exactly. The first is the default. */
export const BADGE_COLORS = ['#f2e8c8', '#fdf8f4', '#e8eef5', '#e5f0e8', '#f5e8ec', '#ebe5f2'] as const;
export type BadgeColor = (typeof BADGE_COLORS)[number];

/** A step that ends strictly nearer than this to a bird scares it (wire protocol section 9). */
export const BIRD_FLEES_WITHIN = 0.07;

/** Message board (wire protocol section 8), in UTF-16 units. */
export const BOARD_TITLE_MAX_UNITS = 80;
export const BOARD_BODY_MAX_UNITS = 1_000;

/** Longest colour of a style or a board, in UTF-16 units. */
export const STYLE_COLOR_MAX_UNITS = 64;

/** Longest note on a board, in what a reader sees as characters, and in UTF-16 units, which one character can have many of. */
export const NOTE_MAX_GRAPHEMES = 140;
export const NOTE_MAX_UNITS = 700;

/** Notes on the board of one site, and how long one hangs there. */
export const NOTES_MAX = 10;
export const NOTES_KEPT_MS = 30 * 86_400_000;

/** Words that a site masks: how many, and how long in UTF-16 units (http-api.md section 6). */
export const BLOCKED_WORDS_MAX = 60;
export const BLOCKED_WORD_MAX_UNITS = 40;
