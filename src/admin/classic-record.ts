/** Reads a site as the classic server keeps it (http-api.md section 11), whatever version of that server wrote it. */
import { isRecord, listOf, recordOf, textOf } from '../lib/untyped.ts';
import { plainCopy, DATA_MAX_BYTES } from '../plugins/plain-json.ts';
import { PluginError } from '../plugins/plugin.ts';
import { BADGE_COLORS, CHAT_THROTTLE_DEFAULT_MS, DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import { sceneConfigFrom } from '../protocol/scene-kit.ts';
import { MODERATION_LOG_MAX, OWNERS_MAX, remembered, type ModerationEntry, type SiteOwner } from '../scene/site.ts';
import { blockedWordsFrom, chatThrottleFrom, connectionsFrom, messageBoardFrom } from '../scene/site-parts.ts';
import { styleConfigFrom } from '../scene/style.ts';
import { cleanBrowserId, cleanColor, cleanDisplayName } from '../scene/text.ts';
import { NO_FIGURES, type SiteFigures, type Tally } from '../store/site-figures.ts';
import { newSiteRecord, type SiteRecord } from '../store/site-record.ts';
import { hashAdminToken } from './admin-token.ts';
import { connectionLimitFrom, siteDetailsFrom } from './site-details.ts';

type Source = Readonly<Record<string, unknown>>;

/**
 * @param connectionLimit sockets of a scene whose record names no usable number
 * @returns undefined for what is no site that could be served: without a key of its own, or without a web origin
 */
export function siteFromClassic(
  value: unknown,
  connectionLimit: number,
  now: number,
): readonly [SiteRecord, SiteFigures] | undefined {
  const source = recordOf(value);
  const key = textOf(source['siteKey']);
  if (!/^[\w-]{1,64}$/.test(key) || key === DEFAULT_SCENE_KEY) return undefined;
  const details = siteDetailsFrom({ name: source['name'], origin: source['origin'] }, false);
  if (!details.ok) return undefined;
  const { name, origin } = details.value;
  const createdAt = timeFrom(source['createdAt']) ?? now;
  const email = textOf(source['email']).trim();
  return [
    {
      ...newSiteRecord({ key, name, origin, allowedOrigins: originsFrom(source['allowedOrigins']) }, createdAt),
      updatedAt: timeFrom(source['updatedAt']) ?? createdAt,
      adminTokenHash: tokenHashFrom(source),
      email: email === '' ? null : email,
      scene: sceneConfigFrom(source['sceneConfig']),
      style: styleConfigFrom(source['styleConfig']),
      connections: connectionsFrom(source['connections']),
      messageBoard: messageBoardFrom(source['messageBoard']),
      isDisabled: source['disabled'] === true,
      isHiddenFromMap: source['hiddenFromMap'] === true,
      isChatDisabled: source['chatDisabled'] === true,
      // Records from before it was the default are protected once.
      isBotProtected: source['botProtectionDefaulted'] !== true || source['botProtection'] !== false,
      isPlus: source['plus'] === true || source['pro'] === true,
      isSupporter: source['supporter'] === true,
      blockedBrowserIds: idsFrom(source['blockedBrowserIds']),
      mutedBrowserIds: idsFrom(source['mutedBrowserIds']),
      hiddenBrowserIds: idsFrom(source['shadowBlockedBrowserIds']),
      blockedAddresses: remembered([], ...listOf(source['blockedIps']).map(textOf).filter(isFilled)),
      owners: ownersFrom(source),
      blockedWords: blockedWordsFrom(source['blockedWords']),
      chatThrottleMs: chatThrottleFrom(source['chatThrottleMs']) ?? CHAT_THROTTLE_DEFAULT_MS,
      connectionLimit: connectionLimitFrom(source['connectionLimit'], connectionLimit),
      moderationLog: logFrom(source['moderationLog']),
      enabledPlugins: Object.entries(recordOf(source['pluginsEnabled'])).flatMap(([plugin, isOn]) =>
        isOn === true ? [plugin] : [],
      ),
      pluginData: pluginDataFrom(source['plugins']),
    },
    figuresFrom(source),
  ];
}

function figuresFrom(source: Source): SiteFigures {
  const weather = recordOf(source['weatherActivation']);
  const clicks = Object.entries(recordOf(source['connectionClicks'])).map(([url, tally]) => [url, tallyFrom(tally)]);
  const lastSeenUrl = textOf(source['lastSeenUrl']);
  return {
    ...NO_FIGURES,
    verifiedAt: timeFrom(source['verifiedAt']),
    lastSeenAt: timeFrom(source['lastSeenAt']),
    lastSeenUrl: lastSeenUrl === '' ? null : lastSeenUrl,
    messageCount: countFrom(source['messageCount']),
    lastMessageAt: timeFrom(source['lastMessageAt']),
    connectionClicks: Object.fromEntries(clicks),
    mapClicks: tallyFrom(source['mapClicks']),
    adminAccess: tallyFrom(source['adminAccess']),
    weatherActivation: {
      attempts: countFrom(weather['attempts']),
      firstAttemptAt: timeFrom(weather['firstAttemptAt']),
      lastAttemptAt: timeFrom(weather['lastAttemptAt']),
    },
  };
}

function tokenHashFrom(source: Source): string | null {
  const hash = textOf(source['adminTokenHash']);
  if (hash !== '') return hash;
  const token = textOf(source['adminToken']).trim();
  return token === '' ? null : hashAdminToken(token);
}

function originsFrom(value: unknown): string[] {
  return listOf(value).flatMap((entry) => {
    const details = siteDetailsFrom({ origin: entry }, false);
    return details.ok ? [details.value.origin] : [];
  });
}

function ownersFrom(source: Source): SiteOwner[] {
  const profiles = recordOf(source['ownerProfiles']);
  return idsFrom(source['ownerBrowserIds'])
    .slice(-OWNERS_MAX)
    .map((browserId) => {
      const profile = recordOf(profiles[browserId]);
      return {
        browserId,
        isBound: false,
        displayName: cleanDisplayName(profile['displayName']),
        color: cleanColor(profile['color']),
        badgeColor: BADGE_COLORS.find((color) => color === profile['badgeColor']) ?? BADGE_COLORS[0],
      };
    });
}

function logFrom(value: unknown): ModerationEntry[] {
  return listOf(value)
    .slice(0, MODERATION_LOG_MAX)
    .filter(isRecord)
    .map(({ at, action, detail }) => ({ at: timeFrom(at) ?? 0, action: textOf(action), detail: textOf(detail) }));
}

/** What is no plain data, or too much of it, is left behind. */
function pluginDataFrom(value: unknown): SiteRecord['pluginData'] {
  return Object.fromEntries(
    Object.entries(recordOf(value)).flatMap(([plugin, data]) => {
      try {
        return [[plugin, plainCopy(data, DATA_MAX_BYTES)]];
      } catch (err) {
        if (err instanceof PluginError) return [];
        throw err;
      }
    }),
  );
}

function idsFrom(value: unknown): readonly string[] {
  return remembered([], ...listOf(value).map(cleanBrowserId).filter(isFilled));
}

function tallyFrom(value: unknown): Tally {
  const { count, lastAt } = recordOf(value);
  return { count: countFrom(count), lastAt: timeFrom(lastAt) };
}

function countFrom(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** Times are ms since the epoch; some versions wrote them as ISO text. */
function timeFrom(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : value;
  return typeof at === 'number' && Number.isFinite(at) && at > 0 ? at : null;
}

function isFilled(text: string): boolean {
  return text !== '';
}
