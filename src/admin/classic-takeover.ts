import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log/log.ts';
import { recordOf } from '../lib/untyped.ts';
import type { SiteFigures } from '../store/site-figures.ts';
import type { SiteRecord } from '../store/site-record.ts';
import type { Store } from '../store/store.ts';
import { siteFromClassic } from './classic-record.ts';
import { mapWorldFrom } from './map-world.ts';
import { hasWorld, saveWorld } from './public-map.ts';

/** Set once the files of a classic server were looked at: from then on they are our copies. */
const DONE_SETTING = 'classic-files';

/**
 * Takes the sites and the drawn map of a classic server over, when this data folder was its folder until now and there is
 * nothing of ours in it. Both files are kept as `<name>.before-townring`.
 * @throws Error in words for the operator when a file is there and cannot be read; it stays as it is
 */
export function takeOverClassicFiles(
  store: Store,
  dataDir: string,
  {
    connectionLimit,
    now,
    log,
  }: { readonly connectionLimit: number; readonly now: number; readonly log: Pick<Log, 'info'> },
): void {
  if (store.setting(DONE_SETTING) !== undefined) return;
  const sitesFile = join(dataDir, 'sites.json');
  const worldFile = join(dataDir, 'map-world.json');
  const isNew = store.sites().length === 0;
  const sites = isNew && existsSync(sitesFile) ? readSites(sitesFile, connectionLimit, now) : undefined;
  const world = !hasWorld(store) && existsSync(worldFile) ? readWorld(worldFile) : undefined;
  for (const file of [sitesFile, worldFile]) if (existsSync(file)) copyFileSync(file, `${file}.before-townring`);
  if (sites !== undefined) {
    store.addSites(sites.taken);
    log.info({ sites: sites.taken.length, left: sites.left }, 'took over the sites of a classic server');
  }
  if (world !== undefined) saveWorld(store, world);
  store.saveSetting(DONE_SETTING, 'taken over');
}

function readSites(
  file: string,
  connectionLimit: number,
  now: number,
): { readonly taken: (readonly [SiteRecord, SiteFigures])[]; readonly left: number } {
  const { sites } = recordOf(readJson(file));
  if (!Array.isArray(sites)) throw unreadable(file, 'it holds no list of sites');
  const byKey = new Map<string, readonly [SiteRecord, SiteFigures]>();
  for (const record of sites) {
    const read = siteFromClassic(record, connectionLimit, now);
    if (read !== undefined) byKey.set(read[0].key, read);
  }
  return { taken: [...byKey.values()], left: sites.length - byKey.size };
}

function readWorld(file: string): Parameters<typeof saveWorld>[1] {
  const world = mapWorldFrom(readJson(file));
  if (!world.ok) throw unreadable(file, world.error);
  return world.value;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable(file: string, why: string, cause?: unknown): Error {
  return new Error(`${file} cannot be read: ${why}. Repair it, or move it away to begin without it.`, { cause });
}
