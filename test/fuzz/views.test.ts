/** Everything of a live view that meets foreign bytes: what the looking square says, and what the other shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodeCbor } from '../../federation/node/strict-cbor.ts';
import {
  decodeLookerMessage,
  decodeViewMessage,
  encodeLookerMessage,
  encodeViewMessage,
  LOOKERS_MAX,
  VIEW_ENDS,
  VIEW_FIGURES_MAX,
  VIEW_LINES_MAX,
  type LookerMessage,
  type ViewMessage,
} from '../../federation/passage/view-messages.ts';
import { POSES } from '../../federation/types.ts';
import { fuzzRuns, spoilt } from '../support/fuzzing.ts';

const RUNS = fuzzRuns(1_500);

/** Records that compare equal to object literals. */
const plain = { noNullPrototype: true };

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => Buffer.from(raw).toString('hex'));
const siteId = fc.string({ minLength: 1, maxLength: 32 });
const lookerMessage: fc.Arbitrary<LookerMessage> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('open' as const),
      ring: hex(32),
      fromSite: siteId,
      site: siteId,
      side: fc.constantFrom('left' as const, 'right' as const),
    },
    plain,
  ),
  fc.record({ kind: fc.constant('lookers' as const), count: fc.nat(LOOKERS_MAX) }, plain),
);
const figure = fc.record(
  {
    h: hex(4),
    x: fc.nat(65_535).map((step) => step / 65_535),
    color: fc.nat(11),
    pose: fc.constantFrom(...POSES),
    walking: fc.boolean(),
    name: fc.string({ maxLength: 18 }),
    look: fc.nat(575),
  },
  { ...plain, requiredKeys: ['h', 'x', 'color', 'pose', 'walking'] },
);
const viewMessage: fc.Arbitrary<ViewMessage> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('change' as const),
      isWhole: fc.boolean(),
      count: fc.nat(1_000_000),
      figures: fc.array(figure, { maxLength: 5 }),
      gone: fc.array(hex(4), { maxLength: 5 }),
      said: fc.array(fc.record({ h: hex(4), text: fc.string({ minLength: 1, maxLength: 140 }) }, plain), {
        maxLength: 3,
      }),
    },
    plain,
  ),
  fc.record({ kind: fc.constant('end' as const), reason: fc.constantFrom(...VIEW_ENDS) }, plain),
);

test('what a looking square says, and what it is shown, arrives as it was sent', () => {
  fc.assert(
    fc.property(lookerMessage, (message) => {
      assert.deepEqual(decodeLookerMessage(encodeLookerMessage(message)), message);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(viewMessage, (message) => {
      assert.deepEqual(decodeViewMessage(encodeViewMessage(message)), message);
    }),
    RUNS,
  );
});

test('what is no message of a view is refused without a throw, and what is taken has one spelling', () => {
  const lookers = lookerMessage.chain((message) => spoilt(encodeLookerMessage(message)));
  const shown = viewMessage.chain((message) => spoilt(encodeViewMessage(message)));
  fc.assert(
    fc.property(lookers, (bytes) => {
      const read = decodeLookerMessage(bytes);
      if (read !== undefined) assert.deepEqual(Buffer.from(encodeLookerMessage(read)), Buffer.from(bytes));
    }),
    RUNS,
  );
  fc.assert(
    fc.property(shown, (bytes) => {
      const read = decodeViewMessage(bytes);
      if (read !== undefined) assert.deepEqual(Buffer.from(encodeViewMessage(read)), Buffer.from(bytes));
    }),
    RUNS,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeLookerMessage(bytes);
      decodeViewMessage(bytes);
    }),
    RUNS,
  );
});

test('a view with more in it than one may hold is refused as a whole', () => {
  const h = new Uint8Array(4);
  const one = [h, 0, 0, 0, false, null, null];
  const view = (figures: number, gone: number, lines: number) =>
    decodeViewMessage(
      encodeCbor([
        0,
        true,
        1,
        Array.from({ length: figures }, () => one),
        Array.from({ length: gone }, () => h),
        Array.from({ length: lines }, () => [h, 'a']),
      ]),
    );
  assert.notEqual(view(VIEW_FIGURES_MAX, VIEW_FIGURES_MAX, VIEW_LINES_MAX), undefined);
  assert.equal(view(VIEW_FIGURES_MAX + 1, 0, 0), undefined);
  assert.equal(view(0, VIEW_FIGURES_MAX + 1, 0), undefined);
  assert.equal(view(0, 0, VIEW_LINES_MAX + 1), undefined);
  for (const count of [LOOKERS_MAX + 1, -1, 0.5, '1', null]) {
    assert.equal(decodeLookerMessage(encodeCbor([1, count])), undefined, String(count));
  }
});
