import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLORS } from '../../../src/protocol/limits.ts';
import { BUILT_IN_PLUGINS } from '../../../src/plugins/load.ts';
import { PluginHost } from '../../../src/plugins/plugin-host.ts';
import { rulesOf, Scene } from '../../../src/scene/scene.ts';
import type { SceneSnapshot } from '../../../src/scene/snapshot.ts';
import { QUIET, SceneRig, initMessage } from '../../support/scene-rig.ts';
import { buildSite } from '../../support/site-builder.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const RESUME_MS = 10_000;

/** A new process: another monotonic clock, the same wall clock somewhat later. */
function resumed(snapshot: SceneSnapshot, now: number, wall: number): Scene {
  const scene = new Scene('default', rulesOf(undefined, 0), {
    random: seededRandom(2),
    tuning: QUIET,
    secretFor: (sceneKey, browserId) => Buffer.from(`${sceneKey}/${browserId}`).toString('hex').padEnd(64, '0'),
  });
  scene.restore(JSON.parse(JSON.stringify(snapshot)), { now, wall }, RESUME_MS);
  return scene;
}

function rejoin(scene: Scene, connection: number, browserId: string, browserSecret: string, now: number, wall: number) {
  scene.step({ kind: 'opened', connection }, { now, wall });
  const message = initMessage({ browserId, browserSecret, displayName: 'another name' });
  const effects = scene.step({ kind: 'message', connection, message }, { now, wall });
  const welcome = effects.find((effect) => effect.kind === 'welcome');
  assert.ok(welcome !== undefined && welcome.frame.id !== null);
  return { hello: welcome.frame, effects };
}

test('a visitor finds name, colour, place, seat and lines in the next process, and nobody sees them come', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', displayName: 'Ada', color: COLORS[3], x: 0.2 });
  rig.join(2, { browserId: 'bo', displayName: 'Bo', x: 0.7 });
  rig.hear(1, { type: 'move', x: 0.22 });
  rig.advance(100);
  rig.hear(1, { type: 'settle', propId: 'bench' });
  rig.hear(1, { type: 'say', text: 'hello there' });
  const before = rig.scene.snapshot({ now: rig.now, wall: rig.wall });
  const seated = before.visitors[0]?.fields;
  assert.equal(seated?.['propId'], 'bench');

  const scene = resumed(before, 5, rig.wall + 700);
  assert.equal(scene.visitorCount, 2);
  const { hello, effects } = rejoin(scene, 1, 'ada', ada.browserSecret, 10, rig.wall + 705);
  assert.equal(hello.id, ada.id);
  assert.equal(hello.browserSecret, ada.browserSecret);
  assert.deepEqual(
    [hello.displayName, hello.color, hello.x, hello.pose, hello.propId],
    ['Ada', COLORS[3], seated?.['x'], 'sitting', 'bench'],
  );
  assert.deepEqual(
    hello.messages.map(({ text }) => text),
    ['hello there'],
  );
  assert.deepEqual(
    hello.peers.map(({ displayName }) => displayName),
    ['Bo'],
  );
  const frames = new Set(effects.flatMap((effect) => ('frame' in effect ? [effect.frame.type] : [])));
  assert.ok(!frames.has('join') && !frames.has('leave'));
});

test('who does not come back within ten seconds leaves; a wrong secret gets nobody their place', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', displayName: 'Ada' });
  rig.join(2, { browserId: 'bo' });
  const scene = resumed(rig.scene.snapshot({ now: rig.now, wall: rig.wall }), 0, rig.wall);
  const thief = rejoin(scene, 5, 'ada', 'f'.repeat(64), 100, rig.wall + 100);
  assert.notEqual(thief.hello.id, ada.id);
  assert.ok(thief.hello.id > 2, 'no number that may stand on a screen is given again');
  assert.equal(scene.nextWakeAt, RESUME_MS);
  const effects = scene.step({ kind: 'woken' }, { now: RESUME_MS, wall: rig.wall + RESUME_MS });
  const left = effects.flatMap((effect) =>
    'frame' in effect && effect.frame.type === 'leave' ? [effect.frame.id] : [],
  );
  assert.deepEqual(new Set(left), new Set([1, 2]));
  assert.equal(scene.visitorCount, 1);
});

