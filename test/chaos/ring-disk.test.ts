/** A disk that is full, and files that are damaged: words for the operator, never a wrong list, and scenes that go on. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { RingDocuments } from '../../federation/documents/types.ts';
import type { NewRing } from '../../federation/governance/create-ring.ts';
import { changeList } from '../../federation/governance/change.ts';
import { publishMembers } from '../../federation/governance/publish.ts';
import { formRing } from '../../scripts/form-ring.ts';
import { startSquareProcess, type SquareProcess } from '../../scripts/square-process.ts';
import { watchGate } from '../support/gate-watcher.ts';
import { readRing } from '../support/ring-documents.ts';
import { install, listVersion, startOwnRing, type RingMember } from '../support/ring-of-processes.ts';
import { eventually } from '../support/sharded-square.ts';
import { smallDisk } from '../support/small-disk.ts';
import { tempDir } from '../support/temp-dir.ts';
import { walkingPair } from '../support/walking-pair.ts';

/** Generous: what is awaited here comes in a second or two on a machine that has time. */
const WITHIN_MS = 40_000;

const says = (square: SquareProcess, words: string): boolean => square.lines().some((line) => line.includes(words));

/** The next list, in which one site has another name. */
function renamed({ documents, keys }: NewRing, site: string): RingDocuments {
  const present = readRing(documents, true);
  const options = { now: Date.now(), allowPrivate: true };
  const draft = changeList(present.members, { kind: 'rename', site, name: 'Another name' }, options);
  assert.ok(draft.ok);
  const published = publishMembers(present, draft.value, { admin: keys.admin1, online: keys.online }, options);
  assert.ok(published.ok);
  return { ...documents, ...published.value };
}

test('on a full disk visitors walk on, the list in use stays, and what is missed is caught up when there is room', async (t) => {
  const disk = smallDisk(t, 'moss');
  t.diagnostic(`the disk is full by ${disk.kind}`);
  const { ring, members } = await startOwnRing(t, ['moss', 'quay'], { SHARDS: '1' }, undefined, disk.parent);
  const [moss, quay] = members;
  assert.ok(moss !== undefined && quay !== undefined);
  const step = await walkingPair(t, moss);
  const gate = await watchGate(t, moss, quay);
  await gate.until('live', 0, WITHIN_MS);

  const { pid } = moss.process();
  disk.fill(pid);
  install(quay, renamed(ring, 'quay'));
  await eventually('it says so', () => says(moss.process(), 'newer ring documents cannot be saved'), WITHIN_MS);
  assert.equal(await listVersion(quay), 2);
  assert.equal(await listVersion(moss), 1, 'nothing is used that is not saved');
  await step();

  // The ring's process cannot begin a run whose number is not saved: its words would be taken for those of the last run.
  process.kill(ringPid(moss), 'SIGKILL');
  const killed = performance.now();
  await eventually('it says why', () => moss.process().lines().some(isEpochRefused), WITHIN_MS);
  await gate.until('dim', killed, WITHIN_MS);
  await step();

  disk.free(pid);
  await gate.until('live', killed, WITHIN_MS);
  await eventually('the list', async () => (await listVersion(moss)) === 2, WITHIN_MS);
  await step();
});

function isEpochRefused(line: string): boolean {
  return line.includes('"ring ended"') && /full|I\/O error/.test(line);
}

function ringPid(member: RingMember): number {
  const line = member
    .process()
    .lines()
    .findLast((said) => said.includes('"ring ready"'));
  const { pid }: { pid: number } = JSON.parse(line ?? '{"pid":0}');
  return pid;
}

test('a square does not start on a full disk, says why, and starts with all it had when there is room', async (t) => {
  const disk = smallDisk(t, 'moss');
  if (disk.kind === 'limit') return t.diagnostic('not shown here: a limit cannot be set before the process is there');
  const env = { DATA_DIR: join(disk.parent, 'moss'), PORT: '0', SHARDS: '0' };
  disk.fill(0);
  await assert.rejects(startSquareProcess(env), /cannot (lock|open) .*: database or disk is full/);
  disk.free(0);
  const square = await startSquareProcess(env);
  await square.stop();
  disk.fill(0);
  await assert.rejects(startSquareProcess(env), /disk is full|ENOSPC/);
  disk.free(0);
  await (await startSquareProcess(env)).stop();
});

