import assert from 'node:assert/strict';
import test from 'node:test';
import { MessageBudget, type MessageVerdict } from '../../../src/moderation/message-budget.ts';

function judge(budget: MessageBudget, count: number, now: number, limit = 60): Record<MessageVerdict, number> {
  const verdicts = { handle: 0, ignore: 0, close: 0 };
  for (let each = 0; each < count; each += 1) verdicts[budget.judge(limit, now)] += 1;
  return verdicts;
}

test('a socket within its budget never notices it', () => {
  const budget = new MessageBudget();
  for (let second = 0; second < 100; second += 1) {
    assert.deepEqual(judge(budget, 60, second * 1_000), { handle: 60, ignore: 0, close: 0 });
  }
});

test('a burst is cut to the budget and forgiven', () => {
  const budget = new MessageBudget();
  for (let minute = 0; minute < 10; minute += 1) {
    assert.deepEqual(judge(budget, 200, minute * 60_000), { handle: 60, ignore: 140, close: 0 });
  }
});

test('a burst is forgiven after one second within the budget', () => {
  const budget = new MessageBudget();
  for (let second = 0; second < 20; second += 2) {
    assert.equal(judge(budget, 200, second * 1_000).close, 0);
    assert.equal(judge(budget, 1, second * 1_000 + 1_000).handle, 1);
  }
});

test('three seconds’ worth of surplus at once is the end', () => {
  assert.deepEqual(judge(new MessageBudget(), 60 + 180, 0), { handle: 60, ignore: 179, close: 1 });
});

test('twice the budget, kept up, is the end after three seconds', () => {
  const budget = new MessageBudget();
  const closedAt = [0, 1, 2, 3].find((second) => judge(budget, 120, second * 1_000).close > 0);
  assert.equal(closedAt, 2);
});

test('30: 0 is no budget at all', () => {
  assert.deepEqual(judge(new MessageBudget(), 100_000, 0, 0), { handle: 100_000, ignore: 0, close: 0 });
});
