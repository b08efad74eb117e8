import type { DatabaseSync } from 'node:sqlite';

/** A word from the operator to the owner of one site. Times are ms since the epoch. */
export interface Notification {
  readonly id: string;
  readonly message: string;
  readonly createdAt: number;
  readonly readAt: number | null;
}

export interface NotificationStats {
  readonly id: string;
  readonly message: string;
  readonly createdAt: number;
  /** Sites it was sent to that are still there, and of those the ones that have read it. */
  readonly total: number;
  readonly read: number;
}

/** Kept for each site; of more the oldest go. */
const KEPT_PER_SITE = 100;

export interface NotificationStore {
  /** To every site that is listed now. @returns how many those are */
  send(notification: Omit<Notification, 'readAt'>): number;
  /** Newest first. */
  of(siteKey: string): readonly Notification[];
  /** Keeps the first time. @returns undefined when the site has no such notification */
  markRead(siteKey: string, id: string, at: number): Notification | undefined;
  /** The newest few that were sent. */
  recent(limit: number): readonly NotificationStats[];
}

export function notificationStore(db: DatabaseSync): NotificationStore {
  const insert = db.prepare('INSERT INTO notifications SELECT ?, key, ?, ?, NULL FROM sites');
  const prune = db.prepare(
    `DELETE FROM notifications WHERE (site_key, id) IN (
       SELECT site_key, id FROM (
         SELECT site_key, id, row_number() OVER (PARTITION BY site_key ORDER BY created_at DESC) AS place FROM notifications
       ) WHERE place > ${KEPT_PER_SITE})`,
  );
  const select = db.prepare('SELECT * FROM notifications WHERE site_key = ? ORDER BY created_at DESC, id');
  const update = db.prepare(
    'UPDATE notifications SET read_at = coalesce(read_at, ?) WHERE site_key = ? AND id = ? RETURNING *',
  );
  const stats = db.prepare(
    `SELECT id, message, created_at, count(*) AS total, count(read_at) AS read FROM notifications
     GROUP BY id ORDER BY created_at DESC, id LIMIT ?`,
  );
  return {
    send({ id, message, createdAt }) {
      const { changes } = insert.run(id, message, createdAt);
      prune.run();
      return Number(changes);
    },
    of: (siteKey) => select.all(siteKey).map(notificationOf),
    markRead(siteKey, id, at) {
      // `all`, since `get` ends before the commit and would not tell of a full disk.
      const [row] = update.all(at, siteKey, id);
      return row && notificationOf(row);
    },
    recent: (limit) =>
      stats.all(limit).map((row) => ({
        id: String(row['id']),
        message: String(row['message']),
        createdAt: Number(row['created_at']),
        total: Number(row['total']),
        read: Number(row['read']),
      })),
  };
}

function notificationOf(row: Record<string, unknown>): Notification {
  return {
    id: String(row['id']),
    message: String(row['message']),
    createdAt: Number(row['created_at']),
    readAt: row['read_at'] === null ? null : Number(row['read_at']),
  };
}