test('a short grace is not held up by the long one of those who were lost', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada' });
  rig.join(2, { browserId: 'bo' });
  const scene = resumed(rig.scene.snapshot({ now: rig.now, wall: rig.wall }), 0, rig.wall);
  rejoin(scene, 7, 'ada', ada.browserSecret, 100, rig.wall);
  scene.step({ kind: 'closed', connection: 7 }, { now: 200, wall: rig.wall });
  assert.equal(scene.nextWakeAt, 1_700);
  scene.step({ kind: 'woken' }, { now: 1_700, wall: rig.wall });
  assert.equal(scene.visitorCount, 1, 'Ada left, Bo may still come back');
});

test('whoever has no browser id cannot come back and is not waited for', () => {
  const rig = new SceneRig();
  rig.join(1, { browserId: '' });
  const scene = resumed(rig.scene.snapshot({ now: rig.now, wall: rig.wall }), 0, rig.wall);
  assert.equal(scene.visitorCount, 0);
  assert.equal(scene.isEmpty, true);
});

test('a snapshot of another version, of another scene or with a clock that went back does no harm', () => {
  const rig = new SceneRig();
  rig.join(1, { browserId: 'ada' });
  const snapshot = rig.scene.snapshot({ now: rig.now, wall: rig.wall });
  assert.equal(resumed({ ...snapshot, v: 99 }, 0, rig.wall).visitorCount, 0);
  assert.equal(resumed({ ...snapshot, key: 'site_other' }, 0, rig.wall).visitorCount, 0);
  const early = resumed(snapshot, 0, rig.wall - 3_600_000);
  assert.equal(early.visitorCount, 1);
  assert.equal(early.nextWakeAt, RESUME_MS);
});

test('a snapshot is JSON, whatever the scene has been through, and goes on unchanged', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const rig = new SceneRig({ seed });
    const random = seededRandom(seed);
    for (let connection = 1; connection <= 12; connection += 1) {
      rig.join(connection, { browserId: connection % 4 === 0 ? '' : `browser${connection % 7}` });
    }
    for (let step = 0; step < 60; step += 1) {
      const connection = 1 + Math.floor(random.fraction() * 12);
      const kind = Math.floor(random.fraction() * 4);
      if (kind === 0) rig.hear(connection, { type: 'move', x: random.fraction() });
      else if (kind === 1) rig.hear(connection, { type: 'say', text: `line ${step}` });
      else if (kind === 2) rig.hear(connection, { type: 'typing', typing: true });
      else rig.advance(200);
    }
    const before = rig.scene.snapshot({ now: rig.now, wall: rig.wall });
    const scene = resumed(before, rig.now, rig.wall);
    const after = scene.snapshot({ now: rig.now, wall: rig.wall });
    const known = before.visitors.filter(({ key }) => !key.startsWith('connection-'));
    assert.deepEqual(
      after.visitors.map(({ id, key, fields }) => ({ id, key, fields })),
      known.map(({ id, key, fields }) => ({ id, key, fields })),
      `seed ${seed}`,
    );
  }
});

test('a ball in flight goes on flying after a fault, from where it was, and everybody is told where', () => {
  const plugins = new PluginHost(BUILT_IN_PLUGINS, { log: { error: () => undefined }, countFault: () => undefined });
  const rules = rulesOf(buildSite({ enabledPlugins: ['soccer-ball'] }), 0);
  const rig = new SceneRig({ rules, plugins });
  rig.join(1, { browserId: 'ada', x: 0.45 });
  rig.hear(1, { type: 'move', x: 0.47 });
  rig.advance(100);
  rig.hear(1, { type: 'move', x: 0.49 });
  rig.advance(100);
  const flying = rig.take(1).at(-1);
  assert.ok(flying?.type === 'plugin' && Number(flying['y']) > 0);
  const snapshot: SceneSnapshot = JSON.parse(JSON.stringify(rig.scene.snapshot({ now: rig.now, wall: rig.wall })));
  const after = new SceneRig({ rules, plugins });
  after.open(1);
  after.restore(snapshot);
  const told = after.take(1).find(({ type }) => type === 'plugins');
  assert.deepEqual(told?.type === 'plugins' && told.pluginEntities, {
    'soccer-ball': { x: flying['x'], y: flying['y'] },
  });
  after.advance(50);
  const next = after.take(1).at(-1);
  assert.ok(next?.type === 'plugin' && Number(next['x']) > Number(flying['x']));
});
