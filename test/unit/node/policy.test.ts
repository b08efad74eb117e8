import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGER_PERIOD_MS, redialDelayMs } from '../../../federation/node/back-off.ts';
import { BANISHMENT_MS, createConduct, SCORE_THRESHOLDS } from '../../../federation/node/conduct.ts';
import { decodeCbor, encodeCbor } from '../../../federation/node/strict-cbor.ts';
import { createKeyedBuckets, createTokenBucket } from '../../../federation/node/token-bucket.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('a neighbour is dialled soon, then less often, but at least every 3 s for ten minutes', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 10].map((failures) => redialDelayMs(failures, 0, 0.5)),
    [250, 500, 1_000, 2_000, 2_500, 2_500],
  );
  assert.equal(redialDelayMs(50, EAGER_PERIOD_MS - 1, 0.999_999) <= 3_000, true);
  assert.equal(redialDelayMs(1_000, EAGER_PERIOD_MS, 0.5), 30_000);
  assert.equal(redialDelayMs(4, 0, 0), 2_000);
});

test('a burst passes, then the rate holds', () => {
  const bucket = createTokenBucket({ perSecond: 2, burst: 3 });
  assert.deepEqual(
    [0, 0, 0, 0, 499, 500, 1_000, 10_000, 10_000, 10_000, 10_000].map((nowMs) => bucket.take(nowMs)),
    [true, true, true, false, false, true, true, true, true, true, false],
  );
});

test('limits are kept for a bounded number of neighbours, the one silent for longest forgotten first', () => {
  const buckets = createKeyedBuckets({ perSecond: 0, burst: 1 }, 2);
  assert.equal(buckets.take('a', 0), true);
  assert.equal(buckets.take('b', 0), true);
  assert.equal(buckets.take('a', 0), false);
  assert.equal(buckets.take('c', 0), true, 'b is forgotten now');
  assert.equal(buckets.take('a', 0), false);
  assert.equal(buckets.take('b', 0), true);
});

test('one mistake is forgiven, a stream of them cuts a square off for a minute', () => {
  const clock = new ManualClock();
  const conduct = createConduct(() => clock.monotonic());
  assert.equal(conduct.score('A'), 0);
  const cuts = Array.from({ length: 9 }, () => conduct.blame('A'));
  assert.deepEqual(cuts, [false, false, false, false, false, false, false, false, true]);
  assert.ok(conduct.score('A') < SCORE_THRESHOLDS.graylist);
  assert.equal(conduct.isBanished('A'), true);
  assert.equal(conduct.isBanished('B'), false);
  clock.advance(BANISHMENT_MS);
  assert.equal(conduct.isBanished('A'), false);
  assert.ok(conduct.score('A') > SCORE_THRESHOLDS.gossip, 'and heard again');
  for (let hour = 0; hour < 20; hour += 1) {
    clock.advance(60_000);
    assert.equal(conduct.blame('A'), false, 'a mistake a minute is no offence');
  }
});

test('only the one canonical encoding of a value is decoded', () => {
  const value = { a: 1, bb: [true, null, 'x', new Uint8Array(2)] };
  assert.deepEqual(decodeCbor(encodeCbor(value))?.value, value);
  const refused: readonly (readonly [string, readonly number[]])[] = [
    ['nothing', []],
    ['a cut map', [0xa1, 0x61]],
    ['trailing bytes', [0x01, 0x01]],
    ['a wide integer', [0x18, 0x01]],
    ['a list without a length', [0x9f, 0x01, 0xff]],
    ['a repeated key', [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02]],
    ['keys out of order', [0xa2, 0x61, 0x62, 0x01, 0x61, 0x61, 0x02]],
    ['a key that is no text', [0xa1, 0x01, 0x01]],
    ['a short float', [0xf9, 0x3c, 0x00]],
    ['not a number', [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]],
    ['undefined', [0xf7]],
    ['an unknown tag', [0xc1, 0x01]],
    ['text that is not UTF-8', [0x61, 0xff]],
  ];
  for (const [what, bytes] of refused) assert.equal(decodeCbor(Uint8Array.from(bytes)), undefined, what);
  const deep = new Uint8Array(1_000_000).fill(0x81);
  assert.equal(decodeCbor(deep), undefined, 'a million lists in each other');
});
