import assert from 'node:assert/strict';
import test from 'node:test';
import { sceneConfigFrom } from '../../../src/protocol/scene-kit.ts';
import { rulesOf } from '../../../src/scene/scene.ts';
import { SceneRig } from '../../support/scene-rig.ts';
import { buildSite } from '../../support/site-builder.ts';

/** Two visitors, the first with two tabs: connections 1 and 2 are Ada, 3 is Ben. */
function crowd(adaX = 0.3, benX = 0.33): SceneRig {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', x: adaX });
  rig.join(2, { browserId: 'ada', browserSecret: ada.browserSecret });
  rig.join(3, { browserId: 'ben', x: benX });
  rig.clear();
  return rig;
}

test('a step is seen by siblings and others, not by the tab that made it', () => {
  const rig = crowd();
  rig.hear(1, { type: 'move', x: 0.4 });
  assert.deepEqual(rig.take(1), []);
  const [toSibling] = rig.take(2);
  assert.deepEqual(Object.keys(toSibling ?? {}), [
    'type',
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
  ]);
  assert.deepEqual(rig.take(3), [toSibling]);
});

test('of steps that come too fast only the newest is shown, when 40 ms have passed', () => {
  const rig = crowd();
  rig.hear(1, { type: 'move', x: 0.4 });
  rig.advance(10);
  rig.hear(1, { type: 'move', x: 0.41 });
  rig.advance(10);
  rig.hear(1, { type: 'move', x: 0.42 });
  assert.equal(rig.take(3).length, 1);
  assert.equal(rig.scene.nextWakeAt, rig.now + 20);
  rig.advance(19);
  assert.deepEqual(rig.take(3), []);
  rig.advance(1);
  const frames = rig.take(3);
  assert.deepEqual(
    frames.map((frame) => frame.type === 'move' && frame.x),
    [0.42],
  );
  rig.advance(1_000);
  assert.deepEqual(rig.take(3), []);
});

test('a flood of steps becomes at most one frame in 40 ms', () => {
  const rig = crowd();
  for (let index = 0; index < 1_000; index += 1) {
    rig.hear(1, { type: 'move', x: index / 1_000 });
    rig.advance(1);
  }
  rig.advance(100);
  const frames = rig.take(3);
  assert.equal(frames.length, 26); // at 0, 40, … 1000 ms
  const last = frames.at(-1);
  assert.equal(last?.type === 'move' && last.x, 0.999);
});

test('two tabs of one visitor share their throttle, and of both tabs the newest step wins', () => {
  const rig = crowd();
  rig.hear(1, { type: 'move', x: 0.4 });
  rig.hear(1, { type: 'move', x: 0.45 });
  rig.hear(2, { type: 'move', x: 0.5 });
  assert.equal(rig.take(3).length, 1);
  rig.advance(1_000);
  assert.deepEqual(
    rig.take(3).map((frame) => frame.type === 'move' && frame.x),
    [0.5],
  );
  rig.hear(1, { type: 'action', action: 'jump' });
  rig.hear(2, { type: 'action', action: 'jump' });
  assert.equal(rig.take(3).length, 1);
});

test('a step that waited is forgotten when its tab closes', () => {
  const rig = crowd();
  rig.hear(1, { type: 'move', x: 0.4 });
  rig.hear(1, { type: 'move', x: 0.5 });
  rig.close(1);
  rig.clear();
  rig.advance(1_000);
  assert.deepEqual(rig.take(3), []);
});

test('whoever settles sees it themself, sits on the seat, and stands up with the next step', () => {
  const rig = crowd(0.21);
  rig.hear(1, { type: 'settle', propId: 'bench' });
  for (const connection of [1, 2, 3]) {
    const [frame] = rig.take(connection);
    assert.ok(frame?.type === 'move');
    assert.deepEqual([frame.x, frame.pose, frame.propId], [0.21000000000000002, 'sitting', 'bench']);
  }
  rig.hear(1, { type: 'move', x: 0.25 });
  const [frame] = rig.take(3);
  assert.ok(frame?.type === 'move');
  assert.deepEqual([frame.pose, frame.propId], [null, null]);
});