type Damage = (bytes: Buffer) => Buffer;

const DAMAGES: Readonly<Record<string, Damage>> = {
  'cut in half': (bytes) => bytes.subarray(0, bytes.length / 2),
  'zeros but for its head': (bytes) => Buffer.concat([bytes.subarray(0, 512), Buffer.alloc(bytes.length - 512)]),
  garbage: (bytes) => Buffer.alloc(bytes.length, 'something else '),
};

test('a damaged database is refused with its name and the remedy, and is left as it was found', async (t) => {
  const dataDir = tempDir(t);
  const env = { DATA_DIR: dataDir, PORT: '0', SHARDS: '0' };
  await (await startSquareProcess(env)).stop();
  const path = join(dataDir, 'square.db');
  const good = readFileSync(path);
  for (const [how, damage] of Object.entries({ ...DAMAGES, empty: (bytes: Buffer) => bytes.subarray(0, 0) })) {
    const bad = damage(good);
    writeFileSync(path, bad);
    await assert.rejects(startSquareProcess(env), /square\.db: it is damaged .*Put back a copy of it/, how);
    assert.deepEqual(readFileSync(path), bad, how);
  }
  writeFileSync(path, good);
  await (await startSquareProcess(env)).stop();
});

test('damaged documents of a ring are not used, are named, and are mended by installing them again while it runs', async (t) => {
  const dataDir = tempDir(t);
  const sites = [{ id: 'moss', name: 'Moss', entry: 'http://127.0.0.1:1/' }];
  const plan = { dataDir, origin: 'http://127.0.0.1:1', addrs: ['/ip4/127.0.0.1/tcp/1'], sites };
  const ring = await formRing('Test ring', [plan]);
  const env = {
    DATA_DIR: dataDir,
    PORT: '0',
    SHARDS: '0',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
    ALLOW_PRIVATE_RING: '1',
  };
  for (const [how, damage] of Object.entries(DAMAGES)) {
    damageDocuments(dataDir, damage);
    const square = await startSquareProcess({ ...env, P2P_HOST: '127.0.0.1' });
    t.after(() => square.stop());
    assert.ok(says(square, 'stored ring documents do not verify and are not used: install the ring again'), how);
    assert.equal(await listVersion(square), 0, how);
    const step = await walkingPair(t, square);
    await step();
    const about: { square: string } = JSON.parse(await (await fetch(`${square.url}/.well-known/townring.json`)).text());
    install({ dataDir, square: about.square }, ring.documents);
    await eventually('the list', async () => (await listVersion(square)) === 1, WITHIN_MS);
    await step();
    await square.stop();
  }
});

function damageDocuments(dataDir: string, damage: Damage): void {
  const db = new DatabaseSync(join(dataDir, 'square.db'));
  const row = db.prepare('SELECT documents FROM rings').get();
  db.prepare('UPDATE rings SET documents = ?').run(damage(Buffer.from(String(row?.['documents']))).toString());
  db.close();
}

test('a database that is damaged while the square runs costs nobody their place; the next start says what happened', async (t) => {
  const { ring, members } = await startOwnRing(t, ['moss', 'quay'], { SHARDS: '1' });
  const [moss, quay] = members;
  assert.ok(moss !== undefined && quay !== undefined);
  const step = await walkingPair(t, moss);
  for (const name of ['square.db', 'square.db-wal']) {
    const path = join(moss.dataDir, name);
    writeFileSync(path, Buffer.alloc(readFileSync(path).length, 'something else '));
  }
  install(quay, renamed(ring, 'quay'));
  // What SQLite holds in memory may be enough for it to go on for a while.
  const isTaken = async (): Promise<boolean> => (await listVersion(moss)) === 2;
  const isSaid = (): boolean => says(moss.process(), 'newer ring documents cannot be saved');
  await eventually('the list is taken, or it is said why not', async () => isSaid() || isTaken(), WITHIN_MS);
  await step();
  await moss.process().stop();
  await assert.rejects(moss.restart(), /square\.db: it is damaged/);
});
