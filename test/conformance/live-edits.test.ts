import assert from 'node:assert/strict';
import test from 'node:test';
import { sceneConfigFrom } from '../../src/protocol/scene-kit.ts';
import { DEFAULT_WEATHER } from '../../src/plugins/weather.ts';
import { messageBoardFrom } from '../../src/scene/site-parts.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';
import { buildSite } from '../support/site-builder.ts';

const SITE = 'site_moss';
const page = { origin: 'https://moss.example' };
const birds = { firstSpawnMs: 500, spawnMinMs: 12_000, spawnMaxMs: 22_000 };

test('17, 37: a new scene makes those stand up whose seat is gone, then shows the scene, then the board', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const ada = await square.connect(`siteKey=${SITE}`, page);
  const ben = await square.connect(`siteKey=${SITE}`, page);
  await ada.join({ browserId: 'ada', x: 0.5 });
  await ben.join({ browserId: 'ben', x: 0.3 });
  ada.send({ type: 'settle', propId: 'bench' });
  await ben.next('move');
  ada.take();
  const sceneConfig = { benches: 1, benchXs: [0.6], trees: 1, lamps: 0 };
  const messageBoard = { title: 'Today', body: 'Soup' };
  square.host.act(SITE, { action: 'updateCustomization', sceneConfig, messageBoard });
  await settled(ada, ben);
  const frames = [
    { type: 'scene', scene: sceneConfigFrom(sceneConfig) },
    { type: 'messageBoard', messageBoard: messageBoardFrom(messageBoard) },
  ];
  for (const client of [ada, ben]) {
    const [stood, ...rest] = client.take();
    assert.ok(stood?.type === 'move' && stood.id === 1 && stood.pose === null && stood.propId === null);
    assert.deepEqual(rest, frames);
  }
  ben.send({ type: 'move', x: 0.6 });
  ben.send({ type: 'settle', propId: 'bench' });
  assert.equal((await ada.next('move', ({ pose }) => pose === 'sitting')).propId, 'bench');
});

test('37: who still sits within reach of the same prop stays seated', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const ada = await square.connect(`siteKey=${SITE}`, page);
  await ada.join({ x: 0.5 });
  ada.send({ type: 'settle', propId: 'bench' });
  await ada.next('move');
  square.host.act(SITE, { action: 'updateCustomization', sceneConfig: { benches: 1, benchXs: [0.51], trees: 0 } });
  await settled(ada);
  assert.deepEqual(
    ada.take().map(({ type }) => type),
    ['scene', 'messageBoard'],
  );
});

test('26, 37: birds stay with a perch that moves, and are gone from the next hello when their perch is', async (t) => {
  const scene = sceneConfigFrom({ benches: 0, trees: 1, treeXs: [0.8], lamps: 0, birds: 1 });
  const square = await startLiveSquare(t, { sites: [buildSite({ scene })], tuning: { birds } });
  const ada = await square.connect(`siteKey=${SITE}`, page);
  await ada.join({ x: 0.1 });
  square.clock.advance(500);
  await ada.next('bird');
  const look = async (): Promise<unknown> => (await (await square.connect(`siteKey=${SITE}`, page)).join()).birds;
  square.host.act(SITE, { action: 'updateCustomization', sceneConfig: { ...scene, treeXs: [0.7] } });
  assert.deepEqual(await look(), [{ id: 1, perchId: 'tree-branch', x: 0.7, state: 'perched' }]);
  square.host.act(SITE, { action: 'updateCustomization', sceneConfig: { ...scene, trees: 0 } });
  assert.deepEqual(await look(), []);
  await settled(ada);
  assert.ok(!ada.take().some(({ type }) => type === 'bird'), 'without a word');
});