test('leaning against the tree is resting', () => {
  const rig = crowd(0.81);
  rig.hear(1, { type: 'settle', propId: 'tree' });
  const [frame] = rig.take(3);
  assert.equal(frame?.type === 'move' && frame.pose, 'resting');
});

test('a step that waited does not pull a sitter off the bench', () => {
  const rig = crowd(0.3);
  rig.hear(1, { type: 'move', x: 0.2 });
  rig.hear(1, { type: 'move', x: 0.205 });
  rig.hear(1, { type: 'settle', propId: 'bench' });
  rig.clear();
  rig.advance(1_000);
  assert.deepEqual(rig.take(3), []);
  assert.equal(rig.scene.presence(rig.now).figures[0]?.pose, 'sit');
});

test('a bench has two seats; a third visitor is refused in silence until one is free', () => {
  const rig = new SceneRig();
  for (const connection of [1, 2, 3]) rig.join(connection, { x: 0.2 });
  rig.clear();
  for (const connection of [1, 2, 3]) rig.hear(connection, { type: 'settle', propId: 'bench' });
  assert.deepEqual(
    rig.take(1).map((frame) => frame.type === 'move' && [frame.id, frame.x]),
    [
      [1, 0.19],
      [2, 0.21000000000000002],
    ],
  );
  rig.close(1);
  rig.advance(1_499);
  rig.hear(3, { type: 'settle', propId: 'bench' });
  assert.equal(rig.scene.presence(rig.now).figures.filter(({ pose }) => pose === 'sit').length, 2);
  rig.advance(1);
  rig.hear(3, { type: 'settle', propId: 'bench' });
  assert.equal(rig.scene.presence(rig.now).figures.find(({ visitor }) => visitor === 3)?.pose, 'sit');
});

for (const [what, propId] of [
  ['the lamp', 'lamp'],
  ['a prop that is not there', 'bench-9'],
  ['a word of the language', 'constructor'],
  ['a prop too far away', 'tree'],
] as const) {
  test(`nobody settles on ${what}`, () => {
    const rig = crowd(0.12);
    rig.hear(1, { type: 'settle', propId });
    assert.deepEqual(rig.take(1), []);
    assert.deepEqual(rig.take(3), []);
  });
}

test('on the default scene each client sits on the props it draws; on a hosted site on the site own', () => {
  const sceneConfig = sceneConfigFrom({ benches: 1, benchXs: [0.4] });
  const shared = new SceneRig();
  shared.join(1, { x: 0.4 });
  shared.join(2, { x: 0.4, sceneConfig });
  shared.hear(1, { type: 'settle', propId: 'bench' });
  assert.deepEqual(
    shared.take(1).filter(({ type }) => type === 'move'),
    [],
  );
  shared.hear(2, { type: 'settle', propId: 'bench' });
  assert.equal(shared.take(1).filter(({ type }) => type === 'move').length, 1);
  shared.hear(1, { type: 'sceneConfig', sceneConfig });
  shared.hear(1, { type: 'settle', propId: 'bench' });
  assert.equal(shared.take(1).length, 1);

  const hosted = new SceneRig({ rules: rulesOf(buildSite(), 0) });
  hosted.join(1, { x: 0.4, sceneConfig });
  hosted.hear(1, { type: 'sceneConfig', sceneConfig });
  hosted.hear(1, { type: 'settle', propId: 'bench' });
  assert.deepEqual(hosted.take(1), []);
});

