/** A hundred squares: what they say to each other, how soon they all know a new list, and how they come back from two halves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gossipBytes, type GossipBytes } from './gossip-bytes.ts';
import type { Schedule, Step } from './schedule.ts';
import { simulate } from './simulate.ts';

const SQUARES = 100;

/** federation.md, "Presence": the budget of a square in a ring of a hundred. */
const BUDGET_BYTES_PER_SECOND = 16_000;

/** federation.md, "Ring documents": who is shown out is so, ring-wide, within this time. */
const KNOWN_WITHIN_MS = 10_000;

function schedule(steps: readonly Step[], mendedAtMs: number): Schedule {
  return { seed: 100, squares: SQUARES, skewsMs: [], hasHostile: false, steps, mendedAtMs };
}

test('a ring of a hundred stays within its bytes, quiet and with everybody on their feet', async (t) => {
  const { quiet, moving } = await gossipBytes(SQUARES, 32);
  const said = ({ payload, wire }: GossipBytes) => `${payload.toFixed(0)} B/s, with libp2p some ${wire.toFixed(0)}`;
  t.diagnostic(`gossip of one square of a hundred: quiet ${said(quiet)}; all moving ${said(moving)}`);
  assert.ok(quiet.wire < BUDGET_BYTES_PER_SECOND, `${quiet.wire} B/s`);
  // With what libp2p adds it is more (docs/benchmarks.md): this is what the ring itself says.
  assert.ok(moving.payload < BUDGET_BYTES_PER_SECOND, `${moving.payload} B/s`);
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
