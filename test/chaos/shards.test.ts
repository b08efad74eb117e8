/** What visitors notice when parts of a square fail: figures are printed, invariants asserted. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { COLORS } from '../../src/protocol/limits.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import {
  comeBack,
  eventually,
  isRunning,
  rawUpgrade,
  startShardedSquare,
  type ShardedSquare,
  type UpgradeOutcome,
} from '../support/sharded-square.ts';

/** A snapshot is at most one second old; then its way to the edge. */
const SNAPSHOT_MS = 1_500;
const CROWD = 25;

interface Guest {
  client: LiveClient;
  readonly hello: Awaited<ReturnType<LiveClient['join']>>;
}

async function crowd(enter: () => Promise<LiveClient>, prefix: string, count = CROWD): Promise<Guest[]> {
  const guests: Guest[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = await enter();
    const hello = await client.join({
      browserId: `${prefix}${index}`,
      displayName: `${prefix} ${index}`,
      color: COLORS[3],
      x: 0.1 + index / 40,
    });
    guests.push({ client, hello });
  }
  return guests;
}

/** Counts the sockets that end. */
function watchLosses(guests: readonly Guest[]): { lost: number } {
  const seen = { lost: 0 };
  for (const { client } of guests) client.socket.once('close', () => (seen.lost += 1));
  return seen;
}

function leaveAll(t: TestContext, guests: readonly Guest[]): void {
  t.after(() => {
    for (const { client } of guests) client.socket.terminate();
  });
}

/** Round trips of one visitor, one after the other, until told to stop. */
function measure(client: LiveClient): () => Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  const told = new AbortController();
  const run = (async () => {
    while (!told.signal.aborted) {
      const begun = performance.now();
      await client.roundTrip();
      times.push(performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return async () => {
    told.abort();
    await run;
    times.sort((a, b) => a - b);
    return { p50: times[Math.floor(times.length / 2)] ?? 0, p99: times[Math.floor(times.length * 0.99)] ?? 0 };
  };
}

/** Clients that reset their connection right after the request, a hundred at a time. */
async function resetUpgrades(square: ShardedSquare, count: number): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const { socket } = rawUpgrade(square.process, 1);
        await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
        // The request has left with the connection; the reset follows it at once.
        socket.resetAndDestroy();
      }),
    );
  }
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const pause = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));

test('SIGKILL of one shard: nobody elsewhere notices, its visitors are back as who they were', async (t) => {
  const square = await startShardedSquare(t);
  const before = square.descriptors();
  const here = await crowd(square.enterShared, 'ada');
  const elsewhere = await crowd(square.enterHosted, 'bo');
  leaveAll(t, [...here, ...elsewhere]);
  const [sitter, talker] = here;
  assert.ok(sitter !== undefined && talker !== undefined);
  const bench = 0.22;
  sitter.client.send({ type: 'move', x: bench });
  await talker.client.next('move', ({ id }) => id === sitter.hello.id);
  await pause(60);
  sitter.client.send({ type: 'settle', propId: 'bench' });
  talker.client.send({ type: 'say', text: 'still here?' });
  await sitter.client.next('say');
  await pause(SNAPSHOT_MS);
  const seated = await sitter.client
    .next('move', ({ id, pose }) => id === sitter.hello.id && pose !== null)
    .catch(() => undefined);

  const losses = watchLosses(elsewhere);
  const rtt = elsewhere[0] && measure(elsewhere[0].client);
  const killed = square.pidOf(square.shared);
  const begun = performance.now();
  process.kill(killed, 'SIGKILL');
  await Promise.all(here.map(({ client }) => client.closed));
  const noticed = performance.now() - begun;
  const back: number[] = [];
  const returned = await Promise.all(
    here.map(async ({ hello }, index) => {
      const client = await comeBack(square.enterShared);
      const again = await client.join({
        browserId: `ada${index}`,
        browserSecret: hello.browserSecret,
        displayName: 'somebody else',
      });
      back.push(performance.now() - begun);
      return { client, hello: again };
    }),
  );
  leaveAll(t, returned);
  await settled(...returned.map(({ client }) => client));
  for (const [index, { client, hello }] of returned.entries()) {
    const was = here[index]?.hello;
    assert.equal(hello.id, was?.id, 'the same visitor');
    assert.equal(hello.displayName, was?.displayName);
    assert.equal(hello.color, was?.color);
    assert.equal(hello.peers.length, CROWD - 1, 'everybody still stands there');
    if (index > 1) assert.equal(hello.x, was?.x, 'in the same place');
    const seen = client.take().filter(({ type }) => type === 'join' || type === 'leave');
    assert.deepEqual(seen, [], 'nobody is seen leaving or coming');
  }
  assert.deepEqual(
    returned[1]?.hello.messages.map(({ text }) => text),
    ['still here?'],
  );
  if (seated !== undefined) {
    assert.equal(returned[0]?.hello.propId, seated.propId);
    assert.equal(returned[0]?.hello.pose, seated.pose);
    assert.equal(returned[0]?.hello.x, seated.x);
  }
  const latency = await rtt?.();
  assert.equal(losses.lost, 0);
  back.sort((a, b) => a - b);
  for (const { client } of [...returned, ...elsewhere]) client.socket.terminate();
  await eventually('the descriptors of the edge are back', () => square.descriptors() <= before + 4);
  t.diagnostic(
    `disconnects elsewhere ${losses.lost}; noticed after ${ms(noticed)}; first back ${ms(back[0] ?? 0)}, all ${CROWD} ${ms(back.at(-1) ?? 0)}; ` +
      `p99 elsewhere ${ms(latency?.p99 ?? 0)}; seat ${seated?.propId ?? 'none'}; descriptors ${before} → ${square.descriptors()}`,
  );
});

