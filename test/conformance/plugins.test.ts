/** Plugins as visitors and owners notice them (wire protocol section 13; the plugins are those of section 15.1). */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { AdminAction } from '../../src/scene/admin-action.ts';
import { readPlugin } from '../../src/plugins/read-plugin.ts';
import { DEFAULT_WEATHER } from '../../src/plugins/weather.ts';
import { testFeature, testLabelled, testSceneEntity } from '../support/fixture-plugins.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare, type LiveSquareOptions } from '../support/live-square.ts';
import { buildSite } from '../support/site-builder.ts';

const SITE = 'site_moss';
const page = { origin: 'https://moss.example' };
const FIXTURES = [testFeature, testLabelled, testSceneEntity].map(readPlugin);
const FEATURE = { name: 'test-feature', module: '/plus/test-feature/widget.mjs' };
const ENTITY = { name: 'test-scene-entity', module: '/plus/test-scene-entity/widget.mjs' };
const BALL = { name: 'soccer-ball', module: '/widget/plugins/soccer-ball.mjs' };
const WEATHER_OFF = { type: 'weather' };

async function start(t: Parameters<typeof startLiveSquare>[0], options: LiveSquareOptions = {}) {
  const square = await startLiveSquare(t, { sites: [buildSite({ isPlus: true })], plugins: FIXTURES, ...options });
  const act = (action: AdminAction): string | undefined => square.host.act(SITE, action);
  const update = (plugin: string, input: unknown): string | undefined =>
    act({ action: 'askPlugin', plugin, pluginAction: 'update', input });
  const enable = (name: string, enabled = true): string | undefined =>
    act({ action: 'setPluginEnabled', name, enabled });
  const enter = async (name: string, query = '') => {
    const client = await square.connect(`siteKey=${SITE}${query}`, page);
    const hello = await client.join({ browserId: name, displayName: name });
    return { client, hello };
  };
  return { square, update, enable, enter };
}

const siteOf = ({ sites }: LiveSquare) => sites.get(SITE) ?? assert.fail('the site is gone');

test('a plugin that is always on shows on every visitor, and its module is named in every hello', async (t) => {
  const { square, enter } = await start(t);
  const ada = await enter('Ada');
  assert.deepEqual(ada.hello.pluginModules, [FEATURE]);
  assert.deepEqual(ada.hello.pluginEntities, {});
  assert.deepEqual(ada.hello.plugins, { 'test-feature': { hat: 'none' } });
  const ben = await enter('Ben');
  assert.deepEqual(ben.hello.peers[0]?.plugins, { 'test-feature': { hat: 'none' } });
  assert.deepEqual((await ada.client.next('join')).peer.plugins, { 'test-feature': { hat: 'none' } });
  ben.client.send({ type: 'move', x: 0.4 });
  assert.ok(!('plugins' in (await ada.client.next('move'))), 'a step never carries them');
  ben.client.send({ type: 'profile', displayName: 'Benno' });
  assert.deepEqual((await ada.client.next('profile')).plugins, { 'test-feature': { hat: 'none' } });
  const shared = await square.connect();
  assert.deepEqual((await shared.join()).plugins, { 'test-feature': { hat: 'none' } }, 'in the shared scene too');
});

test('17: what an owner changes of a plugin is plugins, weather, and one profile for each visitor; an error is words', async (t) => {
  const { square, update, enter } = await start(t);
  const ada = await enter('Ada');
  assert.equal(update('test-feature', { hat: 'top-hat' }), undefined);
  await settled(ada.client);
  const [plugins, weather, profile, ...rest] = ada.client.take();
  assert.deepEqual(plugins, { type: 'plugins', pluginModules: [FEATURE], pluginEntities: {} });
  assert.deepEqual(weather, WEATHER_OFF);
  assert.ok(profile?.type === 'profile');
  assert.deepEqual(profile.plugins, { 'test-feature': { hat: 'top-hat' } });
  assert.deepEqual(rest, []);
  assert.equal(update('test-feature', { hat: 'Top Hat' }), 'Invalid hat.');
  assert.equal(update('test-feature', 'no object'), 'Invalid hat.');
  assert.equal(update('test-labelled', {}), 'Unknown plugin action.', 'it is off');
  assert.equal(update('nothing', {}), 'Unknown plugin action.');
  assert.equal(
    square.host.act(SITE, { action: 'askPlugin', plugin: 'test-feature', pluginAction: 'constructor', input: {} }),
    'Unknown plugin action.',
  );
  await ada.client.expectSilence();
  assert.deepEqual(square.plugins.adminPanel(siteOf(square)), { 'test-feature': { hat: 'top-hat' } });
});

