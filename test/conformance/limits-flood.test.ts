import assert from 'node:assert/strict';
import test from 'node:test';
import { buildSite } from '../support/site-builder.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../support/live-square.ts';

const LIMIT = 20;
const moss = { origin: 'https://moss.example' };

const kinds: readonly (readonly [what: string, send: (client: LiveClient, nth: number) => void])[] = [
  ['moves', (client, nth) => client.send({ type: 'move', x: (nth % 100) / 100 })],
  ['typing', (client, nth) => client.send({ type: 'typing', typing: nth % 2 === 0 })],
  ['scenes of its own', (client) => client.send({ type: 'sceneConfig', sceneConfig: { benches: 6 } })],
  ['lines without words', (client) => client.send({ type: 'say', text: '' })],
  ['answers to no challenge', (client) => client.send({ type: 'solve', nonce: '1' })],
  ['plugin messages', (client) => client.send({ type: 'plugin', plugin: 'ball' })],
  ['garbage', (client) => client.send('{')],
  ['bytes', (client) => client.send(Buffer.from([0xff, 0x00]))],
  ['empty messages', (client) => client.send('')],
  ['pings', (client) => client.socket.ping()],
];
for (const [what, send] of kinds) {
  test(`${what}: more than the budget of a second is ignored, four times as much is the end of that socket alone`, async (t) => {
    const square = await startLiveSquare(t, { socketMessageLimit: LIMIT });
    const eve = await square.connect();
    const ada = await square.connect();
    await ada.join();
    await eve.join();
    await settled(ada, eve);
    square.clock.advance(1_000);
    for (let nth = 0; nth < LIMIT + 3 * LIMIT - 1; nth += 1) send(eve, nth);
    await untilCounted(square, 'message-ignored flood', 3 * LIMIT - 1);
    assert.equal(eve.socket.readyState, eve.socket.OPEN);
    // A calm second: all is forgiven.
    square.clock.advance(1_000);
    await eve.roundTrip();
    square.clock.advance(1_000);
    for (let nth = 0; nth < 4 * LIMIT; nth += 1) send(eve, nth);
    await untilCounted(square, 'socket-dropped flood', 1);
    await untilHeard(eve);
    square.clock.advance(1_000);
    assert.deepEqual(await eve.closed, { code: 1008, reason: 'rate limited' });
    assert.equal(square.counted.filter((line) => line === 'socket-dropped flood').length, 1);
    await ada.roundTrip();
    await (await square.connect()).join();
  });
}

test('one who goes on shouting into the goodbye is not listened to, and is gone soon', async (t) => {
  const square = await startLiveSquare(t, { socketMessageLimit: LIMIT });
  const eve = await square.connect();
  const ada = await square.connect();
  await ada.join();
  await eve.join();
  await settled(ada, eve);
  ada.take();
  square.clock.advance(1_000);
  for (let nth = 0; nth < 20_000; nth += 1) eve.send({ type: 'move', x: (nth % 100) / 100 });
  await untilCounted(square, 'socket-dropped flood', 1);
  await untilHeard(eve);
  square.clock.advance(250);
  assert.equal((await eve.closed).code, 1008);
  await untilTrue(() => square.host.stats().sockets === 1);
  const { length: ignored } = square.counted.filter((line) => line === 'message-ignored flood');
  assert.equal(ignored, 3 * LIMIT - 1, 'nothing of it was looked at after the close');
  square.clock.advance(1_500);
  await ada.next('leave');
});

test('a scene that is flooded from many sockets, without any limit, leaves another scene its turns and nothing behind', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const [ada, ben] = [await square.connect('siteKey=site_moss', moss), await square.connect('siteKey=site_moss', moss)];
  await ada.join();
  await ben.join();
  const shouting: LiveClient[] = [];
  for (let each = 0; each < 20; each += 1) {
    const client = await square.connect();
    await client.join();
    shouting.push(client);
  }
  await settled(ada, ben, ...shouting);
  for (const client of shouting) {
    for (let nth = 0; nth < 1_000; nth += 1) client.send({ type: 'typing', typing: nth % 2 === 0 });
  }
  for (const x of [0.3, 0.4, 0.5]) {
    ada.send({ type: 'move', x });
    let isSeen = false;
    const seen = ben.next('move').then((frame) => {
      isSeen = true;
      assert.equal(frame.x, x);
    });
    // A busy square gathers what it sends for a moment, by the clock.
    await untilTrue(() => {
      square.clock.advance(1);
      return isSeen;
    });
    await seen;
    square.clock.advance(40);
  }
  await Promise.all(shouting.map((client) => untilSent(client)));
  await untilTrue(() => square.host.sizes().waitingMessages === 0);
  // The flood did not cost the flooders their place either: they are heard again.
  const [eve, mallory] = shouting;
  assert.ok(eve && mallory);
  eve.send({ type: 'move', x: 0.123 });
  await eve.roundTrip();
  square.clock.advance(100);
  assert.equal((await mallory.next('move', ({ x }) => x === 0.123)).x, 0.123);
  assert.equal(square.host.visitorCount('default'), 20);
});

function untilCounted(square: LiveSquare, line: string, count: number): Promise<void> {
  return untilTrue(() => square.counted.filter((each) => each === line).length >= count);
}

/** The goodbye has arrived: the client is closing. */
function untilHeard(client: LiveClient): Promise<void> {
  return untilTrue(() => client.socket.readyState !== client.socket.OPEN);
}

/** Everything the client was given has left its process. */
function untilSent(client: LiveClient): Promise<void> {
  return untilTrue(() => client.socket.bufferedAmount === 0);
}

async function untilTrue(isTrue: () => boolean): Promise<void> {
  const until = performance.now() + 5_000;
  while (!isTrue()) {
    assert.ok(performance.now() < until, 'waited 5 s');
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
