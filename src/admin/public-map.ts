/** The map of all sites as everybody may see it. */
import { createHash } from 'node:crypto';
import type { Connection } from '../protocol/frames.ts';
import type { SiteFigures } from '../store/site-figures.ts';
import type { SiteRecord } from '../store/site-record.ts';
import type { Store } from '../store/store.ts';
import type { SitePlugins } from './site-plugins.ts';
import { EMPTY_WORLD, grown, mapWorldFrom, type MapWorld } from './map-world.ts';

const INACTIVE_AFTER_MS = 30 * 86_400_000;
const VERSION_CHARS = 16;

/** Name of the stored setting that holds the drawn world as JSON. */
const WORLD_SETTING = 'map-world';

interface MapSite {
  readonly siteKey: string;
  readonly name: string;
  readonly origin: string;
  readonly verifiedAt: number | null;
  readonly lastSeenAt: number | null;
  readonly messageCount: number;
  readonly activeVisitors: number;
  readonly inactiveFor30Days: boolean;
  readonly connections: readonly Connection[];
  readonly supporter: boolean;
}

export interface PublicMap {
  readonly sites: readonly MapSite[];
  readonly world: MapWorld;
  /** Changes with anything above, but not with who is there now. */
  readonly version: string;
}

/** Whether a site is shown: somebody has really visited it, and neither owner nor operator took it off. */
export function isOnMap({ isDisabled, isHiddenFromMap }: SiteRecord, { verifiedAt }: SiteFigures): boolean {
  return verifiedAt !== null && !isDisabled && !isHiddenFromMap;
}

/** @param headCounts joined visitors by scene; none where it says nothing */
export function publicMap(
  store: Store,
  plugins: Pick<SitePlugins, 'mapData'>,
  headCounts: ReadonlyMap<string, number>,
  now: number,
): PublicMap {
  const sites = store.sites().flatMap((site) => {
    const figures = store.figures.of(site.key);
    return isOnMap(site, figures)
      ? [Object.assign(mapSite(site, figures, headCounts.get(site.key) ?? 0, now), plugins.mapData(site))]
      : [];
  });
  const world = grown(storedWorld(store), sites.length);
  const lasting = JSON.stringify({ sites, world }, (key, value: unknown) =>
    key === 'activeVisitors' ? undefined : value,
  );
  const version = createHash('sha256').update(lasting).digest('hex').slice(0, VERSION_CHARS);
  return { sites, world, version };
}

/** The world as everybody sees it: as it was last drawn, and large enough. */
export function publishedWorld(store: Store): MapWorld {
  return grown(storedWorld(store), sitesOnMap(store));
}

/** The world as it was last drawn. */
function storedWorld(store: Store): MapWorld {
  const text = store.setting(WORLD_SETTING);
  const read = text === undefined ? undefined : mapWorldFrom(JSON.parse(text));
  return read?.ok === true ? read.value : EMPTY_WORLD;
}

/** Whether a world was ever drawn. */
export function hasWorld(store: Store): boolean {
  return store.setting(WORLD_SETTING) !== undefined;
}

/** Keeps a world, as large as the sites shown now need it. @returns what is kept */
export function saveWorld(store: Store, world: MapWorld): MapWorld {
  const kept = grown(world, sitesOnMap(store));
  store.saveSetting(WORLD_SETTING, JSON.stringify(kept));
  return kept;
}

/** Lets the stored world grow with the sites shown. @returns the new one, or undefined when it was large enough */
export function growWorld(store: Store): MapWorld | undefined {
  const world = storedWorld(store);
  return grown(world, sitesOnMap(store)) === world ? undefined : saveWorld(store, world);
}

function sitesOnMap(store: Store): number {
  return store.sites().filter((site) => isOnMap(site, store.figures.of(site.key))).length;
}

function mapSite(site: SiteRecord, figures: SiteFigures, activeVisitors: number, now: number): MapSite {
  const { verifiedAt, lastSeenAt } = figures;
  const isOld = (at: number | null): boolean => at === null || now - at > INACTIVE_AFTER_MS;
  return {
    siteKey: site.key,
    name: site.name,
    origin: site.origin,
    verifiedAt,
    lastSeenAt,
    messageCount: figures.messageCount,
    activeVisitors,
    inactiveFor30Days: isOld(verifiedAt) && isOld(lastSeenAt),
    connections: site.connections,
    supporter: site.isSupporter,
  };
}