test('a socket message reaches its plugin: what it stores stays, what it says goes to everybody', async (t) => {
  const { square, enter } = await start(t);
  const ada = await enter('Ada');
  const stranger = await square.connect(`siteKey=${SITE}`, page);
  const spectator = await square.connect(`siteKey=${SITE}&watch=1`, page);
  spectator.send({ type: 'init' });
  await spectator.next('hello');
  const store = (value: unknown) => ({ type: 'plugin', plugin: 'test-feature', action: 'store', value });
  stranger.send(store('from outside'));
  spectator.send(store('from a seat'));
  await settled(stranger, spectator);
  ada.client.send(store({ deep: [1, 'two'] }));
  const frame = { type: 'plugin', plugin: 'test-feature', action: 'stored', value: { deep: [1, 'two'] } };
  assert.deepEqual(await ada.client.next('plugin'), frame, 'the sender too, and nothing of those who have not joined');
  assert.deepEqual(await spectator.next('plugin'), frame);
  await ada.client.expectSilence();
  assert.deepEqual(siteOf(square).pluginData, { 'test-feature': { socketValue: { deep: [1, 'two'] } } });
  const shared = await square.connect();
  await shared.join();
  shared.send(store(1));
  assert.deepEqual(await shared.next('plugin'), { ...frame, value: 1 }, 'nothing is stored for the shared scene');
});

test('37: switching an add-on on and off sends plugins, then weather; only one the site may have can be switched', async (t) => {
  const { square, enable, enter } = await start(t);
  const ada = await enter('Ada');
  assert.equal(enable('test-scene-entity'), undefined);
  await settled(ada.client);
  const on = {
    type: 'plugins',
    pluginModules: [FEATURE, ENTITY],
    pluginEntities: { 'test-scene-entity': { moves: 0 } },
  };
  assert.deepEqual(ada.client.take(), [on, WEATHER_OFF]);
  assert.equal(enable('weather'), undefined);
  await settled(ada.client);
  assert.deepEqual(ada.client.take(), [on, { type: 'weather', weatherConfig: DEFAULT_WEATHER }]);
  enable('test-scene-entity', false);
  await settled(ada.client);
  assert.deepEqual(ada.client.take(), [
    { type: 'plugins', pluginModules: [FEATURE], pluginEntities: {} },
    { type: 'weather', weatherConfig: DEFAULT_WEATHER },
  ]);
  for (const name of ['test-feature', 'nothing', '__proto__', '']) assert.equal(enable(name), 'Unknown plugin.');
  await ada.client.expectSilence();
  assert.deepEqual(
    square.plugins.addons(siteOf(square)).map(({ name, enabled, available }) => [name, enabled, available]),
    [
      ['soccer-ball', false, true],
      ['weather', true, true],
      ['test-labelled', false, true],
      ['test-scene-entity', false, true],
    ],
  );
  assert.deepEqual(
    siteOf(square).moderationLog.map(({ action, detail }) => [action, detail]),
    [
      ['plugin-off', 'test-scene-entity'],
      ['plugin-on', 'weather'],
      ['plugin-on', 'test-scene-entity'],
    ],
  );
});

test('17: an entity hears every accepted step, and what it says follows the step to everybody, the walker too', async (t) => {
  const { square, enable, enter } = await start(t);
  const ada = await enter('Ada');
  enable('test-scene-entity');
  const ben = await enter('Ben');
  assert.deepEqual(ben.hello.pluginEntities, { 'test-scene-entity': { moves: 0 } });
  await settled(ada.client, ben.client);
  ada.client.take();
  ben.client.take();
  ada.client.send({ type: 'move', x: 0.3 });
  await settled(ada.client, ben.client);
  const frame = { type: 'plugin', plugin: 'test-scene-entity', moves: 1 };
  assert.deepEqual(ada.client.take(), [frame]);
  const [move, ...rest] = ben.client.take();
  assert.equal(move?.type, 'move');
  assert.deepEqual(rest, [frame]);
  ada.client.send({ type: 'move', x: 2 });
  await ada.client.expectSilence();
  square.host.act(SITE, { action: 'updateCustomization', sceneConfig: { benches: 2 } });
  assert.deepEqual(
    (await enter('Cy')).hello.pluginEntities,
    { 'test-scene-entity': { moves: 1 } },
    'scene edits keep it',
  );
  enable('test-scene-entity', false);
  enable('test-scene-entity');
  assert.deepEqual(
    (await enter('Di')).hello.pluginEntities,
    { 'test-scene-entity': { moves: 0 } },
    'off and on do not',
  );
});

test('whoever walks into the ball kicks it: it flies, is told of every 50 ms, and comes to rest', async (t) => {
  const { square, enable, enter } = await start(t, { plugins: [] });
  enable('soccer-ball');
  const ada = await enter('Ada');
  assert.deepEqual(ada.hello.pluginModules, [BALL]);
  assert.deepEqual(ada.hello.pluginEntities, { 'soccer-ball': { x: 0.5, y: 0 } });
  square.clock.advance(10_000);
  await ada.client.expectSilence();
  ada.client.send({ type: 'move', x: 0.45 });
  await settled(ada.client);
  square.clock.advance(100);
  ada.client.send({ type: 'move', x: 0.485 });
  await settled(ada.client);
  square.clock.advance(50);
  await settled(ada.client);
  const [first] = ada.client.take();
  assert.ok(first?.type === 'plugin' && Number(first['x']) > 0.5 && Number(first['y']) > 0);
  square.clock.advance(20_000);
  await settled(ada.client);
  const frames = ada.client.take();
  assert.ok(frames.length > 20 && frames.length < 200, `${frames.length} frames until it rested`);
  const last = frames.at(-1);
  assert.ok(last?.type === 'plugin' && last['y'] === 0);
  square.clock.advance(10_000);
  await ada.client.expectSilence();
  assert.deepEqual((await enter('Ben')).hello.pluginEntities, { 'soccer-ball': { x: last['x'], y: 0 } });
});

