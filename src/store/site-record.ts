import { randomBytes } from 'node:crypto';
import { CHAT_THROTTLE_DEFAULT_MS } from '../protocol/limits.ts';
import { sceneConfigFrom } from '../protocol/scene-kit.ts';
import type { Connection, MessageBoard } from '../protocol/frames.ts';
import { notesFrom } from '../scene/note.ts';
import { UNTOUCHED_SITE, type ModerationEntry, type Site, type SiteOwner } from '../scene/site.ts';
import { styleConfigFrom } from '../scene/style.ts';

/** What a site's owner shares with the ring. */
export const SHARING = ['nothing', 'count', 'figures', 'live'] as const;
export type Sharing = (typeof SHARING)[number];

/** A hosted site as the store keeps it. */
export interface SiteRecord extends Site {
  /** The site's own web origin; always the first of `allowedOrigins`. */
  readonly origin: string;
  /** Its id in the ring, or null when it is in none. */
  readonly ringSite: string | null;
  readonly sharing: Sharing;
  readonly admitsGuests: boolean;
  readonly letsVisitorsOut: boolean;
  /** ms since the epoch */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** See `hashAdminToken`; null when nobody administers the site over HTTP. */
  readonly adminTokenHash: string | null;
  readonly email: string | null;
  /** The operator keeps it off the public map. */
  readonly isHiddenFromMap: boolean;
}

/** What a change of a listed site may touch. */
export type RecordPatch = Partial<Omit<SiteRecord, 'key'>>;

/** What one has to say to list a site; everything else has a default. */
export interface NewSite {
  readonly name: string;
  /** Normalised web origin. */
  readonly origin: string;
  readonly key?: string;
  readonly allowedOrigins?: readonly string[];
  readonly ringSite?: string;
  readonly sharing?: Sharing;
  readonly isBotProtected?: boolean;
  readonly adminTokenHash?: string;
  readonly email?: string;
  readonly connectionLimit?: number;
}

export const EMPTY_BOARD: MessageBoard = {
  enabled: false,
  x: 0.5,
  variant: 'corkboard',
  accent: '',
  title: '',
  body: '',
};

/** Sockets a new site takes (http-api.md: MAX_CONNECTIONS). */
const CONNECTION_LIMIT_DEFAULT = 100;

export function newSiteRecord(site: NewSite, now: number): SiteRecord {
  return {
    key: site.key ?? `site_${randomBytes(12).toString('base64url')}`,
    name: site.name,
    origin: site.origin,
    allowedOrigins: [site.origin, ...(site.allowedOrigins ?? []).filter((origin) => origin !== site.origin)],
    isDisabled: false,
    isChatDisabled: false,
    chatThrottleMs: CHAT_THROTTLE_DEFAULT_MS,
    connectionLimit: site.connectionLimit ?? CONNECTION_LIMIT_DEFAULT,
    scene: sceneConfigFrom(undefined),
    connections: [],
    messageBoard: EMPTY_BOARD,
    ...UNTOUCHED_SITE,
    ringSite: site.ringSite ?? null,
    sharing: site.sharing ?? 'figures',
    admitsGuests: true,
    letsVisitorsOut: true,
    createdAt: now,
    updatedAt: now,
    adminTokenHash: site.adminTokenHash ?? null,
    email: site.email ?? null,
    isHiddenFromMap: false,
    isBotProtected: site.isBotProtected ?? true,
  };
}

type Row = Record<string, unknown>;

/** Columns in the order of {@link valuesOf}. */
export const SITE_COLUMNS = [
  'key',
  'name',
  'origin',
  'allowed_origins',
  'is_disabled',
  'is_chat_disabled',
  'chat_throttle_ms',
  'connection_limit',
  'scene',
  'connections',
  'message_board',
  'ring_site',
  'sharing',
  'admits_guests',
  'lets_visitors_out',
  'created_at',
  'style',
  'enabled_plugins',
  'plugin_data',
  'is_bot_protected',
  'is_supporter',
  'is_plus',
  'moderation',
  'account',
  'has_notes',
  'notes',
] as const;

