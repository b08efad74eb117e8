import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../../src/lib/clock.ts';
import { shardOf } from '../../../src/runtime/rendezvous.ts';
import { ShardedScenes } from '../../../src/runtime/sharded-scenes.ts';
import type { Site } from '../../../src/scene/site.ts';
import { LiveClient } from '../../support/live-client.ts';
import { MemoryRing } from '../../support/memory-ring.ts';
import { QUIET } from '../../support/scene-rig.ts';
import { buildSite } from '../../support/site-builder.ts';
import { eventually } from '../../support/sharded-square.ts';

const gate = { site: 'quay', name: 'Quay', url: 'https://quay.example/', state: 'live', figures: [] } as const;

/** Two real shard processes behind a real HTTP server; the ring and the store are the test's own. */
async function start(context: TestContext) {
  const sites = new Map<string, Site>();
  for (let index = 0; sites.size < 4; index += 1) {
    const key = `site_${index}`;
    sites.set(key, buildSite({ key, isBotProtected: false }));
  }
  const ring = new MemoryRing();
  ring.show('default', { type: 'neighbours', ring: { id: 'r', name: 'Ring' }, left: gate, right: null });
  ring.birds.show('default', { type: 'ringBird', action: 'come', from: 'left', x: 0.5, at: 1 });
  const counted = new Map<string, number>();
  const note = (event: string, reason: string, times = 1): void => {
    const key = `${event} ${reason}`;
    counted.set(key, (counted.get(key) ?? 0) + times);
  };
  const scenes = new ShardedScenes({
    shards: 2,
    sites: {
      find: (key) => sites.get(key),
      sites: () => [...sites.values()],
      changeSite: (key, patch) => {
        const site = sites.get(key);
        if (site !== undefined) sites.set(key, { ...site, ...patch });
      },
    },
    ring,
    clock: systemClock,
    log: { info: () => undefined, error: () => undefined },
    logLevel: 'silent',
    count: note,
    countRealtime: note,
    visitorKey: new Uint8Array(32).fill(7),
    settings: { maxPayloadBytes: 4_096, minHumanSayMs: 0, tuning: QUIET },
    pluginModules: [],
    env: { NODE_ENV: 'production' },
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const sceneKey = new URL(request.url ?? '', 'http://x').searchParams.get('siteKey') ?? 'default';
    const ticket = { sceneKey, isHosted: sceneKey !== 'default', clientIp: '192.0.2.1', connectionLimit: 3 };
    scenes.admit(ticket, request, socket, head);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const clients: LiveClient[] = [];
  context.after(async () => {
    for (const { socket } of clients) socket.terminate();
    await scenes.stop();
    server.close();
    server.closeAllConnections();
  });
  await scenes.start();
  const enter = async (sceneKey: string): Promise<LiveClient> => {
    const client = await LiveClient.connect(`ws://127.0.0.1:${address.port}/live?siteKey=${sceneKey}`);
    clients.push(client);
    return client;
  };
  return { scenes, sites, ring, counted, enter };
}

test('scenes in two processes answer as one holder: presence, limits, gates, passages, actions, deletion, counters', async (t) => {
  const { scenes, sites, ring, counted, enter } = await start(t);
  const [here = '', there = ''] = [0, 1].map((shard) => [...sites.keys()].find((key) => shardOf(key, 2) === shard));
  assert.ok(here !== '' && there !== '', 'both shards have sites');
  assert.equal(scenes.stats().up, 2);

  const ada = await enter('default');
  const hello = await ada.join({ ring: 1, browserId: 'ada', displayName: 'Ada' });
  const gates = await ada.next('neighbours');
  assert.equal(gates.left?.name, 'Quay', 'what the ring knew before the shard began');
  await eventually('the edge knows who is there', () => scenes.presence('default').count === 1);
  assert.equal(scenes.presence('default').figures[0]?.visitor, hello.id);
  assert.equal(scenes.socketCount('default'), 1);
  assert.ok(ring.touched.includes('default'));
  ring.show('default', { type: 'neighbours', ring: { id: 'r', name: 'Ring' }, left: null, right: null });
  assert.equal((await ada.next('neighbours')).left, null);
  assert.equal((await ada.next('ringBird')).action, 'come', 'the bird that was here before the shard began');
  ring.birds.show('default', { type: 'ringBird', action: 'go', toward: 'right', at: 2 });
  assert.equal((await ada.next('ringBird')).action, 'go');

  ring.passage = () => Promise.resolve({ ok: true, url: 'https://quay.example/', code: 'c'.repeat(22) });
  ada.send({ type: 'gate', side: 'left' });
  const passage = await ada.next('passage');
  assert.ok('url' in passage && passage.code === 'c'.repeat(22));
  assert.deepEqual(
    ring.asked.map(({ sceneKey, side, plate }) => [sceneKey, side, plate.name]),
    [['default', 'left', 'Ada']],
  );

  const bo = await enter(here);
  const cy = await enter(there);
  await bo.join({ browserId: 'bo' });
  await cy.join({ browserId: 'cy' });
  const connections = [{ side: 'left', label: 'Home', url: 'https://moss.example/' }];
  assert.equal(await scenes.act(here, { action: 'updateConnections', connections }), undefined);
  assert.deepEqual((await bo.next('connections')).connections, connections);
  await eventually('the store keeps it', () => sites.get(here)?.connections.length === 1);
  assert.equal(typeof (await scenes.act('site_unknown', { action: 'clearMessages' })), 'string');
  await cy.expectSilence();

  const heard: (readonly [string, number])[] = [];
  scenes.onSaid((key, { count }) => heard.push([key, count]));
  bo.send({ type: 'say', text: 'hello' });
  await bo.roundTrip();
  const census = await scenes.census();
  assert.deepEqual(
    ['default', here, there].map((key) => census.get(key)),
    [1, 1, 1],
    'as of now, of both shards',
  );
  assert.deepEqual(heard, [[here, 1]], 'a census comes after everything that was said before it');
  const [found, ...others] = await scenes.visitors(here);
  assert.deepEqual(
    [found?.key, found?.clientCount, found?.messages[0]?.text, others.length],
    ['bo', 1, 'hello', 0],
    'who is in a scene',
  );
  assert.deepEqual(await scenes.visitors('site_unknown'), []);

  for (let more = 0; more < 2; more += 1) await enter(here);
  const tooMany = await enter(here);
  assert.deepEqual(await tooMany.closed, { code: 1013, reason: 'full' });

  sites.delete(here);
  scenes.siteChanged(here);
  assert.deepEqual(await bo.closed, { code: 4003, reason: 'site deleted' });
  await cy.expectSilence();
  await eventually('it is empty', () => scenes.socketCount(here) === 0);
  await eventually('counters arrive', () => counted.get('socket admitted') === 5);
  assert.equal(counted.get('hand-over taken'), 6);
  await eventually('the load is known', () => scenes.stats().sockets === 2);
});

test('a stop says goodbye in every shard; what comes afterwards is told to come again', async (t) => {
  const { scenes, enter } = await start(t);
  const guests = await Promise.all(['default', 'site_0', 'site_1', 'site_2'].map((key) => enter(key)));
  for (const guest of guests) await guest.join();
  await scenes.stop();
  for (const guest of guests) assert.deepEqual(await guest.closed, { code: 1001, reason: 'server shutting down' });
  await assert.rejects(enter('default'), /503/);
  assert.equal(scenes.stats().up, 0);
  assert.match((await scenes.act('site_0', { action: 'clearMessages' })) ?? '', /resting/);
  assert.deepEqual(await scenes.visitors('default'), []);
  assert.equal((await scenes.census()).get('default') ?? 0, 0);
});
