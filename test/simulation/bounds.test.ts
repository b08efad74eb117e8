/** I6: whatever a member sends, nothing that a square keeps grows with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closureSizes } from './closure-sizes.ts';
import { HOSTILE_ACTS } from './hostile-member.ts';
import type { Schedule, Step } from './schedule.ts';
import { simulate } from './simulate.ts';

/** The largest bound that one member alone could fill: the codes of one square (CODES_PER_SQUARE_MAX), and buckets by key. */
const LARGEST_BOUND = 1_024;

/** Of every kind, over a minute: some 10,000 messages, offers and questions in all. */
const ACTS = 600;

test('a minute of everything that a hostile member can say leaves every collection within its bound', async (t) => {
  const steps = Array.from({ length: ACTS }, (_, index): Step => {
    const act = HOSTILE_ACTS[index % HOSTILE_ACTS.length] ?? 'garbage';
    return { atMs: 1_000 + index * 100, blow: { kind: 'hostile', act } };
  });
  const schedule: Schedule = {
    seed: 6,
    squares: 4,
    skewsMs: [0, 0, 0, 0],
    hasHostile: true,
    steps,
    mendedAtMs: 1_000 + ACTS * 100,
  };
  let looked = 0;
  const violation = await simulate(schedule, {
    atEnd(machines) {
      for (const { name, service } of machines) {
        assert.ok(service !== undefined);
        const sizes = closureSizes(service);
        looked += sizes.size;
        for (const [path, size] of sizes) assert.ok(size <= LARGEST_BOUND, `${name}: ${path} holds ${size}`);
        const [largest] = [...sizes].sort(([, a], [, b]) => b - a);
        t.diagnostic(`${name}: ${sizes.size} collections, the largest ${largest?.join(' ')}`);
      }
    },
  });
  assert.equal(violation, undefined);
  assert.ok(looked > 100, `only ${looked} collections were seen`);
});
