import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import type { SiteRecord } from '../store/site-record.ts';

/** Which ring site is which scene of this square. */
export interface SceneSites {
  /** Ring site ids that this square hosts. */
  siteIds(): readonly string[];
  siteOf(sceneKey: string): string | undefined;
  sceneOf(siteId: string): string | undefined;
}

/**
 * Pairs the sites that the signed list gives to this square with its scenes: a hosted site says itself which ring site it
 * is; the first ring site that none claims is the shared scene. A ring site without a scene has no one in it.
 * @param ringSites ids in the signed list's order
 */
export function pairScenes(ringSites: readonly string[], hosted: readonly SiteRecord[]): SceneSites {
  const sceneBySite = new Map<string, string>();
  for (const site of hosted) {
    if (site.ringSite !== null && ringSites.includes(site.ringSite)) sceneBySite.set(site.ringSite, site.key);
  }
  const unclaimed = ringSites.find((id) => !sceneBySite.has(id));
  if (unclaimed !== undefined) sceneBySite.set(unclaimed, DEFAULT_SCENE_KEY);
  const siteByScene = new Map([...sceneBySite].map(([siteId, sceneKey]) => [sceneKey, siteId]));
  return {
    siteIds: () => [...sceneBySite.keys()],
    siteOf: (sceneKey) => siteByScene.get(sceneKey),
    sceneOf: (siteId) => sceneBySite.get(siteId),
  };
}
