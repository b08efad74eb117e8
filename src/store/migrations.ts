import type { DatabaseSync } from 'node:sqlite';

/** One step each; the position in the list is the schema version that the step makes. Never edit a step that has shipped. */
const STEPS: readonly string[] = [
  `CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE sites (
     key TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     origin TEXT NOT NULL,
     allowed_origins TEXT NOT NULL,
     is_disabled INTEGER NOT NULL DEFAULT 0,
     is_chat_disabled INTEGER NOT NULL DEFAULT 0,
     chat_throttle_ms INTEGER NOT NULL,
     connection_limit INTEGER NOT NULL,
     scene TEXT NOT NULL,
     connections TEXT NOT NULL,
     message_board TEXT NOT NULL,
     ring_site TEXT UNIQUE,
     sharing TEXT NOT NULL DEFAULT 'figures',
     admits_guests INTEGER NOT NULL DEFAULT 1,
     lets_visitors_out INTEGER NOT NULL DEFAULT 1,
     created_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE rings (ring_id TEXT PRIMARY KEY, documents TEXT NOT NULL) STRICT;
   CREATE TABLE epoch (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL) STRICT;`,
  // Sites from before stay as open as they were; new ones are protected from bots.
  `ALTER TABLE sites ADD COLUMN style TEXT NOT NULL DEFAULT '{}';
   ALTER TABLE sites ADD COLUMN is_weather_on INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sites ADD COLUMN weather TEXT NOT NULL DEFAULT '{}';
   ALTER TABLE sites ADD COLUMN is_bot_protected INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sites ADD COLUMN is_supporter INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sites ADD COLUMN is_plus INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sites ADD COLUMN moderation TEXT NOT NULL DEFAULT '{}';`,
  `CREATE TABLE ring_records (kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT;`,
  // What the admin API knows of a site, and what is counted of it. Days are whole days since the epoch, UTC.
  `ALTER TABLE sites ADD COLUMN account TEXT NOT NULL DEFAULT '{}';
   CREATE TABLE site_figures (
     site_key TEXT PRIMARY KEY REFERENCES sites (key) ON DELETE CASCADE,
     figures TEXT NOT NULL
   ) STRICT;
   CREATE TABLE visits (
     site_key TEXT NOT NULL REFERENCES sites (key) ON DELETE CASCADE,
     day INTEGER NOT NULL,
     browser TEXT NOT NULL,
     hours INTEGER NOT NULL,
     PRIMARY KEY (site_key, day, browser)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX visits_by_day ON visits (day);
   CREATE TABLE message_days (
     site_key TEXT NOT NULL REFERENCES sites (key) ON DELETE CASCADE,
     day INTEGER NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (site_key, day)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE notifications (
     id TEXT NOT NULL,
     site_key TEXT NOT NULL REFERENCES sites (key) ON DELETE CASCADE,
     message TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     read_at INTEGER,
     PRIMARY KEY (site_key, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX notifications_by_time ON notifications (created_at);`,
  // The weather becomes one add-on among others.
  `ALTER TABLE sites ADD COLUMN enabled_plugins TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE sites ADD COLUMN plugin_data TEXT NOT NULL DEFAULT '{}';
   UPDATE sites SET enabled_plugins = '["weather"]' WHERE is_weather_on = 1;
   UPDATE sites SET plugin_data = json_object('weather', json(weather)) WHERE weather <> '{}';
   ALTER TABLE sites DROP COLUMN is_weather_on;
   ALTER TABLE sites DROP COLUMN weather;`,
  // Notes on the board: a few short ones, only ever read and written together.
  `ALTER TABLE sites ADD COLUMN has_notes INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sites ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';`,
];

/**
 * Brings a database to the newest schema, each step in a transaction of its own.
 * @throws Error when the database was made by a newer Townring
 */
export function migrate(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get();
  const version = Number(row?.['user_version'] ?? 0);
  if (version > STEPS.length) {
    throw new Error(`the database has schema ${version}, this Townring knows ${STEPS.length}: run the newer Townring`);
  }
  for (const [offset, step] of STEPS.slice(version).entries()) {
    db.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${version + offset + 1}; COMMIT`);
  }
}
