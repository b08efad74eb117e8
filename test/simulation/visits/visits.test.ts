import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSchedules } from '../crew.ts';
import {
  admissionTakenTwice,
  figureStaysAtHome,
  leavingUnsaid,
  noLeaseExpiry,
  staleAdmissionTaken,
} from './broken-visits.ts';
import { simulateVisits, type VisitInterference } from './simulate-visits.ts';
import { visitScheduleOf, type VisitSchedule } from './visit-schedule.ts';
import type { VisitInvariant } from './whereabouts.ts';

const SCHEDULES = 300;

/** Schedules within which a broken part is noticed. */
const NOTICED_WITHIN = 50;

/** Two of one home are guests of one neighbour, one goes home, and then the home plays back what it said. */
const playedBack = (seed: number): VisitSchedule => ({
  seed,
  squares: 3,
  steps: [
    { atMs: 1_200, blow: { kind: 'walk', visitor: 0, side: 'right' } },
    { atMs: 1_250, blow: { kind: 'walk', visitor: 1, side: 'right' } },
    { atMs: 2_500, blow: { kind: 'home', visitor: 0 } },
    { atMs: 3_000, blow: { kind: 'replay', machine: 0 } },
  ],
  mendedAtMs: 5_000,
});

test('V1 to V7 hold when a home plays back what it said', async () => {
  for (let seed = 1; seed <= NOTICED_WITHIN; seed += 1) {
    assert.equal(await simulateVisits(playedBack(seed)), undefined, `seed ${seed}`);
  }
});

test(`V1 to V7 hold in ${SCHEDULES} schedules of walks, cuts, crashes and lies`, { timeout: 600_000 }, async () => {
  const { done, failures } = await runSchedules({ kind: 'visits', first: 1, count: SCHEDULES, workers: 1 });
  assert.deepEqual(failures, []);
  assert.equal(done, SCHEDULES);
});

/** What is wrong, where, what breaks by it, and in which schedules. */
const broken: readonly (readonly [
  string,
  VisitInterference,
  readonly VisitInvariant[],
  (seed: number) => VisitSchedule,
])[] = [
  ['a host that lets no lease run out', noLeaseExpiry, ['V2', 'V3'], visitScheduleOf],
  ['a home whose visitors stand there while they are elsewhere', figureStaysAtHome, ['V1'], visitScheduleOf],
  ['a host that lets a guest in twice', admissionTakenTwice, ['V1'], playedBack],
  ['a host that lets in by what was said before the guest left', staleAdmissionTaken, ['V1'], playedBack],
  ['a host that forgets guests who leave', leavingUnsaid, ['V1', 'V6'], visitScheduleOf],
];
for (const [name, interference, expected, scheduleOf] of broken) {
  test(`${name} is noticed`, async (context) => {
    for (let seed = 1; seed <= NOTICED_WITHIN; seed += 1) {
      const violation = await simulateVisits(scheduleOf(seed), interference);
      if (violation === undefined) continue;
      assert.ok(expected.includes(violation.invariant), JSON.stringify(violation));
      context.diagnostic(`${violation.invariant} by schedule ${seed}`);
      return;
    }
    assert.fail('nobody noticed');
  });
}
