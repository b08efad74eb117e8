import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import test from 'node:test';
import * as fc from 'fast-check';
import { answerChallenge, challengeFrom, digester } from '../../../public/widget/net/proof-of-work.ts';
import { isSolution } from '../../../src/moderation/proof-of-work.ts';

const salt = '0123456789abcdef0123456789abcdef';
const frameWith = (fields: object): string => JSON.stringify({ type: 'challenge', ...fields });

test('the widget’s SHA-256 is SHA-256, for every text it may meet', () => {
  const firstWordOf = digester();
  const text = fc.stringMatching(/^[0-9a-f:xyz~ ]{0,55}$/);
  fc.assert(
    fc.property(text, (given) => {
      assert.equal(firstWordOf(given), createHash('sha256').update(given).digest().readInt32BE(0));
    }),
    { numRuns: 500 },
  );
});

test('8: what the widget finds is what a square accepts, at the classic difficulty', () => {
  for (let each = 0; each < 3; each += 1) {
    const fresh = randomBytes(16).toString('hex');
    const waiting: (() => void)[] = [];
    const answers: string[] = [];
    answerChallenge(
      frameWith({ salt: fresh, difficulty: 15 }),
      (run) => void waiting.push(run),
      () => true,
      (text) => void answers.push(text),
    );
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) run();
    const { type, nonce }: { type: string; nonce: string } = JSON.parse(answers[0] ?? '');
    assert.equal(type, 'solve');
    assert.equal(answers.length, 1);
    assert.ok(isSolution(fresh, nonce, 15));
  }
});

test('the page gets its turn between slices, and a closed socket ends the work', () => {
  let isWanted = true;
  const waiting: (() => void)[] = [];
  answerChallenge(
    frameWith({ salt, difficulty: 24 }),
    (run) => void waiting.push(run),
    () => isWanted,
    () => assert.fail('24 bits are not found in a slice'),
  );
  assert.equal(waiting.length, 1);
  isWanted = false;
  waiting[0]?.();
  assert.equal(waiting.length, 1);
});

test('a challenge that cannot be meant is not worked on, and too hard a one is met half-way', () => {
  assert.deepEqual(challengeFrom(frameWith({ salt, difficulty: 15 })), { salt, difficulty: 15 });
  assert.deepEqual(challengeFrom(frameWith({ salt, difficulty: 99 })), { salt, difficulty: 24 });
  for (const frame of [
    frameWith({ salt: 'short', difficulty: 15 }),
    frameWith({ salt }),
    frameWith({ salt: 7, difficulty: 15 }),
    `${frameWith({ salt, difficulty: 15 })}}`,
    '',
  ]) {
    assert.equal(challengeFrom(frame), undefined);
  }
});