test('a plugin may keep a message to itself, or a line of chat, and never sees a secret', async (t) => {
  const seen: unknown[] = [];
  const censor = readPlugin({
    name: 'censor',
    onSocketMessage: ({ message }: { message?: Record<string, unknown> }) => {
      seen.push(message);
      return message?.['type'] !== 'action';
    },
    onMessage: ({ message }: { message?: Record<string, unknown> }) => message?.['text'] !== 'secret',
  });
  const { enter } = await start(t, { plugins: [censor] });
  const ada = await enter('Ada');
  const ben = await enter('Ben');
  await ada.client.next('join');
  ben.client.send({ type: 'action', action: 'jump' });
  ben.client.send({ type: 'say', text: 'secret' });
  ben.client.send({ type: 'say', text: 'hello' });
  assert.equal((await ada.client.next('say')).text, 'hello', 'what was kept back spent no throttle');
  await ada.client.expectSilence();
  const again = await enter('Ada');
  again.client.send({ type: 'init', browserSecret: 'f00' });
  await settled(again.client);
  assert.ok(seen.length >= 6);
  assert.ok(!JSON.stringify(seen).includes('browserSecret'));
});

test('a plugin that throws, waits, or hands out nonsense is skipped; visitors notice nothing', async (t) => {
  const fail = (): never => {
    throw new Error('plugin bug');
  };
  const broken = readPlugin({
    name: 'broken',
    sceneEntity: { create: () => ({ n: 1n }), snapshot: ({ state }: { state?: unknown }) => state, tick: fail },
    adminActions: {
      update: fail,
      wait: () => Promise.reject(new Error('later')),
      half: ({ setData }: { setData?: (data: unknown) => void }) => {
        setData?.({ half: 'done' });
        return { error: 'Not today.' };
      },
      large: ({ setData }: { setData?: (data: unknown) => void }) => setData?.({ text: 'x'.repeat(65_536) }),
    },
    onSocketMessage: fail,
    onMessage: fail,
    onSceneMove: ({ emit }: { emit?: (frame: unknown) => void }) => emit?.({ x: 1n }),
    onVisitorJoin: () => Promise.reject(new Error('later')),
    extendVisitor: () => () => 'a function',
    extendWidgetConfig: () => ({ peers: 'gone', extra: 1 }),
  });
  const { square, enter } = await start(t, { plugins: [broken], tuning: { minVisitMs: 100 } });
  const ada = await enter('Ada');
  const ben = await enter('Ben');
  assert.ok(Array.isArray(ben.hello.peers) && ben.hello.peers.length === 1);
  assert.equal('extra' in ben.hello, true, 'it may add, and replaces nothing');
  assert.deepEqual(ben.hello.pluginEntities, {});
  await ada.client.next('join');
  ben.client.send({ type: 'move', x: 0.3 });
  ben.client.send({ type: 'say', text: 'still here' });
  assert.equal((await ada.client.next('move')).x, 0.3);
  assert.equal((await ada.client.next('say')).text, 'still here');
  square.clock.advance(1_000);
  await settled(ada.client, ben.client);
  const act = (pluginAction: string) =>
    square.host.act(SITE, { action: 'askPlugin', plugin: 'broken', pluginAction, input: {} });
  assert.equal(act('update'), 'Plugin action failed.');
  assert.equal(act('wait'), 'Plugin action failed.');
  assert.equal(act('large'), 'Plugin action failed.');
  assert.equal(act('half'), 'Not today.');
  assert.deepEqual(siteOf(square).pluginData, {}, 'nothing of an action that failed is kept');
  const faults = new Set(square.counted.filter((event) => event.startsWith('plugin-fault')));
  assert.deepEqual([...faults].sort(), [
    'plugin-fault adminAction',
    'plugin-fault extendVisitor',
    'plugin-fault onMessage',
    'plugin-fault onSceneMove',
    'plugin-fault onSocketMessage',
    'plugin-fault onVisitorJoin',
    'plugin-fault sceneEntity',
  ]);
});

test('a hidden visitor moves no ball and says nothing through a plugin', async (t) => {
  const { square, enable, enter } = await start(t);
  enable('test-scene-entity');
  const ada = await enter('Ada');
  const ben = await enter('Ben');
  square.host.act(SITE, { action: 'hideVisitor', visitorId: ben.hello.id });
  await ada.client.next('leave');
  ada.client.take();
  ben.client.send({ type: 'move', x: 0.3 });
  ben.client.send({ type: 'plugin', plugin: 'test-feature', action: 'store', value: 1 });
  await settled(ben.client);
  await ada.client.expectSilence();
  assert.deepEqual(siteOf(square).pluginData, {});
});
