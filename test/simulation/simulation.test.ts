import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleOf } from './schedule.ts';
import { explain } from './shrink.ts';
import { simulate } from './simulate.ts';

const SCHEDULES = 1_200;

test(`I1 to I8 hold in ${SCHEDULES} schedules of faults, clocks and lies`, { timeout: 600_000 }, async () => {
  for (let seed = 1; seed <= SCHEDULES; seed += 1) {
    const schedule = scheduleOf(seed);
    const violation = await simulate(schedule);
    assert.ok(violation === undefined, violation && (await explain(schedule, violation)));
  }
});

test('the same seed is the same story', async () => {
  const story = async (): Promise<string> => {
    const schedule = scheduleOf(7);
    const heard: string[] = [];
    await simulate(schedule, { tamper: (node) => heard.push(node.square) });
    return JSON.stringify([schedule, heard]);
  };
  assert.equal(await story(), await story());
});
