import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anything, assert as check, property } from 'fast-check';
import { EMPTY_WORLD, grown, mapWorldFrom, requiredSize } from '../../../src/admin/map-world.ts';

const path = { width: 20, points: [{ x: 1, y: 2 }] };
const area = { type: 'water', paths: [path] };
const withWater = (...water: unknown[]) => ({ ...EMPTY_WORLD, water });
const withProps = (...props: unknown[]) => ({ ...EMPTY_WORLD, props });

test('HTTP 11: a world is written in one order of keys, whatever order it came in, and reads back as it is', () => {
  const read = mapWorldFrom({
    water: [
      {
        cutouts: [{ order: 4, radius: 5.555, y: 6, x: 7 }],
        paths: [{ order: 3, points: [{ y: 2.005, x: 1.234 }], width: 20.129 }],
        type: 'river',
      },
      { type: 'lake', width: 30, points: [{ x: 5, y: 5 }] },
    ],
    props: [
      { y: 2, x: 1, type: 'tree', size: 9 },
      { type: 'lake', x: 3, y: 4 },
    ],
    height: 1_200.4,
    width: 1_800,
    extra: true,
  });
  assert.ok(read.ok);
  assert.equal(
    JSON.stringify(read.value),
    '{"width":1800,"height":1200,"props":[{"type":"tree","x":1,"y":2}],"water":[' +
      '{"type":"water","paths":[{"width":20.13,"points":[{"x":1.23,"y":2.01}],"order":3}],' +
      '"cutouts":[{"x":7,"y":6,"radius":5.56,"order":4}]},' +
      '{"type":"water","paths":[{"width":30,"points":[{"x":5,"y":5}],"order":0}],"cutouts":[]},' +
      '{"type":"water","paths":[{"width":110,"points":[{"x":3,"y":4}],"order":0}],"cutouts":[]}]}',
  );
  const again = mapWorldFrom(JSON.parse(JSON.stringify(read.value)));
  assert.ok(again.ok);
  assert.equal(JSON.stringify(again.value), JSON.stringify(read.value));
});

for (const [what, world] of [
  ['no object', null],
  ['a list', []],
  ['no size', { props: [] }],
  ['too narrow', { ...EMPTY_WORLD, width: 1_799 }],
  ['too high', { ...EMPTY_WORLD, height: 3_601 }],
  ['a size that is no number', { ...EMPTY_WORLD, width: '1800' }],
  ['no list of props', { ...EMPTY_WORLD, props: {} }],
  ['an unknown prop', withProps({ type: 'castle', x: 1, y: 1 })],
  ['a prop outside', withProps({ type: 'tree', x: 1_801, y: 1 })],
  ['a prop nowhere', withProps({ type: 'tree', x: Number.NaN, y: 1 })],
  ['too many props', withProps(...Array.from({ length: 2_001 }, () => ({ type: 'tree', x: 1, y: 1 })))],
  ['unknown water', withWater({ ...area, type: 'lava' })],
  ['water without paths', withWater({ type: 'water', paths: [] })],
  ['a path too thin', withWater({ type: 'water', paths: [{ ...path, width: 7 }] })],
  ['a path too wide', withWater({ type: 'water', paths: [{ ...path, width: 301 }] })],
  ['a path without points', withWater({ type: 'water', paths: [{ ...path, points: [] }] })],
  ['a negative order', withWater({ type: 'water', paths: [{ ...path, order: -1 }] })],
  ['a cutout of no size', withWater({ ...area, cutouts: [{ x: 1, y: 1, radius: 0 }] })],
  ['a cutout too large', withWater({ ...area, cutouts: [{ x: 1, y: 1, radius: 151 }] })],
  ['too many paths', withWater({ type: 'water', paths: Array.from({ length: 201 }, () => path) })],
  [
    'too many points',
    withWater({ type: 'water', paths: [{ width: 20, points: Array.from({ length: 5_001 }, () => ({ x: 1, y: 1 })) }] }),
  ],
] as const) {
  test(`HTTP 11: a world with ${what} is refused in one line`, () => {
    const read = mapWorldFrom(world);
    assert.ok(!read.ok && /^[A-Z].*\.$/.test(read.error), JSON.stringify(read));
  });
}

test('HTTP 11: the world grows with the sites shown, in whole hundreds, up to three times, and never shrinks', () => {
  assert.deepEqual(
    [0, 25, 26, 50, 100, 225, 10_000].map((sites) => Object.values(requiredSize(sites))),
    [
      [1_800, 1_200],
      [1_800, 1_200],
      [1_800, 1_200],
      [2_500, 1_700],
      [3_600, 2_400],
      [5_400, 3_600],
      [5_400, 3_600],
    ],
  );
  const large = grown(EMPTY_WORLD, 100);
  assert.deepEqual([large.width, large.height], [3_600, 2_400]);
  assert.equal(grown(large, 1), large);
  assert.equal(JSON.stringify(Object.keys(large)), '["width","height","props","water"]');
});

test('reading a world never throws, whatever it is', () => {
  check(
    property(anything(), anything(), (props, water) => {
      for (const value of [props, { ...EMPTY_WORLD, props: [props], water }, withWater(water), withProps(props)]) {
        assert.equal(typeof mapWorldFrom(value).ok, 'boolean');
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});
