import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import * as fc from 'fast-check';
import { isSolution, leadingZeroBits, ProofOfWork } from '../../../src/moderation/proof-of-work.ts';

const salt = '0123456789abcdef0123456789abcdef';

function solve(ofSalt: string, difficulty: number): string {
  let nonce = 0;
  while (!isSolution(ofSalt, String(nonce), difficulty)) nonce += 1;
  return String(nonce);
}

test('8: zero bits are counted from the most significant bit of the first byte', () => {
  for (const [bytes, bits] of [
    [[0x80], 0],
    [[0x7f], 1],
    [[0x01], 7],
    [[0x00, 0x80], 8],
    [[0x00, 0x01, 0xff], 15],
    [[0x00, 0x00], 16],
  ] as const) {
    assert.equal(leadingZeroBits(Uint8Array.from(bytes)), bits);
  }
});

test('8: a nonce is right when SHA-256 of salt, colon, nonce begins with the zero bits', () => {
  const nonce = solve(salt, 10);
  const digest = createHash('sha256').update(`${salt}:${nonce}`).digest();
  assert.equal(digest.readUInt16BE(0) >> 6, 0);
  assert.equal(isSolution(salt, nonce, 257), false);
  assert.equal(isSolution(salt, 'anything', 0), true);
});

test('8: a harder answer is good for an easier question, never the other way round', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 12 }), (nonce, bits) => {
      if (isSolution(salt, nonce, bits)) assert.ok(isSolution(salt, nonce, bits - 1));
    }),
  );
});

test('8: the right answer gives back what was held, once', () => {
  const proof = new ProofOfWork<string>();
  assert.deepEqual(proof.answer('0'), { kind: 'not-asked' });
  proof.ask(salt, 6, 'init');
  assert.equal(proof.isProven, false);
  assert.deepEqual(proof.answer(solve(salt, 6)), { kind: 'proven', held: 'init' });
  assert.equal(proof.isProven, true);
  assert.deepEqual(proof.answer(solve(salt, 6)), { kind: 'not-asked' });
});

test('8: a second question makes the first one worthless and holds the newer message', () => {
  const other = 'f'.repeat(32);
  const proof = new ProofOfWork<string>();
  proof.ask(salt, 6, 'first');
  proof.ask(other, 6, 'second');
  assert.deepEqual(proof.answer(solve(other, 6)), { kind: 'proven', held: 'second' });
});

test('8: a wrong answer, or none that can be looked at, is the end', () => {
  for (const nonce of ['wrong', undefined]) {
    const proof = new ProofOfWork<string>();
    proof.ask(salt, 200, 'init');
    assert.deepEqual(proof.answer(nonce), { kind: 'wrong' });
    assert.equal(proof.isProven, false);
    assert.deepEqual(proof.answer(nonce), { kind: 'not-asked' });
  }
});
