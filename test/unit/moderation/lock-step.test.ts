import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { isLockStepOn, newLockStep, noteGesture } from '../../../src/moderation/lock-step.ts';

const settings = { rounds: 3, windowMs: 10_000, toleranceMs: 250, quarantineMs: 600_000 };

/** The index of the gesture that brings the quarantine, or -1. */
function firstOut(gestures: readonly (readonly [visitor: number, at: number])[], changes = {}): number {
  const lockStep = newLockStep();
  return gestures.findIndex(([visitor, at]) => noteGesture(lockStep, visitor, at, { ...settings, ...changes }));
}

test('29: two who jump together three times are out with the sixth jump', () => {
  assert.equal(firstOut([1_000, 2_000, 3_000].flatMap((at) => [[1, at] as const, [2, at + 40] as const])), 5);
});

test('29: one visitor is never out, however often they jump', () => {
  const random = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 100 });
  fc.assert(
    fc.property(random, (pauses) => {
      let at = 0;
      assert.equal(firstOut(pauses.map((pause) => [1, (at += pause)])), -1);
    }),
  );
});

test('29: 250 ms apart is together, 251 ms is not', () => {
  const pairs = (apart: number) => [0, 2_000, 4_000].flatMap((at) => [[1, at] as const, [2, at + apart] as const]);
  assert.equal(firstOut(pairs(250)), 5);
  assert.equal(firstOut(pairs(251)), -1);
});

test('29: many at once are one round, so is what comes within the tolerance of it', () => {
  const crowd = [1, 2, 3, 4, 5, 6].map((visitor) => [visitor, visitor * 40] as const);
  assert.equal(firstOut(crowd), -1);
});

test('29: rounds further apart than the window are forgotten', () => {
  assert.equal(firstOut([0, 5_000, 10_041].flatMap((at) => [[1, at] as const, [2, at + 40] as const])), -1);
  assert.equal(firstOut([0, 5_000, 10_000].flatMap((at) => [[1, at] as const, [2, at + 40] as const])), 5);
});

test('30: each of the four at 0 switches it off', () => {
  assert.equal(isLockStepOn(settings), true);
  for (const name of Object.keys(settings)) assert.equal(isLockStepOn({ ...settings, [name]: 0 }), false, name);
});

test('what is remembered of one verb stays small, whatever comes', () => {
  const lockStep = newLockStep();
  for (let at = 0; at < 10_000; at += 1) noteGesture(lockStep, at, at / 100, { ...settings, rounds: 1e9 });
  assert.ok(lockStep.recent.length <= 32);
  assert.ok(lockStep.rounds.length <= settings.windowMs / settings.toleranceMs);
});