test('17, 37: saved links go to everybody, changed or not; classic clients see the ring neighbours among them', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const gate = { site: 'quay', name: 'Quay', url: 'https://quay.example/', state: 'live', figures: [] } as const;
  square.ring.show(SITE, { type: 'neighbours', ring: { id: 'r', name: 'R' }, left: null, right: gate });
  const classic = await square.connect(`siteKey=${SITE}`, page);
  const ring = await square.connect(`siteKey=${SITE}`, page);
  await classic.join();
  await ring.join({ ring: 1 });
  const connections = [{ side: 'left', label: 'new', url: 'https://new.example/' }];
  for (let round = 0; round < 2; round += 1) {
    square.host.act(SITE, { action: 'updateConnections', connections });
    assert.deepEqual((await ring.next('connections')).connections, connections);
    assert.deepEqual((await classic.next('connections')).connections, [
      { side: 'right', label: 'Quay', url: 'https://quay.example/' },
      ...connections,
    ]);
  }
});

test('17, 37: switching the weather on sends plugins, then weather; off is a frame without the key', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const ada = await square.connect(`siteKey=${SITE}`, page);
  assert.ok(!('weatherConfig' in (await ada.join())));
  square.host.act(SITE, { action: 'setPluginEnabled', name: 'weather', enabled: true });
  await settled(ada);
  const plugins = { type: 'plugins', pluginModules: [], pluginEntities: {} };
  assert.deepEqual(ada.take(), [plugins, { type: 'weather', weatherConfig: DEFAULT_WEATHER }]);
  const ben = await square.connect(`siteKey=${SITE}`, page);
  assert.deepEqual((await ben.join()).weatherConfig, DEFAULT_WEATHER);
  await ada.next('join');
  square.host.act(SITE, { action: 'setPluginEnabled', name: 'weather', enabled: false });
  await settled(ada);
  assert.deepEqual(ada.take(), [plugins, { type: 'weather' }]);
  assert.deepEqual(
    square.sites.get(SITE)?.moderationLog.map(({ action, detail }) => [action, detail]),
    [
      ['plugin-off', 'weather'],
      ['plugin-on', 'weather'],
    ],
  );
});

test('37: another weather is plugins, weather, and one profile for each visitor; a wrong one is words and nothing else', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite({ enabledPlugins: ['weather'] })] });
  const ada = await square.connect(`siteKey=${SITE}`, page);
  await ada.join();
  const weather = { ...DEFAULT_WEATHER, mode: 'permanent', weather: 'snow' };
  const update = (input: object) =>
    square.host.act(SITE, { action: 'askPlugin', plugin: 'weather', pluginAction: 'update', input });
  assert.equal(update(weather), undefined);
  await settled(ada);
  assert.deepEqual(
    ada.take().map(({ type }) => type),
    ['plugins', 'weather', 'profile'],
  );
  assert.equal(update({ ...weather, mode: 'odd' }), 'Choose automatic or permanent weather.');
  await ada.expectSilence();
});

test('37: what another process saved is pushed as well: throttle, board, badge, and a hidden visitor leaves', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const ada = await square.connect(`siteKey=${SITE}`, page);
  const ben = await square.connect(`siteKey=${SITE}`, page);
  await ada.join({ browserId: 'ada', displayName: 'Ada' });
  await ben.join({ browserId: 'ben', displayName: 'Ben' });
  await ada.next('join');
  const owner = {
    browserId: 'ada',
    isBound: false,
    displayName: 'Ada',
    color: '#5f6b73',
    badgeColor: '#e8eef5',
  } as const;
  square.sites.set(
    SITE,
    buildSite({
      chatThrottleMs: 900,
      messageBoard: messageBoardFrom({ body: 'new' }),
      owners: [owner],
      hiddenBrowserIds: ['ben'],
    }),
  );
  square.host.siteChanged(SITE);
  await settled(ada, ben);
  assert.deepEqual(
    ada.take().map(({ type }) => type),
    ['scene', 'messageBoard', 'profile', 'leave', 'chatThrottle'],
  );
  square.host.siteChanged(SITE);
  await ada.expectSilence();
});
