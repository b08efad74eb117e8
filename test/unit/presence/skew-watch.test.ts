import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSkewWatch } from '../../../federation/presence/skew-watch.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const MINUTE_MS = 60_000;

function rig() {
  const clock = new ManualClock();
  const told: string[] = [];
  const tell = (level: string) => (fields: object) =>
    void told.push(`${level} ${'square' in fields ? String(fields.square) : 'ours'}`);
  const log = { debug() {}, info() {}, warn: tell('warn'), error: tell('error') };
  return { clock, told, watch: createSkewWatch(clock, log, MINUTE_MS) };
}

test('of one neighbour whose clock is off its name is told, once an hour', () => {
  const { clock, told, watch } = rig();
  watch.note('alder', 0);
  watch.note('birch', MINUTE_MS);
  for (let turn = 0; turn < 100; turn += 1) watch.note('cedar', 10 * MINUTE_MS);
  assert.deepEqual(told, ['warn cedar']);
  clock.advance(60 * MINUTE_MS);
  watch.note('cedar', 10 * MINUTE_MS);
  assert.deepEqual(told, ['warn cedar', 'warn cedar']);
});

test('when most neighbours agree on another time it is our own clock that is off', () => {
  const { told, watch } = rig();
  watch.note('alder', -10 * MINUTE_MS);
  watch.note('birch', -10 * MINUTE_MS);
  watch.note('cedar', 0);
  watch.note('alder', -10 * MINUTE_MS);
  assert.deepEqual(told, ['warn alder', 'error ours']);
});

test('neighbours that are off in both directions say nothing of our own clock', () => {
  const { told, watch } = rig();
  watch.note('alder', -10 * MINUTE_MS);
  watch.note('birch', 10 * MINUTE_MS);
  assert.deepEqual(told, ['warn alder', 'warn birch']);
});
