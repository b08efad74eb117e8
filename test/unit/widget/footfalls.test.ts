import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Footfalls } from '../../../public/widget/model/footfalls.ts';

const walker = (id: number, phase: number, isWalking = true) => ({
  id,
  x: 10 * id,
  facing: 1 as const,
  phase,
  isWalking,
});

test('a foot comes down twice in a walking cycle, in turn, and not before the first step is done', () => {
  const footfalls = new Footfalls();
  const feet = [0.1, 0.3, 0.55, 0.8, 0.05, 0.6].map((phase) =>
    footfalls.look([walker(1, phase)]).map(({ foot }) => foot),
  );
  assert.deepEqual(feet, [[], [], [1], [], [0], [1]]);
});

test('who stands puts down nothing, and begins anew when they walk on', () => {
  const footfalls = new Footfalls();
  footfalls.look([walker(1, 0.1), walker(2, 0.1)]);
  assert.deepEqual(footfalls.look([walker(1, 0.6, false), walker(2, 0.6)]), [{ id: 2, x: 20, facing: 1, foot: 1 }]);
  assert.deepEqual(footfalls.look([walker(1, 0.1)]), []);
});