export function valuesOf(site: SiteRecord): (string | number | null)[] {
  return [
    site.key,
    site.name,
    site.origin,
    JSON.stringify(site.allowedOrigins),
    Number(site.isDisabled),
    Number(site.isChatDisabled),
    site.chatThrottleMs,
    site.connectionLimit,
    JSON.stringify(site.scene),
    JSON.stringify(site.connections),
    JSON.stringify(site.messageBoard),
    site.ringSite,
    site.sharing,
    Number(site.admitsGuests),
    Number(site.letsVisitorsOut),
    site.createdAt,
    JSON.stringify(site.style),
    JSON.stringify(site.enabledPlugins),
    JSON.stringify(site.pluginData),
    Number(site.isBotProtected),
    Number(site.isSupporter),
    Number(site.isPlus),
    JSON.stringify(moderationOf(site)),
    JSON.stringify(accountOf(site)),
    Number(site.hasNotes),
    JSON.stringify(site.notes),
  ];
}

/** What only the admin API reads. */
type Account = Pick<SiteRecord, 'updatedAt' | 'adminTokenHash' | 'email' | 'isHiddenFromMap'>;

function accountOf({ updatedAt, adminTokenHash, email, isHiddenFromMap }: Account): Account {
  return { updatedAt, adminTokenHash, email, isHiddenFromMap };
}

/** What is kept in one column, since it is only ever read and written together. */
function moderationOf({
  blockedBrowserIds,
  mutedBrowserIds,
  hiddenBrowserIds,
  blockedAddresses,
  owners,
  blockedWords,
  moderationLog,
}: Moderation): Moderation {
  return {
    blockedBrowserIds,
    mutedBrowserIds,
    hiddenBrowserIds,
    blockedAddresses,
    owners,
    blockedWords,
    moderationLog,
  };
}

interface Moderation {
  readonly blockedBrowserIds: readonly string[];
  readonly mutedBrowserIds: readonly string[];
  readonly hiddenBrowserIds: readonly string[];
  readonly blockedAddresses: readonly string[];
  readonly owners: readonly SiteOwner[];
  readonly blockedWords: readonly string[];
  readonly moderationLog: readonly ModerationEntry[];
}

/** Reads a row that this module wrote. */
export function siteFromRow(row: Row): SiteRecord {
  const text = (column: string): string => String(row[column]);
  // JSON of our own writing, so its shape is known.
  const allowedOrigins: string[] = JSON.parse(text('allowed_origins'));
  const connections: Connection[] = JSON.parse(text('connections'));
  const messageBoard: MessageBoard = JSON.parse(text('message_board'));
  // Of a site from before this column it holds nothing, and everything keeps its default.
  const moderation: Partial<Moderation> = JSON.parse(text('moderation'));
  const account: Partial<Account> = JSON.parse(text('account'));
  const createdAt = Number(row['created_at']);
  const hasNotes = row['has_notes'] === 1;
  const enabledPlugins: string[] = JSON.parse(text('enabled_plugins'));
  const pluginData: SiteRecord['pluginData'] = JSON.parse(text('plugin_data'));
  return {
    key: text('key'),
    name: text('name'),
    origin: text('origin'),
    allowedOrigins,
    isDisabled: row['is_disabled'] === 1,
    isChatDisabled: row['is_chat_disabled'] === 1,
    chatThrottleMs: Number(row['chat_throttle_ms']),
    connectionLimit: Number(row['connection_limit']),
    scene: sceneConfigFrom(JSON.parse(text('scene'))),
    connections,
    messageBoard,
    style: styleConfigFrom(JSON.parse(text('style'))),
    enabledPlugins,
    pluginData,
    isBotProtected: row['is_bot_protected'] === 1,
    isSupporter: row['is_supporter'] === 1,
    isPlus: row['is_plus'] === 1,
    ...moderationOf({ ...UNTOUCHED_SITE, ...moderation }),
    hasNotes,
    // The command line may have switched them off while the square was writing one down.
    notes: hasNotes ? notesFrom(JSON.parse(text('notes'))) : [],
    ringSite: row['ring_site'] === null ? null : text('ring_site'),
    sharing: SHARING.find((level) => level === row['sharing']) ?? 'nothing',
    admitsGuests: row['admits_guests'] === 1,
    letsVisitorsOut: row['lets_visitors_out'] === 1,
    createdAt,
    ...accountOf({ updatedAt: createdAt, adminTokenHash: null, email: null, isHiddenFromMap: false, ...account }),
  };
}