test('an endless loop in one shard, 500 upgrades queued to it: it is killed, nobody hangs, nothing leaks', async (t) => {
  const square = await startShardedSquare(t);
  const elsewhere = await crowd(square.enterHosted, 'bo', 10);
  leaveAll(t, elsewhere);
  const calm = elsewhere[0] && measure(elsewhere[0].client);
  await pause(1_000);
  const before = { latency: await calm?.(), descriptors: square.descriptors() };
  const losses = watchLosses(elsewhere);
  const looping = await square.enterShared();
  const pid = square.pidOf(square.shared);
  looping.send({ type: 'init', browserId: 'door-loop' });
  const begun = performance.now();
  const during = elsewhere[0] && measure(elsewhere[0].client);
  await pause(50);
  const upgrades = Array.from({ length: 500 }, () => rawUpgrade(square.process, 12_000));
  t.after(() => {
    for (const { socket } of upgrades) socket.destroy();
  });
  await looping.closed;
  const killedAfter = performance.now() - begun;
  const outcomes = await Promise.all(upgrades.map(({ outcome }) => outcome));
  const answeredAfter = performance.now() - begun;
  const latency = await during?.();
  const count = (outcome: UpgradeOutcome): number => outcomes.filter((each) => each === outcome).length;
  assert.equal(count('hung'), 0, 'everybody has an answer');
  assert.ok(count('reset') <= 2, `only what had left the edge is lost: ${count('reset')}`);
  assert.equal(losses.lost, 0);
  assert.ok(!isRunning(pid));
  assert.equal(await square.counted('tree', 'shard', 'stuck'), 1);
  assert.ok(killedAfter < 5_000, `killed after ${ms(killedAfter)}`);
  for (const { socket } of upgrades) socket.destroy();
  await eventually('the descriptors of the edge are back', () => square.descriptors() <= before.descriptors + 4);
  const next = await comeBack(square.enterShared);
  assert.equal((await next.join({ browserId: 'ada' })).type, 'hello');
  next.socket.terminate();
  t.diagnostic(
    `killed after ${ms(killedAfter)}; of 500 upgrades ${count('taken')} taken, ${count('refused')} told to come again, ${count('reset')} cut, ` +
      `${count('hung')} hung, last answer ${ms(answeredAfter)}; elsewhere: disconnects ${losses.lost}, p50 ${ms(before.latency?.p50 ?? 0)} → ${ms(latency?.p50 ?? 0)}, ` +
      `p99 ${ms(before.latency?.p99 ?? 0)} → ${ms(latency?.p99 ?? 0)}; descriptors ${before.descriptors} → ${square.descriptors()}`,
  );
});

