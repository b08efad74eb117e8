/** A site in the shape in which the classic server keeps it in `sites.json` (http-api.md section 11). */
import type { SiteFigures } from './site-figures.ts';
import type { SiteRecord } from './site-record.ts';

export type ClassicRecord = Readonly<Record<string, unknown>>;

export function classicRecord(site: SiteRecord, figures: SiteFigures): ClassicRecord {
  const { owners } = site;
  return {
    siteKey: site.key,
    adminTokenHash: site.adminTokenHash,
    name: site.name,
    origin: site.origin,
    allowedOrigins: site.allowedOrigins,
    email: site.email,
    sceneConfig: site.scene,
    styleConfig: site.style,
    connections: site.connections,
    messageBoard: site.messageBoard,
    disabled: site.isDisabled,
    hiddenFromMap: site.isHiddenFromMap,
    chatDisabled: site.isChatDisabled,
    botProtection: site.isBotProtected,
    botProtectionDefaulted: true,
    plus: site.isPlus,
    supporter: site.isSupporter,
    verifiedAt: figures.verifiedAt,
    lastSeenAt: figures.lastSeenAt,
    lastSeenUrl: figures.lastSeenUrl,
    messageCount: figures.messageCount,
    lastMessageAt: figures.lastMessageAt,
    connectionClicks: figures.connectionClicks,
    mapClicks: figures.mapClicks,
    overlayUsage: { count: 0, lastAt: null },
    adminAccess: figures.adminAccess,
    createdAt: site.createdAt,
    updatedAt: site.updatedAt,
    blockedBrowserIds: site.blockedBrowserIds,
    blockedIps: site.blockedAddresses,
    mutedBrowserIds: site.mutedBrowserIds,
    shadowBlockedBrowserIds: site.hiddenBrowserIds,
    ownerBrowserIds: owners.map(({ browserId }) => browserId),
    ownerProfiles: Object.fromEntries(
      owners.map(({ browserId, displayName, color, badgeColor }) => [browserId, { displayName, color, badgeColor }]),
    ),
    blockedWords: site.blockedWords,
    chatThrottleMs: site.chatThrottleMs,
    connectionLimit: site.connectionLimit,
    moderationLog: site.moderationLog,
    plugins: site.pluginData,
    pluginsEnabled: Object.fromEntries(site.enabledPlugins.map((name) => [name, true])),
    weatherActivation: figures.weatherActivation,
  };
}
