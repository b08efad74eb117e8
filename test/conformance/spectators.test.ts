import assert from 'node:assert/strict';
import test from 'node:test';
import { settled } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';
import { buildSite } from '../support/site-builder.ts';

const page = { origin: 'https://moss.example' };
const SCENE_KEYS = ['peers', 'birds', 'chatThrottleMs', 'pluginModules', 'pluginEntities'];

test('34: a spectator of the default scene gets one hello without self, counts for nobody and is inert', async (t) => {
  const square = await startLiveSquare(t);
  const ada = await square.connect();
  await ada.join({ browserId: 'ada', displayName: 'Ada' });
  const spectator = await square.connect('watch=1');
  const hello = await spectator.join({ browserId: 'eve', displayName: 'Eve', x: 0.5 });
  assert.deepEqual(Object.keys(hello), ['type', 'id', 'spectator', ...SCENE_KEYS]);
  assert.equal(hello.id, null);
  assert.equal(hello.peers[0]?.displayName, 'Ada');
  for (const message of [
    { type: 'init' },
    { type: 'move', x: 0.5 },
    { type: 'say', text: 'hello' },
    { type: 'profile', displayName: 'Eve', color: '#c8641f' },
    { type: 'typing', typing: true },
    { type: 'gate', side: 'left' },
    { type: 'solve', nonce: '1' },
  ]) {
    spectator.send(message);
  }
  await settled(spectator, ada);
  assert.deepEqual([...spectator.take(), ...ada.take()], []);
  assert.equal(square.host.visitorCount('default'), 1);
  assert.equal(square.host.socketCount('default'), 2);
  await spectator.close();
  await settled(ada);
  square.clock.advance(2_000);
  await ada.expectSilence();
});

test('15, 16, 34: a spectator hears everything that others hear', async (t) => {
  const square = await startLiveSquare(t);
  const spectator = await square.connect('watch=1');
  await spectator.join();
  const ada = await square.connect();
  await ada.join({ browserId: 'ada', x: 0.2 });
  ada.send({ type: 'move', x: 0.21 });
  ada.send({ type: 'settle', propId: 'bench' });
  ada.send({ type: 'action', action: 'jump' });
  ada.send({ type: 'say', text: 'hello' });
  ada.send({ type: 'typing', typing: true });
  ada.send({ type: 'profile', displayName: 'Ada', color: '#c8641f' });
  ada.send({ type: 'reading', readingUrl: 'https://a.example/ferns' });
  await settled(ada, spectator);
  const heard = spectator.take();
  assert.deepEqual(
    heard.map(({ type }) => type),
    ['join', 'move', 'move', 'action', 'say', 'typing', 'profile', 'reading'],
  );
  assert.equal(JSON.stringify(heard).includes('browser'), false);
  await ada.close();
  await spectator.roundTrip();
  square.clock.advance(1_500);
  assert.deepEqual(await spectator.next('leave'), { type: 'leave', id: 1 });
});

test('1, 34: a hosted site lets people watch when it is supporter or plus, and its hello has the style', async (t) => {
  const sites = [
    buildSite(),
    buildSite({ key: 'site_supporter', isSupporter: true }),
    buildSite({ key: 'site_plus', isPlus: true, enabledPlugins: ['weather'] }),
  ];
  const square = await startLiveSquare(t, { sites });
  const refused = await square.connect('siteKey=site_moss&watch=1', page);
  assert.deepEqual(await refused.closed, { code: 4003, reason: 'plus required' });
  const spectator = await square.connect('siteKey=site_supporter&watch=1', page);
  const hello = await spectator.join();
  const hostedKeys = ['scene', 'styleConfig', 'connections', 'messageBoard'];
  assert.deepEqual(Object.keys(hello), ['type', 'id', 'spectator', ...SCENE_KEYS, ...hostedKeys]);
  const plus = await (await square.connect('siteKey=site_plus&watch=1', page)).join();
  assert.deepEqual(Object.keys(plus).slice(-1), ['weatherConfig']);
});

test('34: only exactly watch=1 watches', async (t) => {
  const square = await startLiveSquare(t);
  for (const query of ['watch=', 'watch=true', 'watch=01']) {
    assert.ok((await (await square.connect(query)).join()).id >= 1);
  }
});

test('34: a scene with spectators alone has no visitor, no bird, and ends when they go', async (t) => {
  const square = await startLiveSquare(t, {
    tuning: { birds: { firstSpawnMs: 500, spawnMinMs: 12_000, spawnMaxMs: 22_000 } },
  });
  const spectator = await square.connect('watch=1');
  await spectator.join();
  square.clock.advance(20_000);
  await spectator.expectSilence();
  assert.equal(square.host.presence('default').count, 0);
  await spectator.close();
  const marker = await square.connect('siteKey=none');
  await marker.closed;
  assert.equal(square.host.stats().scenes, 0);
});

test('31, 34: after a fault in the scene its spectators still watch, its birds still sit, and who was hidden stays hidden', async (t) => {
  const square = await startLiveSquare(t, {
    sites: [buildSite({ isSupporter: true })],
    tuning: { birds: { firstSpawnMs: 500, spawnMinMs: 12_000, spawnMaxMs: 22_000 } },
  });
  const query = 'siteKey=site_moss';
  const spectator = await square.connect(`${query}&watch=1`, page);
  const ada = await square.connect(query, page);
  const gone = await square.connect(query, page);
  await spectator.join();
  await ada.join({ browserId: 'ada', x: 0.9 });
  await gone.join({ browserId: 'gone', x: 0.9 });
  square.clock.advance(1_200);
  const bird = await spectator.next('bird');
  // After the last snapshot.
  square.host.act('site_moss', { action: 'hideVisitor', visitorId: 1 });
  await settled(spectator, ada);
  spectator.take();
  square.ring.onTouch = () => {
    square.ring.onTouch = () => undefined;
    throw new Error('no ring');
  };
  gone.socket.terminate();
  await ada.next('move');
  ada.send({ type: 'say', text: 'can you hear me?' });
  ada.send({ type: 'move', x: 0.95 });
  spectator.send({ type: 'init' });
  await settled(ada, spectator);
  assert.ok(square.counted.includes('scene-restart close'));
  assert.deepEqual(spectator.take(), []);
  const late = await (await square.connect(query, page)).join();
  assert.deepEqual(
    late.birds.map(({ id }) => id),
    [bird.id],
  );
  square.host.act('site_moss', { action: 'unhideVisitor', visitorId: 1 });
  assert.equal((await spectator.next('join', ({ peer }) => peer.id === 1)).peer.x, 0.95);
});
