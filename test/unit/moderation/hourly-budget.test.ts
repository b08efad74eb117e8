import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HourlyBudget } from '../../../src/moderation/hourly-budget.ts';

const HOUR_MS = 3_600_000;

test('an address may do it so often in any 60 minutes, not in an hour of the clock', () => {
  let now = 0;
  const budget = new HourlyBudget(2, () => now);
  assert.ok(budget.spend('a'));
  now = HOUR_MS / 2;
  assert.ok(budget.spend('a'));
  assert.ok(!budget.spend('a') && budget.isSpent('a'));
  assert.ok(budget.spend('b'), 'others have their own');
  now = HOUR_MS;
  assert.ok(!budget.isSpent('a') && budget.spend('a'), 'the first is an hour ago');
  assert.ok(!budget.spend('a'), 'and the second is not');
  budget.clear('a');
  assert.ok(!budget.isSpent('a') && budget.spend('a'));
});

test('0 is no limit, and remembers nobody', () => {
  const budget = new HourlyBudget(0, () => 0);
  for (let time = 0; time < 1_000; time += 1) assert.ok(budget.spend('a'));
  assert.ok(!budget.isSpent('a'));
});

test('a flood of addresses makes it forget the longest silent', () => {
  const budget = new HourlyBudget(1, () => 0);
  budget.spend('early');
  for (let index = 0; index < 500_000; index += 1) budget.spend(`address ${index}`);
  assert.ok(!budget.isSpent('early') && budget.isSpent('address 499999'));
});
