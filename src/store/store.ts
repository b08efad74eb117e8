import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import type { SiteDirectory } from '../scene/site.ts';
import { Batch } from './batch.ts';
import { ensureDataDir, hasRunHere, isDamage } from './data-dir.ts';
import { dayCounts, type DayCounts } from './day-counts.ts';
import { migrate } from './migrations.ts';
import { notificationStore, type NotificationStore } from './notifications.ts';
import { siteFigures, type SiteFigures, type SiteFiguresStore } from './site-figures.ts';
import { SITE_COLUMNS, siteFromRow, valuesOf, type RecordPatch, type SiteRecord } from './site-record.ts';

/** Signed documents of one ring as text; what is in them is the federation's business. */
export interface StoredDocuments {
  readonly ringId: string;
  readonly json: string;
}

/**
 * What governing a ring leaves behind, each kind a small bounded set: proofs of contradiction, invitations, requests to
 * join, what checks found, terms with single squares. Who writes a kind also bounds it.
 */
export type RingRecordKind =
  | 'proof'
  | 'undo'
  | 'invite'
  | 'request'
  | 'joining'
  | 'care'
  | 'succession'
  | 'finding'
  | 'terms';

export interface RingRecord {
  readonly id: string;
  readonly json: string;
}

/**
 * Everything a square keeps, in one SQLite file. Writes are synchronous, atomic and on the disk when they return; reads of
 * sites come from memory. One square writes it; the command line may add to it meanwhile, and {@link Store.onForeignChange}
 * tells the square.
 */
export interface Store extends SiteDirectory {
  find(siteKey: string): SiteRecord | undefined;
  sites(): readonly SiteRecord[];
  /** @throws Error when the key, or the ring site, is taken, or the key is the default scene's */
  addSite(site: SiteRecord): void;
  /** Lists many sites with their figures, all or none. @throws Error as {@link Store.addSite} does */
  addSites(sites: readonly (readonly [SiteRecord, SiteFigures])[]): void;
  /**
   * Changes a site: in memory at once, on the disk within {@link CHANGE_DELAY_MS}, since visitors cause such changes too.
   * A site that is not there is left alone.
   */
  changeSite(key: string, patch: RecordPatch): void;
  /** @returns whether it was there */
  removeSite(key: string): boolean;

  /** Calls back whenever a site was added, changed or removed, here or by the command line. */
  onSiteChange(listener: () => void): void;

  readonly figures: SiteFiguresStore;
  readonly days: DayCounts;
  readonly notifications: NotificationStore;

  setting(name: string): string | undefined;
  saveSetting(name: string, value: string): void;

  ringDocuments(): readonly StoredDocuments[];
  saveRingDocuments(documents: StoredDocuments): void;
  removeRingDocuments(ringId: string): void;
  /** In the order of their ids. */
  ringRecords(kind: RingRecordKind): readonly RingRecord[];
  /** Replaces the record of that id. */
  saveRingRecord(kind: RingRecordKind, record: RingRecord): void;
  removeRingRecord(kind: RingRecordKind, id: string): void;
  /** Runs in one transaction that no other process can write beside; a throw undoes it. May be nested. */
  exclusively<T>(run: () => T): T;

  /** A number greater than every one given out before, persisted before it is returned: the epoch of one run. */
  nextEpoch(): number;

  /** Looks every `intervalMs` whether another process wrote; calls back after it has re-read the sites. */
  onForeignChange(listener: () => void, intervalMs: number): void;
  /** Idempotent. */
  close(): void;
}

/** Changes of sites are written together, this long after the first of them, in ms. */
const CHANGE_DELAY_MS = 250;

/**
 * Opens, or creates, the square's database under `dataDir`.
 * @param onFault is told of gathered changes that could not be written; they are kept and tried again. Absent: it throws
 * @throws Error when it cannot be read, is damaged or is of a newer schema, in words for the operator; nothing is changed then
 */
