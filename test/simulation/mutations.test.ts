/** A simulator that cannot fail proves nothing: three broken parts, each of which it must notice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshBySendersClock, noEpochCheck, revocationOneWay } from './broken-parts.ts';
import type { InvariantId } from './oracle.ts';
import { scheduleOf } from './schedule.ts';
import { simulate, type Interference } from './simulate.ts';

const SCHEDULES_MAX = 300;

/** The first schedule that notices, and what. */
async function firstViolation(
  mutation: Interference,
): Promise<{ readonly seed: number; readonly invariant: InvariantId } | undefined> {
  for (let seed = 1; seed <= SCHEDULES_MAX; seed += 1) {
    const violation = await simulate(scheduleOf(seed), mutation);
    if (violation !== undefined) return { seed, invariant: violation.invariant };
  }
  return undefined;
}

const mutations: readonly (readonly [string, Interference, readonly InvariantId[]])[] = [
  ['a register that looks at no epoch', noEpochCheck, ['I1', 'I3']],
  ["freshness by the sender's clock", freshBySendersClock, ['I2', 'I3']],
  ['a revocation that cuts one way only', revocationOneWay, ['I4']],
];
for (const [name, mutation, expected] of mutations) {
  test(`${name} is noticed`, async (context) => {
    const found = await firstViolation(mutation);
    assert.ok(found !== undefined && expected.includes(found.invariant), JSON.stringify(found));
    context.diagnostic(`${found.invariant} by schedule ${found.seed}`);
  });
}
