import assert from 'node:assert/strict';
import test from 'node:test';
import { buildSite } from '../support/site-builder.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';

const HELLO_KEYS = [
  'type',
  'id',
  'browserSecret',
  'x',
  'pose',
  'propId',
  'displayName',
  'color',
  'readingLabel',
  'readingUrl',
  'readingActive',
  'widgetVisible',
  'isOwner',
  'messages',
  'peers',
  'birds',
  'chatThrottleMs',
  'pluginModules',
  'pluginEntities',
];
const PEER_KEYS = [
  'id',
  'x',
  'pose',
  'propId',
  'displayName',
  'color',
  'readingLabel',
  'readingUrl',
  'readingActive',
  'widgetVisible',
  'isOwner',
  'messages',
];

test('9: a classic hello carries exactly the fields of the protocol, in its order, and nobody browser id', async (t) => {
  const square = await startLiveSquare(t);
  const first = await square.connect();
  await first.join({ browserId: 'ada-browser', ring: 1, look: 7, resident: true });
  const second = await square.connect();
  const hello = await second.join({ browserId: 'ben-browser', displayName: 'Ben', x: 0.4 });
  assert.deepEqual(Object.keys(hello), HELLO_KEYS);
  assert.ok(Number.isInteger(hello.id) && hello.id >= 1);
  assert.match(hello.browserSecret, /^[0-9a-f]{64}$/);
  assert.ok(Array.isArray(hello.peers));
  assert.deepEqual(Object.keys(hello.peers[0] ?? {}), PEER_KEYS);
  assert.deepEqual(
    { ...hello, id: 0, browserSecret: '', peers: [] },
    {
      type: 'hello',
      id: 0,
      browserSecret: '',
      x: 0.4,
      pose: null,
      propId: null,
      displayName: 'Ben',
      color: '#5f6b73',
      readingLabel: '',
      readingUrl: '',
      readingActive: true,
      widgetVisible: true,
      isOwner: false,
      messages: [],
      peers: [],
      birds: [],
      chatThrottleMs: 500,
      pluginModules: [],
      pluginEntities: {},
    },
  );
  const join = await first.next('join');
  assert.deepEqual(Object.keys(join.peer), PEER_KEYS);
  assert.ok(!JSON.stringify([hello, join]).includes('-browser'));
});

test('9: a hosted hello adds scene, connections and message board', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const client = await square.connect('siteKey=site_moss', { origin: 'https://moss.example' });
  const hello = await client.join();
  assert.deepEqual(Object.keys(hello), [...HELLO_KEYS, 'scene', 'connections', 'messageBoard']);
  assert.deepEqual(Object.keys(hello.scene ?? {}), [
    'benches',
    'benchXs',
    'trees',
    'treeXs',
    'lamps',
    'lampXs',
    'birds',
  ]);
});

test('10: hello comes before any other frame, others get one join, the joiner none', async (t) => {
  const square = await startLiveSquare(t);
  const first = await square.connect();
  await first.join();
  const second = await square.connect();
  second.send({ type: 'init' });
  first.send({ type: 'move', x: 0.5 });
  second.send({ type: 'move', x: 0.6 });
  await settled(second, first);
  assert.deepEqual(
    first.take().map(({ type }) => type),
    ['join', 'move'],
  );
  const heard = second.take().map(({ type }) => type);
  assert.equal(heard[0], 'hello');
  assert.ok(!heard.includes('join'));
});

test('11: a position from 0 to 1 is kept exactly, any other is drawn from the walkable strip', async (t) => {
  const square = await startLiveSquare(t);
  for (const x of [0, 1, 0.123456789]) assert.equal((await (await square.connect()).join({ x })).x, x);
  for (const x of [-0.1, 1.1, '0.5', null]) {
    const hello = await (await square.connect()).join({ x });
    assert.ok(hello.x >= 0.02 && hello.x <= 0.98);
  }
});

test('12: names are trimmed, collapsed, cut at 18 and lose their crowns; a colour off the palette is the default', async (t) => {
  const square = await startLiveSquare(t);
  const client = await square.connect();
  const hello = await client.join({ displayName: '  \u{1F451} Ada \n  Lovelace of London ', color: 'gold' });
  assert.equal(hello.displayName, 'Ada Lovelace of Lo');
  assert.equal(hello.color, '#5f6b73');
});

test('13: two tabs with the secret are one visitor, somebody without it is another, and grace hides a reload', async (t) => {
  const square = await startLiveSquare(t);
  const other = await square.connect();
  await other.join();
  const tab = await square.connect();
  const ada = await tab.join({ browserId: 'ada', displayName: 'Ada' });
  await other.next('join');
  const second = await square.connect();
  const same = await second.join({ browserId: 'ada', browserSecret: ada.browserSecret, displayName: 'Eve' });
  assert.equal(same.id, ada.id);
  assert.equal(same.displayName, 'Ada');
  await settled(second, other);
  assert.deepEqual(other.take(), []);

  const thief = await square.connect();
  assert.notEqual((await thief.join({ browserId: 'ada', displayName: 'Thief' })).id, ada.id);
  await other.next('join');

  await tab.close();
  await second.close();
  await other.roundTrip();
  square.clock.advance(1_499);
  const back = await square.connect();
  assert.equal((await back.join({ browserId: 'ada', browserSecret: ada.browserSecret })).id, ada.id);
  await settled(back, other);
  assert.deepEqual(other.take(), []);

  await back.close();
  await other.roundTrip();
  square.clock.advance(1_500);
  assert.deepEqual(await other.next('leave'), { type: 'leave', id: ada.id });
  const again = await square.connect();
  assert.notEqual((await again.join({ browserId: 'ada', browserSecret: ada.browserSecret })).id, ada.id);
});

test('13: ids start at 1 again only after the last visitor has gone', async (t) => {
  const square = await startLiveSquare(t);
  const first = await square.connect();
  assert.equal((await first.join()).id, 1);
  await first.close();
  const second = await square.connect();
  assert.equal((await second.join()).id, 2);
  await second.close();
  const marker = await square.connect('siteKey=none');
  await marker.closed;
  square.clock.advance(1_500);
  const third = await square.connect();
  assert.equal((await third.join()).id, 1);
});

test('14: visitors without a browser id, or with a forbidden one, are told apart', async (t) => {
  const square = await startLiveSquare(t);
  const ids = new Set<number>();
  const secrets = new Set<string>();
  for (const browserId of ['', '', 'connection-1', 'connection-1', undefined, 7]) {
    const hello = await (await square.connect()).join({ browserId });
    ids.add(hello.id);
    secrets.add(hello.browserSecret);
  }
  assert.equal(ids.size, 6);
  assert.equal(secrets.size, 6);
});
