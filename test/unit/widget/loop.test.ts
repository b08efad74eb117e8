import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Loop, type Motion } from '../../../public/widget/time/loop.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A browser whose pictures come at a steady rate, and what the strip asked of it. */
function rig(screenHz: number) {
  const time = new ManualClock();
  const state = { motion: 'people' as Motion, isCalm: false };
  const drawnAt: number[] = [];
  let asked = 0;
  let breathless = 0;
  const loop = new Loop({
    clock: { now: () => time.monotonic(), setTimer: (run, ms) => time.setTimer(run, ms) },
    nextFrame: (run) => {
      asked += 1;
      const everyMs = 1_000 / screenHz;
      const at = (Math.floor(time.monotonic() / everyMs + 1e-6) + 1) * everyMs;
      return time.setTimer(() => run(at), at - time.monotonic());
    },
    draw: (_dtMs, nowMs) => {
      drawnAt.push(nowMs);
      return state.motion;
    },
    isCalm: () => state.isCalm,
    onBreathless: () => (breathless += 1),
  });
  return {
    loop,
    state,
    time,
    drawnAt,
    counts: () => ({ drawn: drawnAt.length, asked, breathless }),
  };
}

test('a walk is drawn 30 times a second, on screens of any pace', () => {
  for (const screenHz of [60, 75, 90, 120, 144]) {
    const { loop, time, drawnAt } = rig(screenHz);
    loop.resume();
    time.advance(2_000);
    const gaps = drawnAt.slice(1).map((at, index) => at - (drawnAt[index] ?? 0));
    assert.ok(Math.min(...gaps) >= 30 && Math.max(...gaps) < 30 + 1_000 / screenHz, `${screenHz} Hz: ${gaps.join()}`);
  }
});

test('when nothing moves, or nobody looks, nothing is asked of the browser', () => {
  const { loop, state, time, counts } = rig(60);
  loop.resume();
  state.motion = 'still';
  time.advance(1_000);
  assert.deepEqual(counts(), { drawn: 1, asked: 1, breathless: 0 });
  loop.wake();
  state.motion = 'people';
  time.advance(100);
  loop.pause();
  const { drawn, asked } = counts();
  loop.wake();
  loop.wake(true);
  time.advance(60_000);
  assert.deepEqual(counts(), { drawn, asked, breathless: 0 });
  loop.resume();
  time.advance(20);
  assert.equal(counts().drawn, drawn + 1, 'who looks again sees at once how it is');
});

test('behind people who stand there 15 pictures a second are drawn, and a step among them is not kept waiting', () => {
  const { loop, state, time, drawnAt, counts } = rig(60);
  state.motion = 'layers';
  loop.resume();
  time.advance(1_000);
  const { drawn } = counts();
  assert.ok(drawn >= 14 && drawn <= 16, `${drawn}`);
  loop.wake();
  time.advance(100);
  const [last = 0, next = 0] = drawnAt.slice(drawn - 1);
  assert.ok(next - last < 51, `${next - last}`);
});

test('in calm others are seen to change every two seconds, and one’s own step at once', () => {
  const { loop, state, time, counts } = rig(60);
  state.isCalm = true;
  loop.resume();
  time.advance(10_100);
  assert.equal(counts().drawn, 6);
  loop.wake();
  time.advance(1_000);
  assert.equal(counts().drawn, 6);
  loop.wake(true);
  time.advance(50);
  assert.equal(counts().drawn, 7);
});

test('three seconds on end of fewer than 20 pictures are too few, however the pictures come', () => {
  for (const screenHz of [2, 12, 19]) {
    const { loop, time, counts } = rig(screenHz);
    loop.resume();
    time.advance(2_900);
    assert.equal(counts().breathless, 0, `${screenHz} Hz`);
    time.advance(2_500);
    assert.equal(counts().breathless, 1, `${screenHz} Hz`);
  }
  const fine = rig(21);
  fine.loop.resume();
  fine.time.advance(60_000);
  assert.equal(fine.counts().breathless, 0);
});

test('a rest is no slowness: between two short walks nothing is counted', () => {
  const { loop, state, time, counts } = rig(12);
  for (let turn = 0; turn < 10; turn += 1) {
    loop.resume();
    time.advance(1_500);
    loop.pause();
    time.advance(1_000);
    loop.resume();
    time.advance(1_500);
    state.motion = 'still';
    time.advance(3_000);
    loop.wake();
    state.motion = 'people';
  }
  assert.equal(counts().breathless, 0);
});
