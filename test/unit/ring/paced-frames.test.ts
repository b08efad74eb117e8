import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GateState, NeighboursFrame } from '../../../src/protocol/frames.ts';
import { FRAME_GAP_MS, PacedFrames } from '../../../src/ring/paced-frames.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function frame(count: number, state: GateState = 'live'): NeighboursFrame {
  return {
    type: 'neighbours',
    ring: { id: 'r', name: 'R' },
    left: { site: 's', name: 'S', url: 'https://s.example/', state, count, figures: [] },
    right: null,
  };
}

function rig() {
  const clock = new ManualClock();
  const heard: (number | undefined)[] = [];
  return { clock, heard, paced: new PacedFrames(clock, (_sceneKey, { left }) => heard.push(left?.count)) };
}

test('of neighbours who all speak at once a scene hears the first at once and then the newest twice a second', () => {
  const { clock, heard, paced } = rig();
  for (let count = 0; count < 20; count += 1) {
    paced.offer('scene', frame(count));
    clock.advance(100);
  }
  clock.advance(FRAME_GAP_MS);
  assert.deepEqual(heard, [0, 4, 9, 14, 19]);
});

test('a gate that turns dim or dark is told at once, and what waited before it is not told after it', () => {
  const { clock, heard, paced } = rig();
  paced.offer('scene', frame(1));
  paced.offer('scene', frame(2));
  paced.offer('scene', frame(3, 'dim'));
  assert.deepEqual(heard, [1, 3]);
  clock.advance(10 * FRAME_GAP_MS);
  assert.deepEqual(heard, [1, 3]);
});

test('scenes do not slow one another, and nothing is told after the stop', () => {
  const { clock, heard, paced } = rig();
  paced.offer('one', frame(1));
  paced.offer('two', frame(2));
  paced.offer('one', frame(3));
  paced.stop();
  clock.advance(10 * FRAME_GAP_MS);
  assert.deepEqual(heard, [1, 2]);
});