test('gestures: siblings and others see them, 560 ms apart, whatever the verb', () => {
  const rig = crowd();
  rig.hear(1, { type: 'action', action: 'jump', targetId: 2 });
  assert.deepEqual(rig.take(1), []);
  assert.deepEqual(rig.take(2), [{ type: 'action', id: 1, action: 'jump' }]);
  assert.deepEqual(rig.take(3), [{ type: 'action', id: 1, action: 'jump' }]);
  rig.advance(559);
  rig.hear(1, { type: 'action', action: 'raise-hand' });
  assert.deepEqual(rig.take(3), []);
  rig.advance(1);
  rig.hear(1, { type: 'action', action: 'raise-hand' });
  assert.deepEqual(rig.take(3), [{ type: 'action', id: 1, action: 'raise-hand' }]);
});

test('an unknown gesture is nothing, and costs no time', () => {
  const rig = crowd();
  for (const action of ['dance', '', 'toString', 'JUMP']) rig.hear(1, { type: 'action', action });
  assert.deepEqual(rig.take(3), []);
  rig.hear(1, { type: 'action', action: 'jump' });
  assert.equal(rig.take(3).length, 1);
});

test('a high five reaches up to 0.07, names its target, and makes both stand', () => {
  const rig = new SceneRig();
  rig.join(1, { x: 0.2 });
  rig.join(2, { x: 0.2 });
  rig.hear(1, { type: 'settle', propId: 'bench' });
  rig.hear(2, { type: 'settle', propId: 'bench' });
  rig.clear();
  rig.hear(1, { type: 'action', action: 'high-five', targetId: 2 });
  assert.deepEqual(rig.take(2), [{ type: 'action', id: 1, action: 'high-five', targetId: 2 }]);
  assert.deepEqual(rig.take(1), []);
  const { peers } = rig.join(3);
  assert.deepEqual(
    peers.map(({ pose, propId }) => [pose, propId]),
    [
      [null, null],
      [null, null],
    ],
  );
});

for (const [distance, benX, isHeard] of [
  ['exactly 0.07', 0.37, true],
  ['exactly 0.07 the other way', 0.23, true],
  ['more than 0.07', 0.3701, false],
] as const) {
  test(`a high five over ${distance} ${isHeard ? 'is seen' : 'is not'}`, () => {
    const rig = crowd(0.3, benX);
    rig.hear(1, { type: 'action', action: 'high-five', targetId: 2 });
    assert.equal(rig.take(3).length, isHeard ? 1 : 0);
  });
}

test('nobody high-fives themself, nobody, or somebody who is not there', () => {
  const rig = crowd();
  rig.hear(1, { type: 'action', action: 'high-five', targetId: 1 });
  rig.hear(1, { type: 'action', action: 'high-five' });
  rig.hear(1, { type: 'action', action: 'high-five', targetId: 99 });
  rig.hear(1, { type: 'action', action: 'high-five', targetId: -1 });
  assert.deepEqual(rig.take(3), []);
});

test('neighbours hear of a walk, and once more when it has ended', () => {
  const rig = crowd();
  rig.advance(5_000);
  rig.rosterChanges = 0;
  rig.hear(1, { type: 'move', x: 0.4 });
  assert.equal(rig.rosterChanges, 1);
  assert.equal(rig.scene.presence(rig.now).figures[0]?.walking, true);
  rig.advance(599);
  assert.equal(rig.rosterChanges, 1);
  rig.advance(1);
  assert.equal(rig.rosterChanges, 2);
  assert.equal(rig.scene.presence(rig.now).figures[0]?.walking, false);
  assert.equal(rig.scene.nextWakeAt, undefined);
});

test('a raised hand is seen over the hill for five seconds', () => {
  const rig = crowd();
  rig.hear(1, { type: 'action', action: 'raise-hand' });
  rig.advance(4_999);
  assert.equal(rig.scene.presence(rig.now).figures[0]?.pose, 'wave');
  rig.rosterChanges = 0;
  rig.advance(1);
  assert.equal(rig.scene.presence(rig.now).figures[0]?.pose, 'stand');
  assert.equal(rig.rosterChanges, 1);
});
