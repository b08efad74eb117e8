import assert from 'node:assert/strict';
import test from 'node:test';
import { FOOTPRINTS_MS } from '../../src/scene/footprint-memory.ts';
import { buildSite } from '../support/site-builder.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquareOptions } from '../support/live-square.ts';

const hosted: LiveSquareOptions = {
  sites: [
    buildSite(),
    buildSite({ key: 'site_off', isDisabled: true }),
    buildSite({ key: 'site_small', connectionLimit: 1 }),
  ],
};
const moss = { origin: 'https://moss.example' };

const refusals = [
  ['unknown site', 'siteKey=site_none', moss, 4003, 'site disabled or unknown'],
  ['disabled site', 'siteKey=site_off', moss, 4003, 'site disabled or unknown'],
  [
    'disabled site and bad origin',
    'siteKey=site_off',
    { origin: 'https://evil.example' },
    4003,
    'site disabled or unknown',
  ],
  ['spectator without entitlement', 'siteKey=site_moss&watch=1', moss, 4003, 'plus required'],
  ['wrong origin', 'siteKey=site_moss', { origin: 'https://evil.example' }, 4003, 'origin not allowed'],
  ['hosted without origin', 'siteKey=site_moss', {}, 4003, 'origin not allowed'],
  ['foreign origin on the default scene', '', { origin: 'https://evil.example' }, 4003, 'origin not allowed'],
] as const;
for (const [what, query, options, code, reason] of refusals) {
  test(`1, 2: ${what} closes right after the handshake with ${code} "${reason}" and no data`, async (t) => {
    const square = await startLiveSquare(t, hosted);
    const client = await square.connect(query, options);
    assert.deepEqual(await client.closed, { code, reason });
    assert.deepEqual(client.take(), []);
    assert.equal(square.host.stats().scenes, 0);
  });
}

test('1, 2: a full scene closes with 1013 "full", a full scene with a bad origin names the origin, and a free place is free', async (t) => {
  const square = await startLiveSquare(t, hosted);
  const first = await square.connect('siteKey=site_small', moss);
  const second = await square.connect('siteKey=site_small', moss);
  assert.deepEqual(await second.closed, { code: 1013, reason: 'full' });
  const third = await square.connect('siteKey=site_small', { origin: 'https://evil.example' });
  assert.deepEqual(await third.closed, { code: 4003, reason: 'origin not allowed' });
  await first.close();
  const fourth = await square.connect('siteKey=site_small', moss);
  assert.equal((await fourth.join()).id, 1);
});

test('3: the default scene takes no origin, its own host and configured origins; a site its apex and www pages', async (t) => {
  const square = await startLiveSquare(t, { ...hosted, allowedOrigins: ['https://friend.example'] });
  for (const options of [
    {},
    { origin: `http://127.0.0.1:${square.port}` },
    { origin: `http://localhost:${square.port}` },
    { origin: 'https://friend.example' },
  ]) {
    await (await square.connect('', options)).join();
  }
  for (const origin of ['https://moss.example', 'https://www.moss.example']) {
    await (await square.connect('siteKey=site_moss', { origin })).join();
  }
  assert.equal(square.host.visitorCount('default'), 4);
  assert.equal(square.host.visitorCount('site_moss'), 2);
});

test('3: two sites of one square do not see each other', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite(), buildSite({ key: 'site_quay' })] });
  const a = await square.connect('siteKey=site_moss', moss);
  const b = await square.connect('siteKey=site_quay', moss);
  await a.join();
  assert.deepEqual((await b.join()).peers, []);
  b.send({ type: 'move', x: 0.5 });
  await settled(a, b);
  assert.deepEqual(a.take(), []);
});

test('5: a message above the cap closes 1009 without a reason, and its neighbours stay', async (t) => {
  const square = await startLiveSquare(t);
  const big = await square.connect();
  const small = await square.connect();
  await small.join();
  await big.join();
  big.send({ type: 'say', text: 'x'.repeat(5_000) });
  assert.deepEqual(await big.closed, { code: 1009, reason: '' });
  await small.roundTrip();
  square.clock.advance(1_500);
  await small.next('leave');
});