test('a throw for one visitor closes that one; a throw in a scene is a blink to everybody in it', async (t) => {
  const square = await startShardedSquare(t);
  const here = await crowd(square.enterShared, 'ada', 10);
  const elsewhere = await crowd(square.enterHosted, 'bo', 5);
  leaveAll(t, [...here, ...elsewhere]);
  const losses = watchLosses([...here, ...elsewhere]);
  const pids = [square.pidOf(0), square.pidOf(1)];

  const victim = await square.enterShared();
  victim.send({ type: 'init', browserId: 'door-throw' });
  assert.deepEqual(await victim.closed, { code: 1011, reason: 'internal error' });
  await settled(...here.map(({ client }) => client));
  assert.equal(losses.lost, 0);

  await pause(SNAPSHOT_MS);
  const door = await square.enterShared();
  const { browserSecret } = await door.join({ browserId: 'door-scene' });
  await pause(SNAPSHOT_MS);
  const begun = performance.now();
  door.socket.terminate();
  await eventually(
    'the scene restarts',
    async () => (await square.counted('realtime', 'scene-restart', 'close')) === 1,
  );
  const restarted = performance.now() - begun;
  await settled(...here.map(({ client }) => client));
  for (const { client } of here) client.take();
  const [mover, ...others] = here;
  mover?.client.send({ type: 'move', x: 0.9 });
  for (const { client } of others) {
    const frame = await client.next('move', ({ x }) => x === 0.9);
    assert.equal(frame.id, mover?.hello.id, 'the same visitor, on the same sockets');
  }
  mover?.client.send({ type: 'say', text: 'what was that?' });
  for (const { client } of others) await client.next('say');
  const second = await square.enterShared();
  const tab = await second.join({ browserId: 'ada1', browserSecret: here[1]?.hello.browserSecret ?? '' });
  assert.equal(tab.id, here[1]?.hello.id, 'a second tab is still the same visitor');
  second.socket.terminate();
  assert.ok(browserSecret.length === 64);
  assert.equal(losses.lost, 0);
  assert.deepEqual([square.pidOf(0), square.pidOf(1)], pids, 'no process ended');
  t.diagnostic(
    `scene counted as restarted after ${ms(restarted)} (counts travel once a second); disconnects ${losses.lost}`,
  );
});

test('2,000 clients that reset right after the upgrade end nothing and leave nothing behind', async (t) => {
  const square = await startShardedSquare(t);
  const here = await crowd(square.enterShared, 'ada', 5);
  leaveAll(t, here);
  const losses = watchLosses(here);
  const pids = [square.process.pid, square.pidOf(0), square.pidOf(1)];
  const before = square.descriptors();
  const begun = performance.now();
  await resetUpgrades(square, 2_000);
  const sent = performance.now() - begun;
  await eventually('the descriptors of the edge are back', () => square.descriptors() <= before + 4);
  assert.equal(losses.lost, 0);
  assert.deepEqual(
    pids.map((pid) => isRunning(pid)),
    [true, true, true],
  );
  await eventually('no dead socket stays in a shard', async () =>
    /^square_sockets 5$/m.test(await (await fetch(`${square.process.url}/metrics`)).text()),
  );
  t.diagnostic(
    `2,000 resets in ${ms(sent)}; descriptors ${before} → ${square.descriptors()} after ${ms(performance.now() - begun)}; disconnects ${losses.lost}`,
  );
});

test('kill of the edge: every shard says goodbye and ends', async (t) => {
  const square = await startShardedSquare(t);
  const guests = [...(await crowd(square.enterShared, 'ada', 5)), ...(await crowd(square.enterHosted, 'bo', 5))];
  leaveAll(t, guests);
  const pids = [square.pidOf(0), square.pidOf(1)];
  const begun = performance.now();
  square.process.kill('SIGKILL');
  const codes = await Promise.all(guests.map(({ client }) => client.closed));
  const closed = performance.now() - begun;
  assert.deepEqual(
    new Set(codes.map(({ code, reason }) => `${code} ${reason}`)),
    new Set(['1001 server shutting down']),
  );
  await eventually('the shards are gone', () => pids.every((pid) => !isRunning(pid)), 5_000);
  t.diagnostic(`10 visitors told after ${ms(closed)}; shards gone after ${ms(performance.now() - begun)}`);
});

test('a shard that crashes again and again rests: 503 with Retry-After, and the page says so; the other serves on', async (t) => {
  const square = await startShardedSquare(t, { LOG_LEVEL: 'info' });
  const elsewhere = await crowd(square.enterHosted, 'bo', 5);
  leaveAll(t, elsewhere);
  const losses = watchLosses(elsewhere);
  for (let round = 0; round < 6; round += 1) {
    const client = await comeBack(square.enterShared);
    client.send({ type: 'init', browserId: 'door-crash' });
    assert.equal((await client.closed).code, 1006);
  }
  await eventually('it rests', async () => (await square.counted('tree', 'shard', 'resting')) === 1);
  assert.equal(await square.counted('tree', 'shard', 'crash'), 6);
  const { socket, outcome } = rawUpgrade(square.process, 5_000);
  assert.equal(await outcome, 'refused');
  socket.destroy();
  // Their answer is written to sockets that are gone: an `error` that somebody has to listen to.
  await resetUpgrades(square, 500);
  assert.ok(isRunning(square.process.pid));
  const page = await fetch(`${square.process.url}/`);
  assert.equal(page.status, 503);
  const seconds = Number(page.headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 10, `comes again in ${seconds} s`);
  assert.match(await page.text(), /resting/);
  await settled(...elsewhere.map(({ client }) => client));
  assert.equal(losses.lost, 0);
  const ended = square.process.lines().find((line) => line.includes('"restartInMs":10000'));
  assert.match(ended ?? '', /the door: process/, 'the log says why');
});
