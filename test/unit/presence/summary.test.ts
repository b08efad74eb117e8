import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { generateSquareKey } from '../../../federation/node/identity.ts';
import { createPeerKeys } from '../../../federation/node/peer-keys.ts';
import { decodeCbor, encodeCbor } from '../../../federation/node/strict-cbor.ts';
import {
  parseSummary,
  remoteFigure,
  sealSummary,
  SUMMARY_DOMAIN,
  SUMMARY_MAX_BYTES,
  unsealSummary,
  type Summary,
} from '../../../federation/presence/summary.ts';

const key = await generateSquareKey();
const peerKeys = createPeerKeys();

const summary: Summary = {
  ring: 'ab'.repeat(32),
  site: 'alder',
  epoch: 3,
  seq: 9,
  ts: 1_767_225_600_000,
  versions: { charter: 1, members: 2, beat: 3, head: 0 },
  sharing: 'figures',
  count: 1,
  figures: [{ h: '00ff00ff', x: 255, color: 11, pose: 'wave', walking: true }],
  bye: false,
};
const fullest: Summary = {
  ...summary,
  site: 'a'.repeat(32),
  epoch: Number.MAX_SAFE_INTEGER,
  seq: 2 ** 32 - 1,
  ts: Number.MAX_SAFE_INTEGER,
  versions: { charter: 2 ** 32 - 1, members: 2 ** 32 - 1, beat: 2 ** 32 - 1, head: 2 ** 32 - 1 },
  count: 1_000_000,
  figures: Array.from({ length: 32 }, () => ({ h: 'ffffffff', x: 255, color: 11, pose: 'wave', walking: true })),
};

/** The body's map with something changed, encoded again: what a square could sign that is no summary. */
function spoiled(change: Record<string, unknown>, dropped: readonly string[] = []): Uint8Array {
  const body = unsealSummary(sealSummary(summary, key))?.body;
  assert.ok(body !== undefined);
  const value = decodeCbor(body)?.value;
  assert.ok(typeof value === 'object' && value !== null);
  const map: Record<string, unknown> = { ...value, ...change };
  for (const field of dropped) delete map[field];
  return encodeCbor(map);
}

test('a summary arrives as it was sealed, signed over the bytes that are parsed', () => {
  const sealed = unsealSummary(sealSummary(summary, key));
  assert.ok(sealed !== undefined);
  assert.equal(sealed.author, key.square);
  assert.ok(peerKeys.verify(sealed.author, sealed.body, sealed.signature));
  assert.deepEqual(parseSummary(sealed.body), summary);
  assert.ok(Buffer.from(sealed.body).includes(SUMMARY_DOMAIN), 'the domain is inside the signed bytes');
});

test('the largest legal summary fits the limit', () => {
  const bytes = sealSummary(fullest, key);
  assert.ok(bytes.byteLength <= SUMMARY_MAX_BYTES, `${bytes.byteLength} bytes`);
  const body = unsealSummary(bytes)?.body;
  assert.deepEqual(body === undefined ? undefined : parseSummary(body), fullest);
});

test('a summary holds no name, no id and no address', () => {
  const body = unsealSummary(sealSummary(summary, key))?.body;
  const value = body === undefined ? undefined : decodeCbor(body)?.value;
  assert.deepEqual(Object.keys(value ?? {}).sort(), ['b', 'd', 'e', 'f', 'h', 'n', 'q', 'r', 's', 't', 'v']);
});

