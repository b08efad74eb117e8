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
