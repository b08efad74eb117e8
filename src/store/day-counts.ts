/** Visits and messages by site and UTC day, for the statistics of the admin pages. */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Batch } from './batch.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** How long they are kept, in days: two windows of the statistics, less the day that has begun. */
const VISIT_DAYS_KEPT = 59;
const MESSAGE_DAYS_KEPT = 30;

/** Visits that wait to be written; further ones are not counted. */
const PENDING_MAX = 100_000;

/** Hex characters that stand for a browser: enough to tell them apart, useless to find one. */
const BROWSER_HASH_CHARS = 16;

/** Whole days since the epoch, UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** Visitors of one site on one day, by hour. */
export interface HourCounts {
  readonly siteKey: string;
  readonly day: number;
  /** 24 numbers: different browsers in each UTC hour. */
  readonly hours: readonly number[];
}

export interface DayCount {
  readonly siteKey: string;
  readonly day: number;
  readonly count: number;
}

export interface DayCounts {
  /** A browser visited a site. Counts once in each hour. */
  noteVisit(siteKey: string, browserId: string, at: number): void;
  noteMessages(siteKey: string, count: number, at: number): void;
  /** Different browsers since the beginning of a day, by site. */
  visitorsBySite(sinceDay: number): ReadonlyMap<string, number>;
  /** Different browsers since the beginning of a day, on all sites together. */
  visitors(sinceDay: number): number;
  /** Different browsers on all sites together, by day. */
  visitorsByDay(sinceDay: number): ReadonlyMap<number, number>;
  /** Days on which a site had visitors, with how many; those without are left out. */
  visitDays(sinceDay: number): readonly DayCount[];
  hours(sinceDay: number, siteKey?: string): readonly HourCounts[];
  messageDays(sinceDay: number): readonly DayCount[];
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

export function dayCounts(db: DatabaseSync, batch: Batch): DayCounts {
  /** Hour masks by site, day and browser, joined by NUL. */
  const visits = new Map<string, number>();
  const messages = new Map<string, number>();
  let prunedDay = 0;

  const upsertVisit = db.prepare(
    `INSERT INTO visits SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM sites WHERE key = ?1)
     ON CONFLICT DO UPDATE SET hours = hours | excluded.hours`,
  );
  const upsertMessages = db.prepare(
    `INSERT INTO message_days SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM sites WHERE key = ?1)
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  );
  const pruneVisits = db.prepare('DELETE FROM visits WHERE day <= ?');
  const pruneMessages = db.prepare('DELETE FROM message_days WHERE day <= ?');
  const hourSums = HOURS.map((hour) => `sum((hours >> ${hour}) & 1) AS h${hour}`).join(', ');
  const rows = (sql: string, ...values: (string | number)[]): Record<string, unknown>[] => {
    batch.flush();
    return db.prepare(sql).all(...values);
  };

  let today = 0;
  batch.add({
    write() {
      today = prunedDay;
      for (const [key, hours] of visits) {
        const [siteKey = '', day = '', browser = ''] = key.split('\0');
        upsertVisit.run(siteKey, Number(day), browser, hours);
        today = Math.max(today, Number(day));
      }
      for (const [key, count] of messages) {
        const [siteKey = '', day = ''] = key.split('\0');
        upsertMessages.run(siteKey, Number(day), count);
        today = Math.max(today, Number(day));
      }
      if (today === prunedDay) return;
      pruneVisits.run(today - VISIT_DAYS_KEPT);
      pruneMessages.run(today - MESSAGE_DAYS_KEPT);
    },
    written() {
      visits.clear();
      messages.clear();
      prunedDay = today;
    },
  });

  return {
    noteVisit(siteKey, browserId, at) {
      const hour = Math.floor((at % DAY_MS) / HOUR_MS);
      const browser = createHash('sha256').update(browserId).digest('hex').slice(0, BROWSER_HASH_CHARS);
      const key = `${siteKey}\0${dayOf(at)}\0${browser}`;
      // Beyond that the disk has been failing for long, and visitors go on all the same.
      if (visits.size < PENDING_MAX || visits.has(key)) visits.set(key, (visits.get(key) ?? 0) | (1 << hour));
      batch.touch();
    },
    noteMessages(siteKey, count, at) {
      const key = `${siteKey}\0${dayOf(at)}`;
      messages.set(key, (messages.get(key) ?? 0) + count);
      batch.touch();
    },
    visitorsBySite: (sinceDay) =>
      new Map(
        rows(
          'SELECT site_key, count(DISTINCT browser) AS count FROM visits WHERE day >= ? GROUP BY site_key',
          sinceDay,
        ).map((row) => [String(row['site_key']), Number(row['count'])]),
      ),
    visitors: (sinceDay) =>
      Number(rows('SELECT count(DISTINCT browser) AS count FROM visits WHERE day >= ?', sinceDay)[0]?.['count'] ?? 0),
    visitorsByDay: (sinceDay) =>
      new Map(
        rows('SELECT day, count(DISTINCT browser) AS count FROM visits WHERE day >= ? GROUP BY day', sinceDay).map(
          (row) => [Number(row['day']), Number(row['count'])],
        ),
      ),
    visitDays: (sinceDay) =>
      rows('SELECT site_key, day, count(*) AS count FROM visits WHERE day >= ? GROUP BY site_key, day', sinceDay).map(
        dayCountOf,
      ),
    hours: (sinceDay, siteKey) =>
      rows(
        `SELECT site_key, day, ${hourSums} FROM visits
         WHERE day >= ?1 AND (?2 = '' OR site_key = ?2) GROUP BY site_key, day ORDER BY site_key, day`,
        sinceDay,
        siteKey ?? '',
      ).map((row) => ({
        siteKey: String(row['site_key']),
        day: Number(row['day']),
        hours: HOURS.map((hour) => Number(row[`h${hour}`])),
      })),
    messageDays: (sinceDay) =>
      rows('SELECT site_key, day, count FROM message_days WHERE day >= ?', sinceDay).map(dayCountOf),
  };
}

function dayCountOf(row: Record<string, unknown>): DayCount {
  return { siteKey: String(row['site_key']), day: Number(row['day']), count: Number(row['count']) };
}