const wrong: readonly (readonly [string, Record<string, unknown>])[] = [
  ['another domain', { d: 'townring/state/1' }],
  ['an unknown field', { z: 1 }],
  ['a short ring id', { r: new Uint8Array(31) }],
  ['a ring id as text', { r: 'ab'.repeat(32) }],
  ['an empty site', { s: '' }],
  ['a long site', { s: 'a'.repeat(33) }],
  ['a negative epoch', { e: -1 }],
  ['a fractional epoch', { e: 1.5 }],
  ['an epoch beyond safe integers', { e: 2n ** 60n }],
  ['a seq beyond 32 bits', { q: 2 ** 32 }],
  ['a time as text', { t: 'now' }],
  ['two versions', { v: [1, 2] }],
  ['a negative version', { v: [1, 2, -3] }],
  ['an unknown sharing level', { h: 4 }],
  ['a negative count', { n: -1 }],
  ['an endless count', { n: 1_000_001 }],
  ['33 figures', { f: Array.from({ length: 33 }, () => [new Uint8Array(4), 0, 0, 0, false]) }],
  ['a figure with a fifth of a name', { f: [[new Uint8Array(5), 0, 0, 0, false]] }],
  ['a figure beyond the strip', { f: [[new Uint8Array(4), 256, 0, 0, false]] }],
  ['a figure in a thirteenth colour', { f: [[new Uint8Array(4), 0, 12, 0, false]] }],
  ['a figure in an unknown pose', { f: [[new Uint8Array(4), 0, 0, 4, false]] }],
  ['a figure that walks 1', { f: [[new Uint8Array(4), 0, 0, 0, 1]] }],
  ['a figure with more to say', { f: [[new Uint8Array(4), 0, 0, 0, false, 'Ana']] }],
  ['figures as a map', { f: {} }],
  ['a goodbye of 1', { b: 1 }],
];
for (const [what, change] of wrong) {
  test(`refused though signed: ${what}`, () => assert.equal(parseSummary(spoiled(change)), undefined));
}

test('refused though signed: a missing field', () => assert.equal(parseSummary(spoiled({}, ['b'])), undefined));

test('bytes that mean the same in another encoding are refused', () => {
  const body = unsealSummary(sealSummary(summary, key))?.body;
  assert.ok(body !== undefined);
  assert.equal(parseSummary(Buffer.concat([body, Buffer.of(0)])), undefined, 'trailing byte');
  // The first pair, a one-letter key and a boolean, moved behind the others: the same map in another order.
  const reordered = Buffer.concat([body.subarray(0, 1), body.subarray(4), body.subarray(1, 4)]);
  assert.equal(parseSummary(reordered), undefined);
  // The epoch 3 written in two bytes.
  const at = Buffer.from(body).indexOf(Buffer.from([0x61, 0x65, 0x03]));
  assert.ok(at > 0);
  const wide = Buffer.concat([body.subarray(0, at + 2), Buffer.of(0x18, 0x03), body.subarray(at + 3)]);
  assert.equal(parseSummary(wide), undefined, 'integer wider than needed');
});

test('a figure is shown in the middle of its 256th of the strip', () => {
  assert.equal(remoteFigure({ h: '00000000', x: 0, color: 0, pose: 'stand', walking: false }).x, 0.5 / 256);
  assert.equal(remoteFigure({ h: '00000000', x: 255, color: 0, pose: 'stand', walking: false }).x, 255.5 / 256);
});

test('whatever is sealed is parsed to the same', () => {
  const plain = { noNullPrototype: true };
  const figure = fc.record(
    {
      h: fc.stringMatching(/^[0-9a-f]{8}$/),
      x: fc.integer({ min: 0, max: 255 }),
      color: fc.integer({ min: 0, max: 11 }),
      pose: fc.constantFrom('stand' as const, 'sit' as const, 'lean' as const, 'wave' as const),
      walking: fc.boolean(),
    },
    plain,
  );
  const version = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const summaries = fc.record(
    {
      ring: fc.stringMatching(/^[0-9a-f]{64}$/),
      site: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
      epoch: fc.maxSafeNat(),
      seq: version,
      ts: fc.maxSafeNat(),
      versions: fc.record({ charter: version, members: version, beat: version, head: version }, plain),
      sharing: fc.constantFrom('nothing' as const, 'count' as const, 'figures' as const, 'live' as const),
      count: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
      figures: fc.array(figure, { maxLength: 32 }),
      bye: fc.boolean(),
    },
    plain,
  );
  fc.assert(
    fc.property(summaries, (any) => {
      const sealed = unsealSummary(sealSummary(any, key));
      assert.ok(sealed !== undefined);
      assert.deepEqual(parseSummary(sealed.body), any);
    }),
    { seed: 20261123, numRuns: 200 },
  );
});
