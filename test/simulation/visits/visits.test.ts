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
import { visitScheduleOf } from './visit-schedule.ts';
import type { VisitInvariant } from './whereabouts.ts';

const SCHEDULES = 300;

/** Schedules within which a broken part is noticed. */
const NOTICED_WITHIN = 50;

test(`V1 to V7 hold in ${SCHEDULES} schedules of walks, cuts, crashes and lies`, { timeout: 600_000 }, async () => {
  const { done, failures } = await runSchedules({ kind: 'visits', first: 1, count: SCHEDULES, workers: 1 });
  assert.deepEqual(failures, []);
  assert.equal(done, SCHEDULES);
});

/** What is wrong, where, what breaks by it, and the seed that the search begins with. */
const broken: readonly (readonly [string, VisitInterference, readonly VisitInvariant[], number])[] = [
  ['a host that lets no lease run out', noLeaseExpiry, ['V2', 'V3'], 1],
  ['a home whose visitors stand there while they are elsewhere', figureStaysAtHome, ['V1'], 1],
  ['a host that lets a guest in twice', admissionTakenTwice, ['V1'], 1],
  ['a host that lets in by what was said before the guest left', staleAdmissionTaken, ['V1', 'V4', 'V6'], 90],
  ['a host that forgets guests who leave', leavingUnsaid, ['V1', 'V6'], 1],
];
for (const [name, interference, expected, first] of broken) {
  test(`${name} is noticed`, async (context) => {
    for (let seed = first; seed < first + NOTICED_WITHIN; seed += 1) {
      const violation = await simulateVisits(visitScheduleOf(seed), interference);
      if (violation === undefined) continue;
      assert.ok(expected.includes(violation.invariant), JSON.stringify(violation));
      context.diagnostic(`${violation.invariant} by schedule ${seed}`);
      return;
    }
    assert.fail('nobody noticed');
  });
}
