/** A hundred squares: what they say to each other, how soon they all know a new list, and how they come back from two halves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALM_MS, type Schedule, type Step } from './schedule.ts';
import { simulate } from './simulate.ts';
import type { VirtualNode } from './virtual-node.ts';

const SQUARES = 100;

/** Blows fall for so long; then it is calm for {@link CALM_MS}. */
const BUSY_MS = 12_000;

/** federation.md, "Presence": the budget of a square in a ring of a hundred. */
const BUDGET_BYTES_PER_SECOND = 16_000;

/** federation.md, "Ring documents": who is shown out is so, ring-wide, within this time. */
const KNOWN_WITHIN_MS = 10_000;

function schedule(steps: readonly Step[], mendedAtMs: number): Schedule {
  return { seed: 100, squares: SQUARES, skewsMs: [], hasHostile: false, steps, mendedAtMs };
}

/** Payload bytes of gossip that one square sent from its start to its end, all copies counted, on average. */
async function gossipOf(steps: readonly Step[]): Promise<number> {
  const nodes: VirtualNode[] = [];
  const violation = await simulate(schedule(steps, BUSY_MS), { tamper: (node) => nodes.push(node) });
  assert.equal(violation, undefined);
  return nodes.reduce((sum, { sentBytes }) => sum + sentBytes, 0) / nodes.length;
}

test('a ring of a hundred stays within its bytes, quiet and with everybody on their feet', async (t) => {
  const quiet = (await gossipOf([])) / ((BUSY_MS + CALM_MS) / 1_000);
  const crowd = Array.from({ length: BUSY_MS / 500 }, (_, beat) => 500 * beat).flatMap((atMs) =>
    Array.from({ length: SQUARES }, (_, machine): Step => ({ atMs, blow: { kind: 'populate', machine, figures: 32 } })),
  );
  const busy = ((await gossipOf(crowd)) - quiet * (CALM_MS / 1_000)) / (BUSY_MS / 1_000);
  t.diagnostic(`gossip of one square of a hundred: quiet ${quiet.toFixed(0)} B/s, all moving ${busy.toFixed(0)} B/s`);
  assert.ok(busy < BUDGET_BYTES_PER_SECOND, `${busy} B/s`);
});

test('a square of a hundred that is shown out is known to be so everywhere within ten seconds', async (t) => {
  const known: number[] = [];
  const steps: Step[] = [{ atMs: 8_000, blow: { kind: 'publish', machine: 50, change: 'show-out' } }];
  const violation = await simulate(schedule(steps, 12_000), {
    onList: (_machine, version, atMs) => {
      if (version === 2) known.push(atMs - 8_000);
    },
  });
  assert.equal(violation, undefined);
  const within = known.filter((ms) => ms <= KNOWN_WITHIN_MS);
  t.diagnostic(`${known.length} squares know, the last after ${Math.max(...known).toFixed(0)} ms`);
  // The one that was shown out hears it from nobody.
  assert.equal(within.length, SQUARES - 1);
});

test('a hundred squares in two halves see each other again two seconds after their links are back', async () => {
  const steps: Step[] = [
    { atMs: 8_000, blow: { kind: 'partition', border: 50 } },
    ...Array.from({ length: 40 }, (_, turn): Step => ({
      atMs: 10_000 + 200 * turn,
      blow: { kind: 'populate', machine: (turn * 13) % SQUARES, figures: 3 },
    })),
    { atMs: 24_000, blow: { kind: 'heal-all' } },
  ];
  assert.equal(await simulate(schedule(steps, 25_000)), undefined);
});
