/** The witness of a soak: what it counts as a fault, and what it does not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Ledger } from '../../../scripts/bench/ledger.ts';
import { BenchUsageError, readOptions } from '../../../scripts/bench/options.ts';
import { RUNS } from '../../../scripts/bench/scenarios.ts';
import { slopeOf } from '../../../scripts/bench/slope.ts';
import { welcomeIn } from '../../../scripts/bench/soak-visitor.ts';
import { isAlarming } from '../../../scripts/bench/square-watch.ts';

/** Visitor `id` comes at `at` and sees `peers`. */
function come(ledger: Ledger, id: number, peers: readonly number[], at: number): void {
  ledger.joined(id, at + 2);
  ledger.welcomed(id, peers, at, at + 1);
}

function go(ledger: Ledger, id: number, at: number): void {
  ledger.gone(id, at);
  ledger.left(id, at + 1_500);
}

test('visitors who come, see each other and go are no fault', () => {
  const ledger = new Ledger();
  come(ledger, 1, [], 0);
  come(ledger, 2, [1], 100);
  ledger.said('soak 2 a', 200);
  ledger.heard('soak 2 a');
  go(ledger, 1, 1_000);
  assert.equal(ledger.present, 1);
  // In grace, then told as gone just after the newcomer asked: shown or not, both are right.
  come(ledger, 3, [2, 1], 2_400);
  come(ledger, 4, [2, 3], 2_490);
  go(ledger, 2, 3_000);
  // The same person within the grace: neither leave nor join.
  ledger.gone(3, 3_000);
  ledger.welcomed(3, [4, 2], 3_500, 3_501);
  go(ledger, 3, 9_000);
  go(ledger, 4, 9_000);
  ledger.settle(20_000);
  assert.deepEqual(ledger.close(), []);
  assert.deepEqual([ledger.faults, ledger.joins, ledger.leaves, ledger.lines], [[], 4, 4, 1]);
});

for (const [name, happen, fault] of [
  ['a ghost is shown', (ledger) => (go(ledger, 1, 1_000), come(ledger, 2, [1], 5_000), go(ledger, 2, 6_000)), /ghost/],
  [
    'somebody is not shown',
    (ledger) => (come(ledger, 2, [], 500), go(ledger, 2, 9_000), go(ledger, 1, 9_000)),
    /2 was not shown 1/,
  ],
  [
    'a join is not told',
    (ledger) => (ledger.welcomed(2, [1], 500, 501), go(ledger, 1, 9_000)),
    /join of 2 was not told/,
  ],
  ['a join is told twice', (ledger) => (ledger.joined(1, 50), go(ledger, 1, 100)), /1 joined twice/],
  ['a leave is told twice', (ledger) => (go(ledger, 1, 100), ledger.left(1, 3_000)), /1 left without being there/],
  ['somebody leaves whose page is open', (ledger) => ledger.left(1, 3_000), /1 was lost/],
  ['a leave is never told', (ledger) => ledger.gone(1, 3_000), /1 never left/],
  [
    'a stranger joins',
    (ledger) => (go(ledger, 1, 100), ledger.joined(9, 200), go(ledger, 9, 300)),
    /9 joined, and is none of ours/,
  ],
  ['a line is lost', (ledger) => (ledger.said('x', 10), go(ledger, 1, 100)), /nobody heard "x"/],
  [
    'a line comes twice',
    (ledger) => (ledger.said('x', 10), ledger.heard('x'), ledger.heard('x'), go(ledger, 1, 100)),
    /"x" was heard twice/,
  ],
] satisfies readonly [string, (ledger: Ledger) => void, RegExp][]) {
  test(`a fault: ${name}`, () => {
    const ledger = new Ledger();
    come(ledger, 1, [], 0);
    happen(ledger);
    ledger.settle(20_000);
    ledger.close();
    assert.match(ledger.faults.join('; '), fault);
  });
}

test('the slope is that of the line through the samples, and its error says how far they scatter', () => {
  const exact = slopeOf([0, 1, 2, 5].map((x) => ({ x, y: 3 + 2 * x })));
  assert.ok(exact !== undefined && Math.abs(exact.slope - 2) < 1e-9 && exact.error < 1e-6);
  const scattered = slopeOf([0, 1, 2, 3].map((x) => ({ x, y: x % 2 })));
  assert.ok(scattered !== undefined && Math.abs(scattered.slope - 0.2) < 1e-9 && scattered.error > 0.2);
  assert.equal(slopeOf([]), undefined);
  assert.equal(slopeOf([1, 1, 1].map((x) => ({ x, y: x }))), undefined);
});

test('errors, crashes and words past the log are alarming, ordinary lines are not', () => {
  assert.equal(isAlarming('{"level":"info","msg":"square ready"}'), false);
  assert.equal(isAlarming('{"level":"warn"}'), false);
  for (const line of ['{"level":"error"}', '{"level":"fatal"}', '{}', 'null', 'Error: unhandled', '{"level":']) {
    assert.equal(isAlarming(line), true, line);
  }
});

test('what is no hello is no welcome', () => {
  for (const frame of [undefined, null, 7, {}, { id: '1', peers: [], browserSecret: '' }, { id: 1, peers: 2 }]) {
    assert.equal(welcomeIn(frame), undefined);
  }
  const welcome = welcomeIn({ id: 1, peers: [{ id: 2 }, null, { id: 'x' }], browserSecret: 's' });
  assert.deepEqual([welcome?.id, welcome?.peers, welcome?.secret], [1, [2], 's']);
});

test('a soak wants no server, is bounded, and is not compared', () => {
  const { minutes, scenes, walkers, shards } = readOptions(['soak']);
  assert.deepEqual([minutes, scenes, walkers, shards], [30, 8, 15, 2]);
  for (const argv of [
    ['--minutes', '241'],
    ['--minutes', '0'],
    ['--shards', '-1'],
    ['--shards', '1.5'],
    ['--scenes', '1001'],
  ]) {
    assert.throws(() => readOptions(['soak', ...argv]), BenchUsageError, argv.join(' '));
  }
  assert.throws(() => readOptions(['compare', 'soak']), BenchUsageError);
});

test('a short soak of a real square ends by itself and finds nothing', async () => {
  const options = readOptions(['soak', '--minutes', '0.05', '--scenes', '2', '--walkers', '4', '--shards', '0']);
  const figures = await RUNS.soak(options.server, options);
  assert.deepEqual([figures['faults'], figures['ghosts'], process.exitCode], [0, 0, undefined]);
  assert.ok((figures['joins'] ?? 0) > 4);
  assert.equal(figures['joins'], figures['leaves']);
});
