import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sleep, SLEEP_HIDDEN_MS, SLEEP_OUT_OF_VIEW_MS } from '../../../public/widget/visitor/sleep.ts';
import { Timers } from '../../../public/widget/time/timers.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function rig() {
  const time = new ManualClock();
  const done: string[] = [];
  const state = { mayRest: true };
  const sleep = new Sleep({
    timers: new Timers({ now: () => time.monotonic(), setTimer: (run, ms) => time.setTimer(run, ms) }),
    fallAsleep: () => {
      done.push(state.mayRest ? 'asleep' : 'asked');
      return state.mayRest;
    },
    wakeUp: () => done.push('awake'),
  });
  return { time, done, state, sleep };
}

test('a hidden page lets its square go after five minutes, once, and takes it up when it is looked at', () => {
  const { time, done, sleep } = rig();
  sleep.look(false, true);
  time.advance(3_600_000);
  sleep.look(true, true);
  time.advance(SLEEP_HIDDEN_MS - 1);
  assert.deepEqual(done, []);
  time.advance(1);
  assert.deepEqual(done, ['asleep']);
  time.advance(3_600_000);
  sleep.look(true, false);
  assert.deepEqual(done, ['asleep']);
  sleep.look(false, false);
  assert.deepEqual(done, ['asleep', 'awake'], 'the page is what counts, not where the strip is on it');
});

test('a glance elsewhere and back begins the wait anew', () => {
  const { time, done, sleep } = rig();
  sleep.look(true, true);
  time.advance(SLEEP_HIDDEN_MS - 1);
  sleep.look(false, true);
  sleep.look(true, true);
  time.advance(SLEEP_HIDDEN_MS - 1);
  assert.deepEqual(done, []);
});

test('on a page that is read a strip out of view sleeps later, and wakes when it comes into view, not before', () => {
  const { time, done, sleep } = rig();
  sleep.look(false, false);
  time.advance(SLEEP_OUT_OF_VIEW_MS - 1);
  assert.deepEqual(done, []);
  time.advance(1);
  sleep.look(false, false);
  assert.deepEqual(done, ['asleep']);
  sleep.look(false, true);
  assert.deepEqual(done, ['asleep', 'awake']);
});

test('who cannot sleep now is asked again as much later', () => {
  const { time, done, state, sleep } = rig();
  state.mayRest = false;
  sleep.look(true, true);
  time.advance(SLEEP_HIDDEN_MS);
  state.mayRest = true;
  time.advance(SLEEP_HIDDEN_MS);
  assert.deepEqual(done, ['asked', 'asleep']);
});
