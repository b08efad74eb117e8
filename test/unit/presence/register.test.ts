import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createRegister, type Order } from '../../../federation/presence/register.ts';
import type { Summary } from '../../../federation/presence/summary.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { summaryOf } from '../../support/presence-frames.ts';

function rig() {
  const clock = new ManualClock();
  const changes: string[] = [];
  const register = createRegister(clock, (site) => changes.push(site));
  const summary = (change: Partial<Summary> = {}): Summary =>
    summaryOf('alder', { epoch: 5, seq: 10, ts: clock.now(), ...change });
  const bytesOf = (value: Summary) => Buffer.from(JSON.stringify(value));
  const take = (value: Summary): Order => {
    const order = register.order(value, bytesOf(value));
    if (order === 'new') register.keep(value, bytesOf(value), 'square');
    return order;
  };
  return { clock, changes, register, summary, bytesOf, take };
}

test('a neighbour is live up to 7.5 s, dim up to 15 s, then dark with nobody there', () => {
  const table = [
    [0, 'live'],
    [7_499, 'live'],
    [7_500, 'live'],
    [7_501, 'dim'],
    [14_999, 'dim'],
    [15_000, 'dim'],
    [15_001, 'dark'],
  ] as const;
  for (const [ageMs, state] of table) {
    const { clock, register, summary, take } = rig();
    take(summary());
    clock.advance(ageMs);
    assert.equal(register.heard('alder').state, state, `after ${ageMs} ms`);
    assert.equal(register.heard('alder').summary === undefined, state === 'dark');
  }
});

test('views are told of at the very bounds, without anybody asking', () => {
  const { clock, changes, summary, take } = rig();
  take(summary());
  const seen: [number, number][] = [];
  for (const ms of [7_500, 1, 7_499, 1, 60_000]) {
    clock.advance(ms);
    seen.push([clock.monotonic(), changes.length]);
  }
  assert.deepEqual(seen, [
    [7_500, 1],
    [7_501, 2],
    [15_000, 2],
    [15_001, 3],
    [75_001, 3],
  ]);
  assert.equal(clock.pendingTimers, 0, 'no timer while nothing is going to change');
});

test('a goodbye is dark at once, and a new run live again', () => {
  const { register, summary, take } = rig();
  take(summary());
  assert.equal(take(summary({ seq: 11, bye: true, count: 0 })), 'new');
  assert.equal(register.heard('alder').state, 'dark');
  assert.equal(take(summary({ epoch: 6, seq: 0 })), 'new');
  assert.equal(register.heard('alder').state, 'live');
});

test('only what is newer by (epoch, seq) counts', () => {
  const table: readonly (readonly [string, Partial<Summary>, Order])[] = [
    ['the next', { seq: 11 }, 'new'],
    ['one that skips some', { seq: 99 }, 'new'],
    ['the first of a new run', { epoch: 6, seq: 0 }, 'new'],
    ['the same bytes again', {}, 'duplicate'],
    ['the same number saying something else', { count: 2 }, 'equivocation'],
    ['an earlier one', { seq: 9 }, 'stale'],
    ['one of an earlier run', { epoch: 4, seq: 1_000 }, 'stale'],
  ];
  for (const [what, change, expected] of table) {
    const { summary, take } = rig();
    assert.equal(take(summary()), 'new');
    assert.equal(take(summary(change)), expected, what);
  }
});

test('an old summary stays old however long the silence', () => {
  const { clock, register, summary, take } = rig();
  const captured = summary();
  take(captured);
  take(summary({ seq: 11 }));
  clock.advance(24 * 60 * 60_000);
  assert.equal(take(captured), 'stale');
  assert.equal(register.heard('alder').state, 'dark');
});

test('an earlier run that still speaks is a second square with the same key', () => {
  const { clock, summary, take } = rig();
  take(summary({ epoch: 5 }));
  take(summary({ epoch: 6, seq: 0 }));
  assert.equal(take(summary({ epoch: 5, seq: 11 })), 'stale', 'a late one of the old run is no rival');
  clock.advance(6_000);
  assert.equal(take(summary({ epoch: 5, seq: 12 })), 'rival');
});

test('a site that moved to another square begins anew: epochs belong to squares', () => {
  const { register, summary, take, bytesOf } = rig();
  take(summary({ epoch: 50 }));
  register.retain((site) => (site === 'alder' ? 'another square' : undefined));
  assert.equal(register.heard('alder').state, 'dark');
  const first = summary({ epoch: 1, seq: 0 });
  assert.equal(register.order(first, bytesOf(first)), 'new');
});

test('in whatever order summaries arrive, what is shown never goes back', () => {
  const arrivals = fc.array(
    fc.record({ epoch: fc.integer({ min: 1, max: 4 }), seq: fc.integer({ min: 0, max: 6 }), waitMs: fc.nat(9_000) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(arrivals, (steps) => {
      const { clock, register, summary, take } = rig();
      let best = -1;
      for (const { epoch, seq, waitMs } of steps) {
        const rank = epoch * 100 + seq;
        const order = take(summary({ epoch, seq, ts: 1, count: rank }));
        assert.equal(order === 'new', rank > best);
        best = Math.max(best, rank);
        assert.equal(register.heard('alder').summary?.count ?? best, best);
        clock.advance(waitMs);
      }
    }),
    { seed: 20261123, numRuns: 200 },
  );
});
