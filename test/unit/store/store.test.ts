import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ensureDataDir, loadVisitorKey, lockDataDir } from '../../../src/store/data-dir.ts';
import { newSiteRecord } from '../../../src/store/site-record.ts';
import { openStore } from '../../../src/store/store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const moss = newSiteRecord(
  {
    name: 'Moss & Ink',
    origin: 'https://moss.example',
    allowedOrigins: ['https://www.moss.example'],
    ringSite: 'moss',
  },
  1_000,
);

test('a listed site is there again after a restart, every field of it', (t) => {
  const dir = tempDir(t);
  const first = openStore(dir);
  first.addSite(moss);
  first.close();
  const second = openStore(dir);
  t.after(() => second.close());
  assert.deepEqual(second.find(moss.key), moss);
  assert.deepEqual(second.sites(), [moss]);
  assert.match(moss.key, /^site_[\w-]{16}$/);
});

test('a site key is listed once, and the shared scene cannot be listed', (t) => {
  const store = openStore(tempDir(t));
  t.after(() => store.close());
  store.addSite(moss);
  assert.throws(() => store.addSite(moss));
  assert.throws(() => store.addSite({ ...moss, key: 'other' }), 'one ring site belongs to one scene');
  assert.throws(() => store.addSite({ ...moss, key: 'default', ringSite: null }), /shared scene/);
  assert.equal(store.removeSite(moss.key), true);
  assert.equal(store.removeSite(moss.key), false);
  assert.equal(store.find(moss.key), undefined);
});

test('an epoch never comes twice, restarts and a lost disk included', (t) => {
  const dir = tempDir(t);
  const first = openStore(dir);
  const epochs = [first.nextEpoch(), first.nextEpoch()];
  first.close();
  const second = openStore(dir);
  t.after(() => second.close());
  epochs.push(second.nextEpoch());
  assert.deepEqual(
    epochs,
    [...new Set(epochs)].sort((a, b) => a - b),
  );
  const [firstEpoch = 0] = epochs;
  assert.ok(firstEpoch >= Math.floor(Date.now() / 1000) - 60, 'begins at the clock, so above what a lost disk held');
});

test('ring documents and settings are replaced as a whole and survive a restart', (t) => {
  const dir = tempDir(t);
  const first = openStore(dir);
  first.saveRingDocuments({ ringId: 'b', json: '{"old":1}' });
  first.saveRingDocuments({ ringId: 'b', json: '{"new":1}' });
  first.saveRingDocuments({ ringId: 'a', json: '{}' });
  first.saveSetting('name', 'one');
  first.saveSetting('name', 'two');
  first.close();
  const second = openStore(dir);
  t.after(() => second.close());
  assert.deepEqual(second.ringDocuments(), [
    { ringId: 'a', json: '{}' },
    { ringId: 'b', json: '{"new":1}' },
  ]);
  assert.equal(second.setting('name'), 'two');
  assert.equal(second.setting('none'), undefined);
});

test('a running square learns of what the command line wrote beside it', async (t) => {
  const dir = tempDir(t);
  const square = openStore(dir);
  const commandLine = openStore(dir);
  t.after(() => square.close());
  const heard = new Promise<void>((resolve) => square.onForeignChange(resolve, 10));
  commandLine.addSite(moss);
  commandLine.close();
  // The square's watcher does not keep the process alive; a test must.
  const keepAlive = setInterval(() => {}, 1_000);
  await heard;
  clearInterval(keepAlive);
  assert.deepEqual(square.find(moss.key), moss);
});

test('a database that cannot be read, or is of a newer Townring, is refused in words and left alone', (t) => {
  const corrupt = tempDir(t);
  writeFileSync(
    join(corrupt, 'square.db'),
    'this is no database, though it is long enough to be mistaken for one'.repeat(20),
  );
  assert.throws(() => openStore(corrupt), /cannot open .*square\.db/);
  const newer = tempDir(t);
  openStore(newer).close();
  const db = new DatabaseSync(join(newer, 'square.db'));
  db.exec('PRAGMA user_version = 999');
  db.close();
  assert.throws(() => openStore(newer), /schema 999.*run the newer Townring/);
});

