import assert from 'node:assert/strict';
import test from 'node:test';
import type { Prop } from '../../../src/protocol/scene-kit.ts';
import { nearestFreeSeat } from '../../../src/scene/seats.ts';

const bench: Prop = { id: 'bench', kind: 'bench', x: 0.5 };
const tree: Prop = { id: 'tree', kind: 'tree', x: 0.5 };
const lamp: Prop = { id: 'lamp', kind: 'lamp', x: 0.5 };

test('the nearer seat is taken, the first of two equally near', () => {
  assert.equal(nearestFreeSeat(bench, 0.47, []), 0.49);
  assert.equal(nearestFreeSeat(bench, 0.52, []), 0.51);
  assert.equal(nearestFreeSeat(bench, 0.5, []), 0.49);
  assert.equal(nearestFreeSeat(tree, 0.53, []), 0.508);
});

test('the settle zone ends strictly before half the width of the prop', () => {
  assert.notEqual(nearestFreeSeat(bench, 0.5 + 0.03499, []), undefined);
  assert.equal(nearestFreeSeat(bench, 0.5 + 0.035, []), undefined);
  assert.equal(nearestFreeSeat(bench, 0.5 - 0.035, []), undefined);
});

test('a lamp has no seat', () => {
  assert.equal(nearestFreeSeat(lamp, 0.5, []), undefined);
});

test('a taken seat sends one to the other, and two taken seats nowhere', () => {
  const left = { x: 0.49, propId: 'bench' };
  const right = { x: 0.51, propId: 'bench' };
  assert.equal(nearestFreeSeat(bench, 0.48, [left]), 0.51);
  assert.equal(nearestFreeSeat(bench, 0.48, [left, right]), undefined);
});

test('somebody who stands there, or sits on another prop, takes no seat', () => {
  assert.equal(
    nearestFreeSeat(bench, 0.48, [
      { x: 0.49, propId: null },
      { x: 0.49, propId: 'bench-2' },
    ]),
    0.49,
  );
});
