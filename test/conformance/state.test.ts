import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { buildSite } from '../support/site-builder.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare, type LiveSquareOptions } from '../support/live-square.ts';

interface Pair {
  readonly square: LiveSquare;
  readonly ada: LiveClient;
  readonly ben: LiveClient;
}

async function pair(t: TestContext, options: LiveSquareOptions = {}): Promise<Pair> {
  const square = await startLiveSquare(t, options);
  const ada = await square.connect();
  const ben = await square.connect();
  await ada.join({ browserId: 'ada', displayName: 'Ada', x: 0.2 });
  await ben.join({ browserId: 'ben', displayName: 'Ben', x: 0.2 });
  await ada.next('join');
  return { square, ada, ben };
}

test('18: steps within 40 ms become one frame with the last of them, when the 40 ms are over', async (t) => {
  const { square, ada, ben } = await pair(t);
  for (const x of [0.3, 0.31, 0.32, 0.33]) ada.send({ type: 'move', x });
  await settled(ada, ben);
  assert.deepEqual(
    ben.take().map((frame) => frame.type === 'move' && frame.x),
    [0.3],
  );
  square.clock.advance(40);
  await settled(ada, ben);
  assert.deepEqual(
    ben.take().map((frame) => frame.type === 'move' && frame.x),
    [0.33],
  );
  square.clock.advance(1_000);
  await settled(ada, ben);
  assert.deepEqual(ben.take(), []);
});

test('19: two sit on a bench, a third is refused in silence, a lamp seats nobody, a step frees the seat', async (t) => {
  const { ada, ben, square } = await pair(t);
  const cy = await square.connect();
  await cy.join({ x: 0.2 });
  for (const client of [ada, ben, cy]) {
    client.send({ type: 'settle', propId: 'bench' });
    client.send({ type: 'settle', propId: 'lamp' });
    await client.roundTrip();
  }
  await settled(ada, ben, cy);
  const seats = cy.take().map((frame) => frame.type === 'move' && [frame.id, frame.pose]);
  assert.deepEqual(seats, [
    [1, 'sitting'],
    [2, 'sitting'],
  ]);
  ada.send({ type: 'move', x: 0.3 });
  await ada.roundTrip();
  cy.send({ type: 'settle', propId: 'bench' });
  assert.equal((await cy.next('move', ({ id }) => id === 3)).pose, 'sitting');
});

test('20: a gesture within 560 ms of the last is dropped, and a high five reaches 0.07 and no further', async (t) => {
  const { square, ada, ben } = await pair(t);
  ada.send({ type: 'action', action: 'somersault' });
  ada.send({ type: 'action', action: 'jump' });
  ada.send({ type: 'action', action: 'raise-hand' });
  await settled(ada, ben);
  assert.deepEqual(ben.take(), [{ type: 'action', id: 1, action: 'jump' }]);
  square.clock.advance(560);
  ada.send({ type: 'move', x: 0.2701 });
  ada.send({ type: 'action', action: 'high-five', targetId: 2 });
  await settled(ada, ben);
  assert.deepEqual(
    ben.take().map(({ type }) => type),
    ['move'],
  );
  square.clock.advance(40);
  ada.send({ type: 'move', x: 0.27 });
  ada.send({ type: 'action', action: 'high-five', targetId: '2' });
  await settled(ada, ben);
  assert.deepEqual(ben.take().at(-1), { type: 'action', id: 1, action: 'high-five', targetId: 2 });
});

test('21: a profile that changes nothing is silence', async (t) => {
  const { ada, ben } = await pair(t);
  ada.send({ type: 'profile', displayName: ' Ada ', color: '#5f6b73' });
  await settled(ada, ben);
  assert.deepEqual([...ada.take(), ...ben.take()], []);
  ada.send({ type: 'profile' });
  assert.equal((await ben.next('profile')).displayName, '');
});

