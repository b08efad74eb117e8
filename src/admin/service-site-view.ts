import type { SiteFigures } from '../store/site-figures.ts';
import type { SiteRecord } from '../store/site-record.ts';
import { siteView } from './site-view.ts';
import type { Windows } from './statistics.ts';

/** A site as the operator is shown it: what its owner sees, and what is counted of it (http-api.md section 10). */
export function serviceSiteView(
  site: SiteRecord,
  figures: SiteFigures,
  more: Readonly<Record<string, unknown>>,
  counts: { readonly activeVisitors: number; readonly visitors: Windows; readonly messages: Windows },
): Record<string, unknown> {
  const { connectionClicks, mapClicks, adminAccess, weatherActivation } = figures;
  return {
    ...siteView(site, figures, more),
    hiddenFromMap: site.isHiddenFromMap,
    updatedAt: site.updatedAt,
    activeVisitors: counts.activeVisitors,
    visitorStats: counts.visitors,
    messageStats: counts.messages,
    connectionClicks,
    connectionClickTotal: Object.values(connectionClicks).reduce((sum, { count }) => sum + count, 0),
    mapClickTotal: mapClicks.count,
    mapClickLastAt: mapClicks.lastAt,
    adminAccessCount: adminAccess.count,
    adminAccessLastAt: adminAccess.lastAt,
    // The overlay is not part of the public classic server, nor of this one.
    overlayUseCount: 0,
    overlayLastAt: null,
    weatherActivationAttempts: weatherActivation.attempts,
    weatherActivationFirstAt: weatherActivation.firstAttemptAt,
    weatherActivationLastAt: weatherActivation.lastAttemptAt,
    weatherActivated: site.enabledPlugins.includes('weather'),
    footballActivated: site.enabledPlugins.includes('soccer-ball'),
  };
}
