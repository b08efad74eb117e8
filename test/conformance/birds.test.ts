import assert from 'node:assert/strict';
import test from 'node:test';
import { sceneConfigFrom } from '../../src/protocol/scene-kit.ts';
import { buildSite } from '../support/site-builder.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';

const tuning = { birds: { firstSpawnMs: 500, spawnMinMs: 12_000, spawnMaxMs: 22_000 } };

test('26: birds come to visitors, sit in the next hello, and flee from a step, before everybody', async (t) => {
  const square = await startLiveSquare(t, { tuning });
  const ada = await square.connect();
  assert.deepEqual((await ada.join({ x: 0.05 })).birds, []);
  square.clock.advance(500);
  const bird = await ada.next('bird');
  assert.ok(bird.action === 'spawn');
  assert.deepEqual(Object.keys(bird), ['type', 'action', 'id', 'perchId', 'x', 'from', 'at']);
  assert.equal(bird.from, bird.x < 0.5 ? 'left' : 'right');
  const ben = await square.connect();
  const hello = await ben.join({ x: bird.x });
  assert.deepEqual(hello.birds, [{ id: 1, perchId: bird.perchId, x: bird.x, state: 'perched' }]);
  await settled(ada, ben);
  assert.ok(!ben.take().some(({ type }) => type === 'bird'), 'joining scares nobody');
  ada.take();
  ben.send({ type: 'move', x: bird.x - 0.01 });
  await settled(ada, ben);
  const flight = { type: 'bird', action: 'flee', id: 1, x: bird.x, dir: 1, at: square.clock.now() };
  assert.deepEqual(ben.take(), [flight], 'the walker sees it too');
  assert.deepEqual(
    ada.take().map(({ type }) => type),
    ['move', 'bird'],
  );
  square.clock.advance(11_999);
  await settled(ada, ben);
  assert.ok(!ada.take().some(({ type }) => type === 'bird'), 'a pause after the flight');
  square.clock.advance(10_001);
  assert.equal((await ada.next('bird')).id, 2);
});

test('26: at most three birds sit in the default scene, each on its own perch', async (t) => {
  const square = await startLiveSquare(t, { tuning });
  await (await square.connect()).join();
  square.clock.advance(200_000);
  const { birds } = await (await square.connect()).join();
  assert.equal(birds.length, 3);
  assert.equal(new Set(birds.map(({ perchId }) => perchId)).size, 3);
});

test('26: where nobody is no bird comes; the one that was due comes with the first visitor', async (t) => {
  const square = await startLiveSquare(t, { tuning });
  const waiting = await square.connect();
  square.clock.advance(20_000);
  assert.equal(square.clock.pendingTimers, 1, 'the heartbeat');
  await waiting.join();
  assert.equal((await waiting.next('bird')).id, 1);
});

test('26: a scene that has all its birds has no timer', async (t) => {
  const scene = sceneConfigFrom({ benches: 1, birds: 1 });
  const square = await startLiveSquare(t, { sites: [buildSite({ scene })], tuning });
  const ada = await square.connect('siteKey=site_moss', { origin: 'https://moss.example' });
  await ada.join();
  square.clock.advance(2_000);
  await ada.next('bird');
  assert.equal(square.clock.pendingTimers, 1, 'the heartbeat');
});
