import assert from 'node:assert/strict';
import test from 'node:test';
import { perchesOf, propsOf, sceneConfigFrom } from '../../../src/protocol/scene-kit.ts';
import { Birds } from '../../../src/scene/birds.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const settings = { firstSpawnMs: 500, spawnMinMs: 12_000, spawnMaxMs: 22_000 };
const at = (now: number) => ({ now, wall: 1_000_000 + now });
const one = { benches: 1, benchXs: [0.2], trees: 0, lamps: 2 };

function birdsIn(scene: object, max = 3, seed = 1): Birds {
  const birds = new Birds(settings, seededRandom(seed), perchesOf(propsOf(sceneConfigFrom(scene))), max);
  birds.begin(0);
  return birds;
}

test('26: a bench has two perches, a tree one, a lamp none', () => {
  const props = propsOf(sceneConfigFrom({ benches: 2, benchXs: [0.2, 0.00005], trees: 1, treeXs: [0.8], lamps: 1 }));
  assert.deepEqual(perchesOf(props), [
    { id: 'bench-2-left', x: -0.0139 },
    { id: 'bench-2-right', x: 0.0141 },
    { id: 'bench-left', x: 0.186 },
    { id: 'bench-right', x: 0.214 },
    { id: 'tree-branch', x: 0.8 },
  ]);
});

test('26: the first bird comes half a second after the scene began, and not before', () => {
  const birds = birdsIn(one);
  assert.equal(birds.nextSpawnAt, 500);
  assert.equal(birds.spawn(at(499)), undefined);
  const bird = birds.spawn(at(500));
  assert.ok(bird?.action === 'spawn');
  assert.deepEqual(bird, {
    type: 'bird',
    action: 'spawn',
    id: 1,
    perchId: bird.perchId,
    x: bird.x,
    from: 'left',
    at: 1_000_500,
  });
  assert.deepEqual(birds.views, [{ id: 1, perchId: bird.perchId, x: bird.x, state: 'perched' }]);
});

test('26: after each the next comes in 12 to 22 s, until the perches or the owner number are full', () => {
  const birds = birdsIn(one, 18);
  birds.spawn(at(500));
  const due = birds.nextSpawnAt ?? 0;
  assert.ok(Number.isInteger(due) && due >= 12_500 && due <= 22_500);
  const second = birds.spawn(at(due));
  assert.ok(second?.action === 'spawn');
  assert.equal(new Set(birds.views.map(({ perchId }) => perchId)).size, 2);
  assert.equal(birds.nextSpawnAt, undefined, 'no perch is free');
  const few = birdsIn(one, 1);
  few.spawn(at(500));
  assert.equal(few.nextSpawnAt, undefined, 'the owner wants one');
  assert.equal(birdsIn(one, 0).spawn(at(900)), undefined);
});

test('26: the pause after a bird takes every whole number between its limits, both included', () => {
  for (const [fraction, pause] of [
    [0, 12_000],
    [0.999999999, 22_000],
  ] as const) {
    const random = { fraction: () => fraction, bytes: (length: number) => new Uint8Array(length) };
    const birds = new Birds(settings, random, perchesOf(propsOf(sceneConfigFrom(one))), 3);
    birds.begin(0);
    birds.spawn(at(500));
    assert.equal(birds.nextSpawnAt, 500 + pause);
  }
});

test('26: a bird on the right half comes from the right', () => {
  const bird = birdsIn({ benches: 0, trees: 1, treeXs: [0.5], lamps: 0 }).spawn(at(500));
  assert.ok(bird?.action === 'spawn' && bird.from === 'right');
});

test('26: a step nearer than 0.07 scares the first bird that is too near, away from the walker; one at a time', () => {
  const birds = birdsIn({ benches: 1, benchXs: [0.5], trees: 0 });
  birds.spawn(at(500));
  birds.spawn(at(birds.nextSpawnAt ?? 0));
  const [first, second] = birds.views;
  assert.ok(first !== undefined && second !== undefined);
  const far = Math.max(first.x, second.x) + 0.07;
  assert.equal(birds.scare(far + 1e-9, at(50_000)), undefined);
  const fled = birds.scare(0.4999, at(50_000));
  assert.deepEqual(fled, {
    type: 'bird',
    action: 'flee',
    id: 1,
    x: first.x,
    dir: first.x > 0.4999 ? 1 : -1,
    at: 1_050_000,
  });
  assert.equal(birds.views.length, 1);
  assert.ok((birds.nextSpawnAt ?? 0) >= 62_000, 'a pause after a flight');
  assert.ok(birds.scare(0.5, at(50_001)));
  assert.equal(birds.scare(0.5, at(50_002)), undefined);
});

test('37: birds stay with their perch when it moves, and are gone without a word when it is gone', () => {
  const birds = birdsIn({ benches: 0, trees: 2, treeXs: [0.3, 0.7], lamps: 0 });
  birds.spawn(at(500));
  birds.spawn(at(birds.nextSpawnAt ?? 0));
  const perches = perchesOf(propsOf(sceneConfigFrom({ benches: 0, trees: 1, treeXs: [0.9], lamps: 0 })));
  birds.rebuild(perches, 3);
  assert.deepEqual(
    birds.views.map(({ perchId, x }) => ({ perchId, x })),
    [{ perchId: 'tree-branch', x: 0.9 }],
  );
});

test('26: birds outlive the scene object they sat in: same ids, same perches, and no id twice', () => {
  const birds = birdsIn({ benches: 1, benchXs: [0.5], trees: 0 });
  birds.spawn(at(500));
  birds.spawn(at(birds.nextSpawnAt ?? 0));
  birds.scare(birds.views[0]?.x ?? 0, at(60_000));
  const next = birdsIn({ benches: 1, benchXs: [0.5], trees: 0 });
  next.restore(JSON.parse(JSON.stringify(birds.snapshot())));
  assert.deepEqual(next.views, birds.views);
  assert.equal(next.spawn(at(500))?.id, 3);
});