export function openStore(dataDir: string, onFault: (err: unknown) => void = rethrow): Store {
  ensureDataDir(dataDir);
  const path = join(dataDir, 'square.db');
  if (existsSync(path) && statSync(path).size === 0 && hasRunHere(dataDir)) {
    // SQLite would take it for a new one: a square without its sites, its rings and their version floors.
    throw damaged(path, new Error('it is empty'));
  }
  const db = open(path);

  let sitesByKey = readSites();
  /** What is not on the disk yet, by the key of its site. */
  const changedSites = new Map<string, RecordPatch>();
  const siteListeners: (() => void)[] = [];
  let watcher: NodeJS.Timeout | undefined;
  let isOpen = true;
  const batch = new Batch(db, CHANGE_DELAY_MS, onFault);

  const insertSite = db.prepare(
    `INSERT INTO sites (${SITE_COLUMNS.join(', ')}) VALUES (${SITE_COLUMNS.map(() => '?').join(', ')})`,
  );
  const selectSite = db.prepare('SELECT * FROM sites WHERE key = ?');
  const updateSite = db.prepare(
    `UPDATE sites SET ${SITE_COLUMNS.map((column) => `${column} = ?`).join(', ')} WHERE key = ?`,
  );
  const deleteSite = db.prepare('DELETE FROM sites WHERE key = ?');
  const selectSetting = db.prepare('SELECT value FROM settings WHERE name = ?');
  const upsertSetting = db.prepare(
    'INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const selectRings = db.prepare('SELECT ring_id, documents FROM rings ORDER BY ring_id');
  const upsertRing = db.prepare(
    'INSERT INTO rings VALUES (?, ?) ON CONFLICT (ring_id) DO UPDATE SET documents = excluded.documents',
  );
  const deleteRing = db.prepare('DELETE FROM rings WHERE ring_id = ?');
  const selectRecords = db.prepare('SELECT id, json FROM ring_records WHERE kind = ? ORDER BY id');
  const upsertRecord = db.prepare(
    'INSERT INTO ring_records VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET json = excluded.json',
  );
  const deleteRecord = db.prepare('DELETE FROM ring_records WHERE kind = ? AND id = ?');
  const raiseEpoch = db.prepare(
    'INSERT INTO epoch VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET epoch = max(epoch + 1, excluded.epoch) RETURNING epoch',
  );
  const dataVersion = db.prepare('PRAGMA data_version');

  function readSites(): Map<string, SiteRecord> {
    return new Map(
      db
        .prepare('SELECT * FROM sites ORDER BY created_at, key')
        .all()
        .map((row) => {
          const site = siteFromRow(row);
          return [site.key, site];
        }),
    );
  }

  batch.add({
    write() {
      for (const [key, patch] of changedSites) {
        // Onto what is there now: the command line may have changed something else of the site meanwhile.
        const row = selectSite.get(key);
        if (row !== undefined) updateSite.run(...valuesOf({ ...siteFromRow(row), ...patch }), key);
      }
    },
    written: () => changedSites.clear(),
  });
  const figures = siteFigures(db, batch);
  const tellSiteListeners = (): void => {
    for (const listener of siteListeners) listener();
  };

  return {
    find: (siteKey) => sitesByKey.get(siteKey),
    sites: () => [...sitesByKey.values()],
    addSite(site) {
      if (site.key === DEFAULT_SCENE_KEY)
        throw new Error(`the site key "${DEFAULT_SCENE_KEY}" belongs to the shared scene`);
      insertSite.run(...valuesOf(site));
      sitesByKey.set(site.key, site);
      tellSiteListeners();
    },
    addSites(added) {
      batch.flush();
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const [site, known] of added) {
          insertSite.run(...valuesOf(site));
          figures.write(site.key, known);
        }
        db.exec('COMMIT');
      } catch (err) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw err;
      }
      for (const [site, known] of added) {
        sitesByKey.set(site.key, site);
        figures.change(site.key, known);
      }
      tellSiteListeners();
    },
    changeSite(key, patch) {
      const site = sitesByKey.get(key);
      if (site === undefined) return;
      const stamped = { updatedAt: Date.now(), ...patch };
      sitesByKey.set(key, { ...site, ...stamped });
      changedSites.set(key, { ...changedSites.get(key), ...stamped });
      batch.touch();
      tellSiteListeners();
    },
    removeSite(key) {
      const removed = deleteSite.run(key).changes === 1;
      sitesByKey.delete(key);
      changedSites.delete(key);
      figures.forget(key);
      tellSiteListeners();
      return removed;
    },
    onSiteChange: (listener) => void siteListeners.push(listener),

    figures,
    days: dayCounts(db, batch),
    notifications: notificationStore(db),

    setting(name) {
      const value = selectSetting.get(name)?.['value'];
      return typeof value === 'string' ? value : undefined;
    },
    saveSetting: (name, value) => void upsertSetting.run(name, value),

    ringDocuments: () =>
      selectRings.all().map((row) => ({ ringId: String(row['ring_id']), json: String(row['documents']) })),
    saveRingDocuments: ({ ringId, json }) => void upsertRing.run(ringId, json),
    removeRingDocuments: (ringId) => void deleteRing.run(ringId),
    ringRecords: (kind) => selectRecords.all(kind).map((row) => ({ id: String(row['id']), json: String(row['json']) })),
    saveRingRecord: (kind, { id, json }) => void upsertRecord.run(kind, id, json),
    removeRingRecord: (kind, id) => void deleteRecord.run(kind, id),
    exclusively(run) {
      if (db.isTransaction) return run();
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = run();
        db.exec('COMMIT');
        return result;
      } catch (err) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw err;
      }
    },

    nextEpoch() {
      // Seconds since the epoch as the floor: a square that lost its disk still comes back above its old epochs.
      // `all`, since `get` ends at the first row, before the commit: a full disk would go unnoticed.
      return Number(raiseEpoch.all(Math.floor(Date.now() / 1000))[0]?.['epoch']);
    },

    onForeignChange(listener, intervalMs) {
      let seen = dataVersion.get()?.['data_version'];
      clearInterval(watcher);
      watcher = setInterval(() => {
        try {
          const version = dataVersion.get()?.['data_version'];
          if (version === seen) return;
          batch.flush();
          sitesByKey = readSites();
          seen = version;
        } catch (err) {
          return onFault(err);
        }
        tellSiteListeners();
        listener();
      }, intervalMs);
      watcher.unref();
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(watcher);
      try {
        batch.flush();
      } finally {
        batch.stop();
        db.close();
      }
    },
  };
}

function rethrow(err: unknown): never {
  throw err;
}

function open(path: string): DatabaseSync {
  const isNew = !existsSync(path);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 5_000 });
    // A file that was cut short shows it at the first read of what is missing: better now than with visitors in the scenes.
    const found = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (found !== 'ok') throw damaged(path, new Error(String(found)));
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    migrate(db);
    return db;
  } catch (cause) {
    db?.close();
    // A full disk must not leave an empty file behind that looks like a database that lost everything.
    if (isNew) rmSync(path, { force: true });
    if (!(cause instanceof Error)) throw cause;
    if (isDamage(cause)) throw damaged(path, cause);
    throw cause instanceof StoreDamagedError ? cause : new Error(`cannot open ${path}: ${cause.message}`, { cause });
  }
}

class StoreDamagedError extends Error {
  override readonly name = 'StoreDamagedError';
}

function damaged(path: string, cause: Error): StoreDamagedError {
  return new StoreDamagedError(
    `cannot open ${path}: it is damaged (${cause.message}). Put back a copy of it; only if there is none, move it and the ` +
      'files named like it away: sites are then added and rings installed again',
    { cause },
  );
}
