import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodeCbor } from '../../../federation/node/strict-cbor.ts';
import {
  decodeOffer,
  decodeOfferAnswer,
  encodeOffer,
  encodeOfferAnswer,
  OFFER_LIMITS,
  type Offer,
} from '../../../federation/passage/offer.ts';

const plain = { noNullPrototype: true };
const offers = fc.record(
  {
    ring: fc.stringMatching(/^[0-9a-f]{64}$/),
    plate: fc.record({ name: fc.string({ maxLength: 18 }), look: fc.integer({ min: 0, max: 575 }) }, plain),
    fromSite: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
    toSite: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
    side: fc.constantFrom('left' as const, 'right' as const),
  },
  plain,
);

test('an offer arrives as it was sent, within 256 bytes', () => {
  fc.assert(
    fc.property(offers, (offer) => {
      const bytes = encodeOffer(offer);
      assert.ok(bytes.byteLength <= OFFER_LIMITS.questionMaxBytes);
      assert.deepEqual(decodeOffer(bytes), offer);
    }),
    { seed: 20261123, numRuns: 200 },
  );
  const longest: Offer = {
    ring: 'ff'.repeat(32),
    plate: { name: '\u{ffff}'.repeat(18), look: 575 },
    fromSite: 'a'.repeat(32),
    toSite: 'b'.repeat(32),
    side: 'right',
  };
  assert.ok(encodeOffer(longest).byteLength <= 256);
});

test('an answer arrives as it was given', () => {
  for (const answer of [
    { ok: true, code: 'A'.repeat(22) },
    { ok: false, reason: 'closed' },
    { ok: false, reason: 'busy' },
    { ok: false, reason: 'unknown' },
  ] as const) {
    assert.deepEqual(decodeOfferAnswer(encodeOfferAnswer(answer)), answer);
  }
});

test('an offer with anything out of order is none', () => {
  const fields = {
    r: new Uint8Array(32),
    n: 'Ana',
    l: 3,
    f: 'alder',
    t: 'birch',
    s: 1,
  };
  assert.ok(decodeOffer(encodeCbor(fields)) !== undefined, 'in order, for comparison');
  const wrong: readonly Record<string, unknown>[] = [
    { n: 'A'.repeat(19) },
    { n: 5 },
    { l: 576 },
    { l: -1 },
    { l: 1.5 },
    { f: '' },
    { t: 'x'.repeat(33) },
    { s: 2 },
    { s: 'left' },
    { r: new Uint8Array(33) },
    { extra: true },
  ];
  for (const change of wrong) {
    assert.equal(decodeOffer(encodeCbor({ ...fields, ...change })), undefined, JSON.stringify(change));
  }
});

test('an answer that is neither a code nor a known refusal is none', () => {
  for (const value of [{}, { c: new Uint8Array(15) }, { n: 3 }, { n: -1 }, { c: new Uint8Array(16), n: 0 }, [], null]) {
    assert.equal(decodeOfferAnswer(encodeCbor(value)), undefined);
  }
});
