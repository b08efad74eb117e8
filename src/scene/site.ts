import type { Connection, MessageBoard, StyleConfig } from '../protocol/frames.ts';
import type { BadgeColor, Color } from '../protocol/limits.ts';
import type { SceneConfig } from '../protocol/scene-kit.ts';
import type { Note } from './note.ts';
import { styleConfigFrom } from './style.ts';

/** A hosted site as its scene and the admission need it. The store keeps it; none of it is shown but through frames. */
export interface Site {
  /** `site_` and 16 URL-safe characters, or any key of the same alphabet: the scene key and the `siteKey` of socket URLs. */
  readonly key: string;
  readonly name: string;
  /** Normalised web origins whose pages may open a socket; the first is the site's own. */
  readonly allowedOrigins: readonly string[];
  readonly isDisabled: boolean;
  readonly isChatDisabled: boolean;
  readonly chatThrottleMs: number;
  /** Sockets this scene takes, joined or not. */
  readonly connectionLimit: number;
  readonly scene: SceneConfig;
  /** The owner's own links at the ends of the strip. */
  readonly connections: readonly Connection[];
  readonly messageBoard: MessageBoard;
  readonly style: StyleConfig;
  /** Names of the add-ons that the owner switched on. */
  readonly enabledPlugins: readonly string[];
  /** What each plugin keeps here: plain JSON objects of at most 64 KiB. */
  readonly pluginData: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Newcomers prove some work before they join (wire protocol section 2). */
  readonly isBotProtected: boolean;
  /** Either lets people watch without joining. */
  readonly isSupporter: boolean;
  readonly isPlus: boolean;
  /** Browser ids; at most {@link REMEMBERED_MAX} of each, of more the oldest are forgotten. */
  readonly blockedBrowserIds: readonly string[];
  readonly mutedBrowserIds: readonly string[];
  readonly hiddenBrowserIds: readonly string[];
  /** What the limits of a client are counted for, see {@link SceneConnection.address}; capped likewise. */
  readonly blockedAddresses: readonly string[];
  readonly owners: readonly SiteOwner[];
  /** Lower case, see `blockedWordsFrom`. */
  readonly blockedWords: readonly string[];
  /** Whoever is alone in the ring may leave a note on the board. */
  readonly hasNotes: boolean;
  /** Newest first, at most `NOTES_MAX`; those that have hung there for too long are still among them. None while `hasNotes` is false. */
  readonly notes: readonly Note[];
  /** Newest first, at most {@link MODERATION_LOG_MAX}. */
  readonly moderationLog: readonly ModerationEntry[];
}

/** A visitor whom the site knows as one of its owners, and how they look whenever they come. */
export interface SiteOwner {
  readonly browserId: string;
  /**
   * Once they came back with their secret, the browser id alone makes nobody an owner any more. Until then it does, as in
   * the classic protocol, since nobody has shown yet that their browser keeps a secret.
   */
  readonly isBound: boolean;
  readonly displayName: string;
  readonly color: Color;
  readonly badgeColor: BadgeColor;
}

export interface ModerationEntry {
  /** ms since the epoch */
  readonly at: number;
  readonly action: string;
  /** A visitor's name or "Visitor 7"; "" where nobody is meant. */
  readonly detail: string;
}

export const REMEMBERED_MAX = 1_000;
export const OWNERS_MAX = 50;
export const MODERATION_LOG_MAX = 50;

/** Adds to a list of what a site remembers; of more than it may hold the oldest go. */
export function remembered(list: readonly string[], ...added: readonly string[]): readonly string[] {
  return [...new Set([...list, ...added])].slice(-REMEMBERED_MAX);
}

/** What a change of a site may touch. */
export type SitePatch = Partial<Omit<Site, 'key'>>;

/** A site that nobody has styled, moderated or entitled yet. */
export const UNTOUCHED_SITE = {
  style: styleConfigFrom(undefined),
  enabledPlugins: [],
  pluginData: {},
  isBotProtected: true,
  isSupporter: false,
  isPlus: false,
  blockedBrowserIds: [],
  mutedBrowserIds: [],
  hiddenBrowserIds: [],
  blockedAddresses: [],
  owners: [],
  blockedWords: [],
  hasNotes: false,
  notes: [],
  moderationLog: [],
} satisfies SitePatch;

/** Reads hosted sites; an implementation answers from memory, never from the disk. */
export interface SiteDirectory {
  find(siteKey: string): Site | undefined;
}
