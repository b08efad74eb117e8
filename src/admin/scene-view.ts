/** Who is at a site, as its owner is shown it (http-api.md section 5): never by browser id. */
import { fingerprintOf } from '../plugins/fingerprint.ts';
import type { VisitorReport } from '../scene/visitor-report.ts';
import type { SiteRecord } from '../store/site-record.ts';

export function sceneView(siteKey: string, visitors: readonly VisitorReport[]): Record<string, unknown> {
  return {
    activeVisitors: visitors.length,
    visitors: visitors.map(({ key, isMuted, isHidden, ...shown }) => ({
      id: shown.id,
      x: shown.x,
      pose: shown.pose,
      propId: shown.propId,
      displayName: shown.displayName,
      color: shown.color,
      clientCount: shown.clientCount,
      isOwner: shown.isOwner,
      messages: shown.messages,
      muted: isMuted,
      hidden: isHidden,
      fp: fingerprintOf(siteKey, key),
    })),
  };
}

export function ownersView({ key, owners }: SiteRecord, visitors: readonly VisitorReport[]): unknown[] {
  const online = new Set(visitors.filter(({ clientCount }) => clientCount > 0).map((visitor) => visitor.key));
  return owners.map(({ browserId, displayName, color, badgeColor }) => ({
    handle: fingerprintOf(key, browserId),
    displayName,
    color,
    badgeColor,
    online: online.has(browserId),
  }));
}