test('5: garbage, arrays, unknown types and wrong types leave the socket open and everybody in silence', async (t) => {
  const square = await startLiveSquare(t);
  const noisy = await square.connect();
  const other = await square.connect();
  await other.join();
  await noisy.join();
  await settled(noisy, other);
  other.take();
  for (const message of [
    'not json',
    '',
    '[]',
    '"move"',
    'null',
    '{"type":7}',
    '{"type":"nothing"}',
    '{"type":"solve","nonce":"1"}',
    '{"type":"__proto__"}',
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.from('{"type":"move"}'),
  ]) {
    noisy.send(message);
  }
  await settled(noisy, other);
  assert.deepEqual(noisy.take(), []);
  assert.deepEqual(other.take(), []);
  noisy.send(Buffer.from('{"type":"move","x":0.25}'));
  assert.equal((await other.next('move')).x, 0.25);
});

test('6: what comes before init is ignored, and so is a second init', async (t) => {
  const square = await startLiveSquare(t);
  const other = await square.connect();
  await other.join();
  const client = await square.connect();
  client.send({ type: 'move', x: 0.5 });
  client.send({ type: 'say', text: 'hello?' });
  client.send({ type: 'gate', side: 'left' });
  await settled(client, other);
  assert.deepEqual(other.take(), []);
  await client.join({ displayName: 'Ada' });
  assert.deepEqual((await other.next('join')).peer.displayName, 'Ada');
  client.send({ type: 'init', displayName: 'Eve', ring: 1 });
  await settled(client, other);
  assert.deepEqual(client.take(), []);
  assert.deepEqual(other.take(), []);
});

test('6: a socket that never says init holds a place and nothing more', async (t) => {
  const square = await startLiveSquare(t);
  const silent = await square.connect();
  const client = await square.connect();
  assert.deepEqual((await client.join()).peers, []);
  assert.deepEqual(square.host.stats(), { scenes: 1, sockets: 2, visitors: 1 });
  client.send({ type: 'say', text: 'anybody?' });
  await settled(client, silent);
  assert.deepEqual(silent.take(), []);
});

test('7: every socket is pinged each 30 s, and one that stays silent is dropped by the second', async (t) => {
  const square = await startLiveSquare(t);
  const living = await square.connect();
  const dead = await square.connect('', { answersPings: false });
  let pings = 0;
  living.socket.on('ping', () => (pings += 1));
  await living.join();
  await dead.join();
  square.clock.advance(30_000);
  await settled(living);
  assert.equal(pings, 1);
  square.clock.advance(30_000);
  assert.equal((await dead.closed).code, 1006);
  await settled(living);
  assert.equal(pings, 2);
  assert.ok(square.counted.includes('socket-dropped silent'));
});

test('7: a square without sockets waits for nothing but to forget footprints, and then has no timer at all', async (t) => {
  const square = await startLiveSquare(t);
  const client = await square.connect();
  await client.join();
  client.send({ type: 'move', x: 0.5 });
  await client.roundTrip();
  await client.close();
  const other = await square.connect();
  await other.close();
  square.clock.advance(2_000);
  assert.equal(square.clock.pendingTimers, 1);
  assert.deepEqual(square.host.stats(), { scenes: 0, sockets: 0, visitors: 0 });
  square.clock.advance(FOOTPRINTS_MS);
  assert.equal(square.clock.pendingTimers, 0);
});

test('7: a crowd is pinged in slices, so that nobody waits for ten thousand pings, and everybody is', async (t) => {
  const square = await startLiveSquare(t, { defaultConnectionLimit: 1_000 });
  const clients = await Promise.all(Array.from({ length: 300 }, () => square.connect()));
  let pings = 0;
  for (const client of clients) client.socket.on('ping', () => (pings += 1));
  square.clock.advance(30_000);
  await settled(...clients);
  assert.equal(pings, 256);
  square.clock.advance(10);
  await settled(...clients);
  assert.equal(pings, 300);
  square.clock.advance(29_989);
  await settled(...clients);
  assert.equal(pings, 300, 'the next walk begins 30 s after this one began');
  square.clock.advance(1);
  await settled(...clients);
  assert.equal(pings, 556);
});
