import type { SiteFigures } from '../store/site-figures.ts';
import type { SiteRecord } from '../store/site-record.ts';
import { includesTwin } from './site-details.ts';

/** A site as its own owner and the operator are shown it (http-api.md section 5); keys in the reference's order. `more`:
 * what plugins add. */
export function siteView(
  site: SiteRecord,
  figures: SiteFigures,
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    siteKey: site.key,
    name: site.name,
    origin: site.origin,
    allowedOrigins: site.allowedOrigins,
    includeMatchingWww: includesTwin(site),
    email: site.email,
    sceneConfig: site.scene,
    styleConfig: site.style,
    connections: site.connections,
    messageBoard: site.messageBoard,
    disabled: site.isDisabled,
    chatDisabled: site.isChatDisabled,
    botProtection: site.isBotProtected,
    verifiedAt: figures.verifiedAt,
    lastSeenAt: figures.lastSeenAt,
    lastSeenUrl: figures.lastSeenUrl,
    messageCount: figures.messageCount,
    lastMessageAt: figures.lastMessageAt,
    createdAt: site.createdAt,
    blockedCount: site.blockedBrowserIds.length,
    blockedIpCount: site.blockedAddresses.length,
    mutedCount: site.mutedBrowserIds.length,
    hiddenCount: site.hiddenBrowserIds.length,
    blockedWords: site.blockedWords,
    chatThrottleMs: site.chatThrottleMs,
    connectionLimit: site.connectionLimit,
    moderationLog: site.moderationLog,
    supporter: site.isSupporter,
    plus: site.isPlus,
    ...more,
  };
}
