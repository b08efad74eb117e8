import assert from 'node:assert/strict';
import test from 'node:test';
import { compared } from '../../../scripts/bench/compare.ts';
import { median, rounded, Times } from '../../../scripts/bench/figures.ts';
import {
  BenchUsageError,
  readHopOptions,
  readOptions,
  readRingOptions,
  targetOf,
} from '../../../scripts/bench/options.ts';

const url = 'ws://127.0.0.1:8787/live';

test('only loopback addresses are driven, however they are spelled', () => {
  for (const good of [
    url,
    'ws://127.8.9.1:1/live',
    'ws://[::1]:80/live',
    'ws://localhost:80/live',
    'ws://0x7f.1/live',
  ]) {
    assert.ok(targetOf(good, undefined).host !== '');
  }
  for (const bad of [
    'ws://square.example/live',
    'ws://127.0.0.1.example/live',
    'ws://192.168.0.1/live',
    'ws://0.0.0.0/live',
    'ws://[::]/live',
    'ws://localhost.example/live',
    'wss://127.0.0.1/live',
    'http://127.0.0.1/live',
    '127.0.0.1',
  ]) {
    assert.throws(() => targetOf(bad, undefined), BenchUsageError, bad);
  }
});

test('a bench is bounded in count and in time', () => {
  for (const argv of [
    ['--walkers', '2001'],
    ['--seconds', '1801'],
    ['--rate', '10001'],
    ['--hz', '26'],
    ['--walkers', '0'],
    ['--walkers', '-5'],
    ['--walkers', 'many'],
    ['--walkers', '1000', '--scenes', '21'],
    ['--pid', '1'],
    ['--pid', 'x'],
    ['--loud', '1'],
  ]) {
    assert.throws(() => readOptions(['fan-out', '--url', url, ...argv]), BenchUsageError, argv.join(' '));
  }
  assert.throws(() => readOptions(['fan-out']), BenchUsageError);
  assert.throws(() => readOptions(['fly', '--url', url]), BenchUsageError);
  assert.throws(() => readOptions(['compare', 'fan-out', '--url', url]), BenchUsageError);
});

test('{n} in a URL counts scenes', () => {
  const { server, walkers } = readOptions([
    'scenes',
    '--url',
    `${url}?siteKey=bench_{n}`,
    '--scenes',
    '3',
    '--walkers',
    '7',
  ]);
  assert.deepEqual(
    server.targets.map(({ path }) => path),
    ['/live?siteKey=bench_0', '/live?siteKey=bench_1', '/live?siteKey=bench_2'],
  );
  assert.equal(walkers, 7);
});

test('quantiles and medians are values that were measured', () => {
  const times = new Times();
  assert.equal(times.quantile(0.5), undefined);
  for (const value of [9, 1, 5, 3]) times.add(value);
  assert.equal(times.quantile(0.5), 5);
  assert.equal(times.quantile(1), 9);
  times.add(0);
  assert.equal(times.quantile(0), 0);
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([]), undefined);
  assert.equal(rounded(0.123456), 0.123);
  assert.equal(rounded(0), 0);
});

test('a comparison shows medians, and ratios only of what can be divided', () => {
  const { first, second, ratios } = compared(
    [
      { p50Ms: 1, lost: 0 },
      { p50Ms: 30, lost: 0 },
      { p50Ms: 2, lost: 0 },
    ],
    [
      { p50Ms: 4, lost: 0 },
      { p50Ms: 4, lost: 0 },
      { p50Ms: 4, lost: 0 },
    ],
  );
  assert.deepEqual(first, { p50Ms: 2, lost: 0 });
  assert.deepEqual(second, { p50Ms: 4, lost: 0 });
  assert.deepEqual(ratios, { p50Ms: 0.5 });
});

test('a ring to measure has 2 to 24 squares, 3 unless told otherwise', () => {
  assert.deepEqual(readRingOptions([]), { squares: 3, seconds: 10 });
  assert.deepEqual(readRingOptions(['--squares', '12', '--seconds', '30']), { squares: 12, seconds: 30 });
  for (const bad of [['--squares', '1'], ['--squares', '25'], ['--squares', 'x'], ['moss'], ['--seconds', '0']]) {
    assert.throws(() => readRingOptions(bad), BenchUsageError, bad.join(' '));
  }
});

test('hops are measured on squares 80 ms apart unless told otherwise, in bounded numbers', () => {
  const usual = { delayMs: 80, hops: 60, watched: [5, 50, 500], guests: [1, 100, 990], seconds: 10 };
  assert.deepEqual(readHopOptions([]), usual);
  assert.deepEqual(
    readHopOptions(['--delay-ms', '0', '--hops', '3', '--watched', '', '--guests', '7', '--seconds', '2']),
    {
      delayMs: 0,
      hops: 3,
      watched: [],
      guests: [7],
      seconds: 2,
    },
  );
  for (const bad of [
    ['--delay-ms', '501'],
    ['--delay-ms', '-1'],
    ['--hops', '2'],
    ['--hops', 'many'],
    ['--guests', '991'],
    ['--guests', '5,5'],
    ['--watched', '0'],
    ['--watched', '5;50'],
    ['--watched', '1,2,3,4,5,6,7'],
    ['moss'],
  ]) {
    assert.throws(() => readHopOptions(bad), BenchUsageError, bad.join(' '));
  }
});
