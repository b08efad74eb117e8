import assert from 'node:assert/strict';
import test from 'node:test';
import { AddressLimits, NO_ADDRESS_LIMITS, type AddressLimitSettings } from '../../../src/moderation/address-limits.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const settings: AddressLimitSettings = {
  maxIdentities: 2,
  joinLimit: 3,
  stateEventLimit: 4,
  chatEventLimit: 2,
  lockStep: { rounds: 2, windowMs: 10_000, toleranceMs: 250, quarantineMs: 600_000 },
  flood: { limit: 5, windowMs: 10_000, isEnforced: true },
  maxEntries: 100,
};

function limitsWith(changes: Partial<AddressLimitSettings> = {}) {
  const clock = new ManualClock();
  const noted: string[] = [];
  const quarantined: string[] = [];
  const limits = new AddressLimits(
    {
      clock,
      note: (event, scene) => void noted.push(`${event} ${scene}`),
      onQuarantined: (scene, address, forMs) => void quarantined.push(`${scene} ${address} ${forMs}`),
    },
    { ...settings, ...changes },
  );
  return { clock, noted, quarantined, limits };
}

const times = (count: number, run: () => boolean): boolean[] => Array.from({ length: count }, run);

test('28: the event over each budget is refused, and the next window is fresh', () => {
  const { clock, limits, noted } = limitsWith();
  const guard = limits.guardOf('moss');
  const budgets = [
    ['join', guard.spendJoin, 3, 60_000],
    ['state', guard.spendState, 4, 10_000],
    ['chat', guard.spendChat, 2, 10_000],
  ] as const;
  for (const [event, spend, limit, windowMs] of budgets) {
    const openedAt = clock.monotonic();
    assert.deepEqual(
      times(limit, () => spend('a', openedAt)),
      Array.from({ length: limit }, () => true),
    );
    assert.equal(spend('a', openedAt + windowMs - 1), false, event);
    assert.equal(spend('b', openedAt), true, 'another address');
    assert.equal(limits.guardOf('quay').spendState('a', openedAt), true, 'another scene');
    assert.deepEqual(
      times(limit, () => spend('a', openedAt + windowMs)),
      Array.from({ length: limit }, () => true),
    );
    clock.advance(windowMs);
  }
  assert.deepEqual(noted, ['join moss', 'state moss', 'chat moss']);
});

test('28: a window is fixed: refused events neither fill nor prolong it', () => {
  const { limits } = limitsWith();
  const { spendChat } = limits.guardOf('moss');
  assert.deepEqual(
    [0, 1, 2, 9_999].map((at) => spendChat('a', at)),
    [true, true, false, false],
  );
  assert.deepEqual(
    [10_000, 10_001, 10_002].map((at) => spendChat('a', at)),
    [true, true, false],
  );
});

test('29: a quarantine is for one address in one scene, told once, and ends', () => {
  const { clock, limits, noted, quarantined } = limitsWith();
  const guard = limits.guardOf('moss');
  const jump = (visitor: number) => guard.noteAction('a', visitor, 'jump', clock.monotonic());
  const verdicts = [jump(1), jump(2)];
  clock.advance(1_000);
  verdicts.push(jump(1), jump(2));
  assert.deepEqual(verdicts, ['fine', 'fine', 'fine', 'quarantined']);
  assert.equal(guard.isQuarantined('b'), false);
  assert.equal(limits.isQuarantined('quay', 'a'), false);
  clock.advance(599_999);
  assert.equal(guard.isQuarantined('a'), true);
  clock.advance(1);
  assert.equal(guard.isQuarantined('a'), false);
  assert.deepEqual(noted, ['quarantine moss']);
  assert.deepEqual(quarantined, ['moss a 600000']);
  clock.advance(720_000);
  assert.deepEqual(limits.sizes, { activity: 0, quarantines: 0 });
  assert.equal(clock.pendingTimers, 0);
});

test('29: each verb is looked at for itself', () => {
  const { limits } = limitsWith();
  const guard = limits.guardOf('moss');
  for (const [visitor, verb, at] of [
    [1, 'jump', 0],
    [2, 'raise-hand', 10],
    [1, 'raise-hand', 1_000],
    [2, 'jump', 1_010],
  ] as const) {
    assert.equal(guard.noteAction('a', visitor, verb, at), 'fine');
  }
});

test('a flood is noticed once a window; it bans only when that is enforced', () => {
  for (const isEnforced of [true, false]) {
    const { limits, noted } = limitsWith({ flood: { limit: 5, windowMs: 10_000, isEnforced } });
    const guard = limits.guardOf('moss');
    const verdicts = Array.from({ length: 12 }, () => guard.noteFlood('a', 0));
    assert.deepEqual(verdicts.indexOf(isEnforced ? 'banned' : 'noticed'), 4);
    assert.equal(verdicts.filter((verdict) => verdict !== 'fine').length, 1);
    assert.deepEqual(noted, [isEnforced ? 'ban moss' : 'flood moss']);
    assert.equal(guard.noteFlood('a', 10_000), 'fine');
  }
});

test('30: 0 disables each limit, and nothing at all is remembered then', () => {
  const { clock, limits, noted } = limitsWith(NO_ADDRESS_LIMITS);
  const guard = limits.guardOf('moss');
  for (let at = 0; at < 1_000; at += 1) {
    assert.ok(guard.spendJoin('a', at) && guard.spendState('a', at) && guard.spendChat('a', at));
    assert.equal(guard.noteAction('a', at, 'jump', at), 'fine');
    assert.equal(guard.noteFlood('a', at), 'fine');
  }
  assert.deepEqual(limits.sizes, { activity: 0, quarantines: 0 });
  assert.equal(clock.pendingTimers, 0);
  assert.deepEqual(noted, []);
});

test('a hundred thousand addresses leave no more than the cap behind, and after a minute nothing', () => {
  const { clock, limits } = limitsWith();
  const guard = limits.guardOf('moss');
  for (let each = 0; each < 100_000; each += 1) {
    guard.spendJoin(`address ${each}`, clock.monotonic());
    if (each % 3 === 0) {
      for (const visitor of [1, 2, 1, 2]) {
        guard.noteAction(`address ${each}`, visitor, 'jump', clock.monotonic());
        clock.advance(each % 2 === 0 ? 0.5 : 0);
      }
    }
    assert.ok(limits.sizes.activity <= 100 && limits.sizes.quarantines <= 100);
  }
  assert.equal(clock.pendingTimers, 1);
  clock.advance(720_000);
  assert.deepEqual(limits.sizes, { activity: 0, quarantines: 0 });
  assert.equal(clock.pendingTimers, 0);
});

test('what was stopped remembers nothing and has no timer', () => {
  const { clock, limits } = limitsWith();
  limits.guardOf('moss').spendJoin('a', 0);
  limits.stop();
  limits.stop();
  assert.deepEqual(limits.sizes, { activity: 0, quarantines: 0 });
  assert.equal(clock.pendingTimers, 0);
});
