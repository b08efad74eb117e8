import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyMarginWarning } from '../../../src/ring/key-margin.ts';
import { readRing, ringOf } from '../../support/ring-documents.ts';

const made = ringOf(['moss']);
const ring = readRing(made.documents);
const { admin1, admin2, paper, online } = made.keys;

test('whoever holds so many admin keys that the others could not go on is told ahead what would be lost', () => {
  const warning = keyMarginWarning(ring, [admin1, admin2, online]);
  assert.match(warning ?? '', /holds 2 of the 3 admin keys of "Hedgerow", and a charter takes 2: .*ring succeed/);
  assert.ok(keyMarginWarning(ring, [admin1, admin2, paper]) !== undefined, 'the paper on the same machine is no paper');
});

test('with a key each, or none, nobody is warned', () => {
  assert.equal(keyMarginWarning(ring, [admin1, online]), undefined);
  assert.equal(keyMarginWarning(ring, [online]), undefined);
  assert.equal(keyMarginWarning(ring, []), undefined);
});
