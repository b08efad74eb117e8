import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { shardOf } from '../../../src/runtime/rendezvous.ts';
import { RestartPolicy, RESTART_WINDOW_MS, RESTARTS_MAX } from '../../../src/runtime/restart-policy.ts';
import { shardCount } from '../../../src/runtime/shard-count.ts';
import { canHandOver, resumeReading, stopReading } from '../../../src/runtime/socket-handle.ts';

test('a process is started again at once five times in a minute, then it rests, each time twice as long', () => {
  const policy = new RestartPolicy();
  for (let crash = 0; crash < RESTARTS_MAX; crash += 1) assert.equal(policy.delayAfterExit(crash * 1_000), 0);
  assert.equal(policy.delayAfterExit(5_000), 10_000);
  assert.equal(policy.delayAfterExit(16_000), 20_000, 'the one after the rest crashed as well');
  assert.equal(policy.delayAfterExit(37_000), 40_000);
  let now = 80_000;
  let delayMs = 0;
  for (let crash = 0; crash < 10; crash += 1) {
    delayMs = policy.delayAfterExit(now);
    now += delayMs + 1_000;
  }
  assert.equal(delayMs, 300_000, 'five minutes at most');
});

test('crashes far apart never make a process rest; a minute of health after a rest clears its record', () => {
  const rare = new RestartPolicy();
  for (let crash = 0; crash < 50; crash += 1) {
    assert.equal(rare.delayAfterExit((crash * RESTART_WINDOW_MS) / RESTARTS_MAX), 0, `crash ${crash}`);
  }
  const healed = new RestartPolicy();
  for (let crash = 0; crash < RESTARTS_MAX; crash += 1) healed.delayAfterExit(crash);
  assert.equal(healed.delayAfterExit(100), 10_000);
  assert.equal(healed.delayAfterExit(10_100 + RESTART_WINDOW_MS), 0);
});

test('a scene has one shard, scenes spread evenly, and one shard more moves only its own share', () => {
  const keys = Array.from({ length: 4_000 }, (_, index) => `site_${index}`);
  const counts = [0, 0, 0, 0];
  let moved = 0;
  for (const key of keys) {
    const shard = shardOf(key, 4);
    assert.equal(shardOf(key, 4), shard);
    counts[shard] = (counts[shard] ?? 0) + 1;
    const next = shardOf(key, 5);
    if (next !== shard) {
      moved += 1;
      assert.equal(next, 4, 'whoever moves, moves to the new one');
    }
  }
  for (const count of counts) assert.ok(count > 850 && count < 1_150, `${count} of 4,000 in one of four`);
  assert.ok(moved > 650 && moved < 950, `${moved} of 4,000 moved to a fifth`);
  assert.equal(shardOf('default', 1), 0);
});

test('shards are refused in words where sockets cannot be handed over, and left out where nobody asked for them', async () => {
  const warned: string[] = [];
  const log = { warn: (_fields: object, message: string) => void warned.push(message) };
  const cannot = (): Promise<boolean> => Promise.resolve(false);
  assert.equal(await shardCount(0, log, () => Promise.reject(new Error('not asked'))), 0);
  assert.equal(await shardCount('auto', log, cannot), 0);
  assert.equal(warned.length, 1);
  await assert.rejects(shardCount(2, log, cannot), /SHARDS=2: .*use SHARDS=0/);
  assert.equal(await shardCount(3, log, () => Promise.resolve(true)), 3);
  assert.ok((await shardCount('auto', log, () => Promise.resolve(true))) >= 1);
});

test('reading stops at once and loses nothing: the bytes are there when somebody reads again', async (t) => {
  assert.equal(await canHandOver(), true);
  assert.equal(stopReading(new PassThrough()), false, 'what has no handle cannot be handed over');
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const client = connect(address.port, '127.0.0.1');
  const accepted: unknown = (await once(server, 'connection'))[0];
  assert.ok(accepted instanceof Socket);
  t.after(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  stopReading(accepted);
  await new Promise((resolve) => client.write('early', resolve));
  const echo = connect(address.port, '127.0.0.1');
  await once(server, 'connection');
  echo.destroy();
  assert.equal(accepted.bytesRead, 0);
  const heard = once(accepted, 'data');
  resumeReading(accepted);
  const [chunk] = await heard;
  assert.equal(String(chunk), 'early');
});
