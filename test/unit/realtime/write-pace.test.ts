import assert from 'node:assert/strict';
import test from 'node:test';
import { GATHER_MAX_MS, WritePace } from '../../../src/realtime/write-pace.ts';

const options = { writesPerSecond: 1_000, burst: 100 };

test('a scene at rest writes at once, up to its burst', () => {
  const pace = new WritePace(options);
  assert.equal(pace.waitMs(5_000), 0);
  pace.spend(99, 5_000);
  assert.equal(pace.waitMs(5_000), 0);
  pace.spend(1, 5_000);
  assert.equal(pace.waitMs(5_000.5), 0);
});

test('the more was written, the longer the next write waits, and never above the bound', () => {
  const pace = new WritePace(options);
  pace.spend(110, 0);
  assert.equal(pace.waitMs(0), 10);
  assert.equal(pace.waitMs(4), 6);
  pace.spend(1_000_000, 4);
  assert.equal(pace.waitMs(4), GATHER_MAX_MS);
});

test('no debt outlives the longest wait: after it the scene writes at once again', () => {
  const pace = new WritePace(options);
  pace.spend(1_000_000, 0);
  assert.ok(pace.waitMs(GATHER_MAX_MS) === 0 || pace.waitMs(GATHER_MAX_MS + 1) === 0);
});

test('rest does not save up more than the burst', () => {
  const pace = new WritePace(options);
  assert.equal(pace.waitMs(1e9), 0);
  pace.spend(120, 1e9);
  assert.equal(pace.waitMs(1e9), 20);
});

test('a scene that writes no more than its rate never waits', () => {
  const pace = new WritePace(options);
  for (let now = 0; now < 10_000; now += 8) {
    assert.equal(pace.waitMs(now), 0);
    pace.spend(8, now);
  }
});