test('22: a page off the socket origin shows nothing, and the client own label is never seen', async (t) => {
  const square = await startLiveSquare(t);
  const origin = `http://127.0.0.1:${square.port}`;
  const client = await square.connect('', { origin });
  const hello = await client.join({ readingUrl: `${origin}/docs/real-page.html?x=1`, readingLabel: 'mine' });
  assert.equal(hello.readingLabel, 'real page');
  assert.equal(hello.readingUrl, `${origin}/docs/real-page.html?x=1`);
  client.send({ type: 'reading', readingUrl: 'https://elsewhere.example/secret' });
  const frame = await client.next('reading');
  assert.deepEqual([frame.readingLabel, frame.readingUrl], ['', '']);
});

test('22, 23: closing the only active and typing tab is seen at once', async (t) => {
  const { square, ben } = await pair(t);
  const tab = await square.connect();
  const hello = await tab.join({ browserId: 'cy' });
  const sibling = await square.connect();
  await sibling.join({ browserId: 'cy', browserSecret: hello.browserSecret, readingActive: false });
  tab.send({ type: 'typing', typing: true });
  await settled(tab, ben);
  ben.take();
  await tab.close();
  assert.deepEqual(await ben.next('typing'), { type: 'typing', id: 3, typing: false });
  assert.equal((await ben.next('reading')).readingActive, false);
});

test('24: chat: 140 units, one in 500 ms and connection, the last five for newcomers, server time', async (t) => {
  const { square, ada, ben } = await pair(t);
  ada.send({ type: 'say', text: 'x'.repeat(200) });
  ada.send({ type: 'say', text: 'dropped' });
  ada.send({ type: 'say', text: '   ' });
  await settled(ada, ben);
  assert.deepEqual(ben.take(), [{ type: 'say', id: 1, text: 'x'.repeat(140), at: square.clock.now() }]);
  for (let line = 1; line <= 6; line += 1) {
    square.clock.advance(500);
    ada.send({ type: 'say', text: `line ${line}` });
    await ada.roundTrip();
  }
  const { peers } = await (await square.connect()).join();
  assert.deepEqual(
    peers[0]?.messages.map(({ text }) => text),
    ['line 2', 'line 3', 'line 4', 'line 5', 'line 6'],
  );
  assert.equal(peers[0]?.messages.at(-1)?.at, square.clock.now());
});

test('24: a newcomer is not heard before the human delay, and a site with chat off never', async (t) => {
  const { square, ada, ben } = await pair(t, {
    minHumanSayMs: 1_500,
    sites: [buildSite({ isChatDisabled: true })],
  });
  square.clock.advance(1_499);
  ada.send({ type: 'say', text: 'too soon' });
  await settled(ada, ben);
  assert.deepEqual(ben.take(), []);
  square.clock.advance(1);
  ada.send({ type: 'say', text: 'now' });
  assert.equal((await ben.next('say')).text, 'now');

  const origin = 'https://moss.example';
  const mute = await square.connect('siteKey=site_moss', { origin });
  const listener = await square.connect('siteKey=site_moss', { origin });
  await mute.join();
  await listener.join();
  square.clock.advance(5_000);
  mute.send({ type: 'say', text: 'hello?' });
  await settled(mute, listener);
  assert.deepEqual(listener.take(), []);
});

test('25: a client own scene decides where it may sit, on the default scene only', async (t) => {
  const { square, ada, ben } = await pair(t, { sites: [buildSite()] });
  const sceneConfig = { benches: 1, benchXs: [0.9] };
  ada.send({ type: 'sceneConfig', sceneConfig });
  ada.send({ type: 'move', x: 0.9 });
  ada.send({ type: 'settle', propId: 'bench' });
  assert.equal((await ada.next('move')).pose, 'sitting');
  ben.send({ type: 'move', x: 0.9 });
  ben.send({ type: 'settle', propId: 'bench' });
  await ben.roundTrip();
  assert.equal((await ada.next('move', ({ id }) => id === 2)).pose, null);

  const visitor = await square.connect('siteKey=site_moss', { origin: 'https://moss.example' });
  await visitor.join({ x: 0.9, sceneConfig });
  visitor.send({ type: 'sceneConfig', sceneConfig });
  visitor.send({ type: 'settle', propId: 'bench' });
  await visitor.expectSilence();
});
