import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { runSchedules } from './crew.ts';
import { scheduleOf } from './schedule.ts';
import { simulate } from './simulate.ts';
import { storyOf } from './story.ts';

const SCHEDULES = 2_400;

/** Seeds whose stories are told twice: rings of all sizes, with hostile members and without. */
const TOLD_TWICE = Array.from({ length: 60 }, (_, index) => 1 + index);

test(`I1 to I8 hold in ${SCHEDULES} schedules of faults, clocks and lies`, { timeout: 600_000 }, async () => {
  const { done, failures } = await runSchedules({ kind: 'ring', first: 1, count: SCHEDULES, workers: 1 });
  assert.deepEqual(failures, []);
  assert.equal(done, SCHEDULES);
});

test('a process that goes on after a power cut says that it knows nothing of the old connection', async () => {
  assert.equal(await simulate(scheduleOf(1_006_241)), undefined);
});

test('a site that was shown out and let back in goes on counting: nothing said before can be played back', async () => {
  assert.equal(await simulate(scheduleOf(1_030_395)), undefined);
});

test('a question that waited for a stopped process arrives: of two lists published at once one is left', async () => {
  assert.equal(await simulate(scheduleOf(1_021_593)), undefined);
});

test('a square that stays shown out may keep the one of two lists that does not count', async () => {
  assert.equal(await simulate(scheduleOf(1_038_196)), undefined);
});

test('a list published within the answer about the last one reaches a square that hears no gossip', async () => {
  const violation = await simulate({
    seed: 329,
    squares: 2,
    skewsMs: [0, 0],
    hasHostile: false,
    steps: [
      { atMs: 2_390, blow: { kind: 'mute', from: 1, to: 0 } },
      { atMs: 2_430, blow: { kind: 'fork', machine: 0, other: 1 } },
      { atMs: 2_476, blow: { kind: 'publish', machine: 1, change: 'nothing' } },
    ],
    mendedAtMs: 7_000,
  });
  assert.equal(violation, undefined);
});

test('the same seed is the same story', async () => {
  assert.equal(await storyOf(7), await storyOf(7));
});

test('remembered answers change no story', async () => {
  const worker = new Worker(new URL('story-teller.ts', import.meta.url), { workerData: TOLD_TWICE });
  const [remembered]: unknown[] = await once(worker, 'message');
  await worker.terminate();
  const plain: string[] = [];
  for (const seed of TOLD_TWICE) plain.push(await storyOf(seed));
  assert.deepEqual(remembered, plain);
});
