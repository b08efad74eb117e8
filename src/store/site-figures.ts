import type { DatabaseSync } from 'node:sqlite';
import type { Batch } from './batch.ts';

export interface Tally {
  readonly count: number;
  /** ms since the epoch, or null while nothing was counted */
  readonly lastAt: number | null;
}

/** What is counted of a site as long as it is listed. Times are ms since the epoch. */
export interface SiteFigures {
  /** When a visit to the site first lasted long enough to count; null: none has. */
  readonly verifiedAt: number | null;
  readonly lastSeenAt: number | null;
  /** Origin and path of the page that was last visited. */
  readonly lastSeenUrl: string | null;
  readonly messageCount: number;
  readonly lastMessageAt: number | null;
  /** By the address of the connection; only those that the site had when they were clicked. */
  readonly connectionClicks: Readonly<Record<string, Tally>>;
  readonly mapClicks: Tally;
  /** Looks at the admin page, see `noteAdminAccess`. */
  readonly adminAccess: Tally;
  readonly weatherActivation: {
    readonly attempts: number;
    readonly firstAttemptAt: number | null;
    readonly lastAttemptAt: number | null;
  };
}

const NEVER: Tally = { count: 0, lastAt: null };

export const NO_FIGURES: SiteFigures = {
  verifiedAt: null,
  lastSeenAt: null,
  lastSeenUrl: null,
  messageCount: 0,
  lastMessageAt: null,
  connectionClicks: {},
  mapClicks: NEVER,
  adminAccess: NEVER,
  weatherActivation: { attempts: 0, firstAttemptAt: null, lastAttemptAt: null },
};

export interface SiteFiguresStore {
  of(siteKey: string): SiteFigures;
  /** In memory at once, on the disk soon. */
  change(siteKey: string, patch: Partial<SiteFigures>): void;
  /** On the disk now; within the caller's transaction. */
  write(siteKey: string, figures: SiteFigures): void;
  onChange(listener: () => void): void;
  /** A site is no longer listed. */
  forget(siteKey: string): void;
}

export function counted({ count }: Tally, now: number): Tally {
  return { count: count + 1, lastAt: now };
}

/** Figures of every site that has any, bounded by the sites listed. */
export function siteFigures(db: DatabaseSync, batch: Batch): SiteFiguresStore {
  const bySite = new Map<string, SiteFigures>();
  for (const row of db.prepare('SELECT site_key, figures FROM site_figures').all()) {
    // JSON of our own writing, so its shape is known; what an older Townring did not count has its default.
    const figures: Partial<SiteFigures> = JSON.parse(String(row['figures']));
    bySite.set(String(row['site_key']), { ...NO_FIGURES, ...figures });
  }
  const changed = new Set<string>();
  const listeners: (() => void)[] = [];
  // A site may have been removed by the command line meanwhile.
  const upsert = db.prepare(
    `INSERT INTO site_figures SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM sites WHERE key = ?1)
     ON CONFLICT (site_key) DO UPDATE SET figures = excluded.figures`,
  );
  batch.add({
    write() {
      for (const key of changed) upsert.run(key, JSON.stringify(bySite.get(key) ?? NO_FIGURES));
    },
    written: () => changed.clear(),
  });
  const of = (siteKey: string): SiteFigures => bySite.get(siteKey) ?? NO_FIGURES;
  return {
    of,
    change(siteKey, patch) {
      bySite.set(siteKey, { ...of(siteKey), ...patch });
      changed.add(siteKey);
      batch.touch();
      for (const listener of listeners) listener();
    },
    write: (siteKey, figures) => void upsert.run(siteKey, JSON.stringify(figures)),
    onChange: (listener) => void listeners.push(listener),
    forget(siteKey) {
      bySite.delete(siteKey);
      changed.delete(siteKey);
    },
  };
}