test('one data folder is run by one square, and is free again after its death', (t) => {
  const dir = tempDir(t);
  ensureDataDir(dir);
  const lock = lockDataDir(dir);
  assert.throws(() => lockDataDir(dir), /already running/);
  lock.release();
  // A process that dies without releasing.
  const script = `const { lockDataDir } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/store/data-dir.ts'))}); lockDataDir(${JSON.stringify(dir)}); process.kill(process.pid, 'SIGKILL');`;
  assert.throws(() => execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' }));
  lockDataDir(dir).release();
});

test('the visitor key is made once, for its owner only, and never replaced when damaged', (t) => {
  const dir = tempDir(t);
  const key = loadVisitorKey(dir);
  assert.deepEqual(loadVisitorKey(dir), key);
  assert.equal(statSync(join(dir, 'visitor.key')).mode & 0o777, 0o600);
  const damaged = join(dir, 'other');
  mkdirSync(damaged);
  writeFileSync(join(damaged, 'visitor.key'), 'short');
  assert.throws(() => loadVisitorKey(damaged), /5 bytes instead of 32/);
  chmodSync(damaged, 0o700);
});

test('what visitors and owners change on a site is there at once, and on the disk a moment later', async (t) => {
  const dir = tempDir(t);
  const store = openStore(dir);
  t.after(() => store.close());
  store.addSite(moss);
  const owner = {
    browserId: 'ada',
    isBound: true,
    displayName: 'Ada',
    color: '#5f6b73',
    badgeColor: '#e8eef5',
  } as const;
  const patch = {
    owners: [owner],
    hiddenBrowserIds: ['eve'],
    blockedAddresses: ['10.0.0.1'],
    moderationLog: [{ at: 5, action: 'hide', detail: 'Eve' }],
    enabledPlugins: ['weather'],
    pluginData: { 'test-feature': { hat: 'beret' } },
    chatThrottleMs: 900,
  };
  for (let keystroke = 0; keystroke < 100; keystroke += 1)
    store.changeSite(moss.key, { blockedWords: [`${keystroke}`] });
  store.changeSite(moss.key, patch);
  store.changeSite('site_none', patch);
  const updatedAt = store.find(moss.key)?.updatedAt ?? 0;
  assert.ok(updatedAt > moss.createdAt);
  const changed = { ...moss, blockedWords: ['99'], ...patch, updatedAt };
  assert.deepEqual(store.find(moss.key), changed);
  const beside = openStore(dir);
  t.after(() => beside.close());
  assert.deepEqual(beside.find(moss.key), moss, 'nothing waits for the disk');
  await new Promise<void>((resolve) => beside.onForeignChange(resolve, 20));
  assert.deepEqual(beside.find(moss.key), changed);
});

test('a change that was not written yet is, when the store closes or another process wrote meanwhile', async (t) => {
  const dir = tempDir(t);
  const store = openStore(dir);
  store.addSite(moss);
  const beside = openStore(dir);
  t.after(() => beside.close());
  const heard = new Promise<void>((resolve) => store.onForeignChange(resolve, 20));
  store.changeSite(moss.key, { isPlus: true });
  beside.addSite(newSiteRecord({ name: 'Quay', origin: 'https://quay.example' }, 2_000));
  await heard;
  assert.equal(store.find(moss.key)?.isPlus, true);
  assert.equal(store.sites().length, 2);
  store.changeSite(moss.key, { isSupporter: true });
  store.close();
  store.close();
  const after = openStore(dir);
  t.after(() => after.close());
  assert.deepEqual([after.find(moss.key)?.isPlus, after.find(moss.key)?.isSupporter], [true, true]);
});

test('a database of the first version is taken over, its sites as open and as plain as they were', (t) => {
  const dir = tempDir(t);
  const now = openStore(dir);
  now.addSite(moss);
  now.close();
  const db = new DatabaseSync(join(dir, 'square.db'));
  for (const column of [
    'style',
    'is_bot_protected',
    'is_supporter',
    'is_plus',
    'moderation',
    'account',
    'enabled_plugins',
    'plugin_data',
    'has_notes',
    'notes',
  ])
    db.exec(`ALTER TABLE sites DROP COLUMN ${column}`);
  for (const table of ['ring_records', 'site_figures', 'visits', 'message_days', 'notifications'])
    db.exec(`DROP TABLE ${table}`);
  db.exec('PRAGMA user_version = 1');
  db.close();
  const store = openStore(dir);
  t.after(() => store.close());
  assert.deepEqual(store.find(moss.key), { ...moss, isBotProtected: false });
});

test('the weather of a site from before add-ons stays as its owner left it', (t) => {
  const dir = tempDir(t);
  const now = openStore(dir);
  now.addSite(moss);
  now.close();
  const db = new DatabaseSync(join(dir, 'square.db'));
  db.exec(`
    ALTER TABLE sites DROP COLUMN has_notes;
    ALTER TABLE sites DROP COLUMN notes;
    ALTER TABLE sites DROP COLUMN enabled_plugins;
    ALTER TABLE sites DROP COLUMN plugin_data;
    ALTER TABLE sites ADD COLUMN is_weather_on INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sites ADD COLUMN weather TEXT NOT NULL DEFAULT '{}';
    UPDATE sites SET is_weather_on = 1, weather = '{"mode":"permanent"}';
    PRAGMA user_version = 4`);
  db.close();
  const store = openStore(dir);
  t.after(() => store.close());
  assert.deepEqual(store.find(moss.key), {
    ...moss,
    enabledPlugins: ['weather'],
    pluginData: { weather: { mode: 'permanent' } },
  });
});

test('notes outlive a restart; what was written down while they were switched off is gone', (t) => {
  const dir = tempDir(t);
  const notes = [{ id: '0a1b2c3d', text: 'the moss is early', at: 5 }];
  const first = openStore(dir);
  first.addSite({ ...moss, hasNotes: true, notes });
  first.close();
  const commandLine = openStore(dir);
  assert.deepEqual(commandLine.find(moss.key)?.notes, notes);
  const square = openStore(dir);
  square.changeSite(moss.key, { notes: [{ id: '0a1b2c3e', text: 'just now', at: 6 }, ...notes] });
  commandLine.changeSite(moss.key, { hasNotes: false, notes: [] });
  commandLine.close();
  square.close();
  const last = openStore(dir);
  t.after(() => last.close());
  assert.deepEqual([last.find(moss.key)?.hasNotes, last.find(moss.key)?.notes], [false, []]);
});

test('what a square and the command line change of one site at the same time is both kept', async (t) => {
  const dir = tempDir(t);
  const square = openStore(dir);
  t.after(() => square.close());
  square.addSite(moss);
  const commandLine = openStore(dir);
  const heard = new Promise<void>((resolve) => square.onForeignChange(resolve, 20));
  square.changeSite(moss.key, { blockedWords: ['fig'] });
  commandLine.changeSite(moss.key, { adminTokenHash: 'sha256:salt:digest' });
  commandLine.close();
  // The square's watcher does not keep the process alive; a test must.
  const keepAlive = setInterval(() => {}, 1_000);
  await heard;
  clearInterval(keepAlive);
  const { blockedWords, adminTokenHash } = square.find(moss.key) ?? {};
  assert.deepEqual({ blockedWords, adminTokenHash }, { blockedWords: ['fig'], adminTokenHash: 'sha256:salt:digest' });
});
