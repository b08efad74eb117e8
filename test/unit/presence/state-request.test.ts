import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSquareKey } from '../../../federation/node/identity.ts';
import { createPeerKeys } from '../../../federation/node/peer-keys.ts';
import { encodeCbor } from '../../../federation/node/strict-cbor.ts';
import {
  decodeStateQuestion,
  encodeStateQuestion,
  openStateAnswer,
  sealStateAnswer,
  STATE_LIMITS,
  STATE_SUMMARIES_MAX,
} from '../../../federation/presence/state-request.ts';
import { SUMMARY_MAX_BYTES } from '../../../federation/presence/summary.ts';

const [key, other] = await Promise.all([generateSquareKey(), generateSquareKey()]);
const peerKeys = createPeerKeys();
const verify = (body: Uint8Array, signature: Uint8Array) => peerKeys.verify(key.square, body, signature);
const question = { ring: 'ab'.repeat(32), nonce: new Uint8Array(16).fill(7) };
const summaries = [new Uint8Array(5).fill(1), new Uint8Array(6).fill(2)];

test('a question and its answer arrive as they were sent', () => {
  assert.deepEqual(decodeStateQuestion(encodeStateQuestion(question)), question);
  assert.deepEqual(openStateAnswer(sealStateAnswer(question, summaries, key), question, verify), summaries);
});

test('an answer to another question, of another ring or by another square is no answer', () => {
  const elsewhere = { ...question, ring: 'cd'.repeat(32) };
  const earlier = { ...question, nonce: new Uint8Array(16).fill(8) };
  assert.equal(openStateAnswer(sealStateAnswer(earlier, summaries, key), question, verify), undefined);
  assert.equal(openStateAnswer(sealStateAnswer(elsewhere, summaries, key), question, verify), undefined);
  assert.equal(openStateAnswer(sealStateAnswer(question, summaries, other), question, verify), undefined);
});

test('the fullest answer fits its limit, and more summaries than that are not sent', () => {
  const full = Array.from({ length: STATE_SUMMARIES_MAX + 5 }, () => new Uint8Array(SUMMARY_MAX_BYTES));
  const bytes = sealStateAnswer(question, full, key);
  assert.ok(bytes.byteLength <= STATE_LIMITS.answerMaxBytes);
  assert.equal(openStateAnswer(bytes, question, verify)?.length, STATE_SUMMARIES_MAX);
});

test('a signed answer with anything else in it is no answer', () => {
  const body = (change: Record<string, unknown>) =>
    encodeCbor({ d: 'townring/state/1', r: new Uint8Array(32).fill(0xab), n: question.nonce, s: summaries, ...change });
  const sealed = (bytes: Uint8Array) => encodeCbor([bytes, key.sign(bytes)]);
  assert.deepEqual(openStateAnswer(sealed(body({})), question, verify), summaries, 'in order, for comparison');
  for (const change of [{ d: 'townring/summary/1' }, { s: ['text'] }, { s: 'none' }, { more: 1 }]) {
    assert.equal(openStateAnswer(sealed(body(change)), question, verify), undefined, JSON.stringify(change));
  }
  for (const bytes of [encodeStateQuestion(question), new Uint8Array(0), encodeCbor([body({})])]) {
    assert.equal(openStateAnswer(bytes, question, verify), undefined);
  }
});
