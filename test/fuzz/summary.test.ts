/** Every decoder of the live federation that meets foreign bytes: answers or refuses, never throws, believes no forgery. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeDocumentsQuestion, encodeDocumentsQuestion } from '../../federation/node/document-pull.ts';
import { generateSquareKey } from '../../federation/node/identity.ts';
import { createPeerKeys } from '../../federation/node/peer-keys.ts';
import { decodeCbor, encodeCbor } from '../../federation/node/strict-cbor.ts';
import { siteTopic } from '../../federation/node/topics.ts';
import { decodeOffer, decodeOfferAnswer, encodeOffer, encodeOfferAnswer } from '../../federation/passage/offer.ts';
import { createInbox } from '../../federation/presence/inbox.ts';
import { createRegister } from '../../federation/presence/register.ts';
import {
  decodeStateQuestion,
  encodeStateQuestion,
  openStateAnswer,
  sealStateAnswer,
} from '../../federation/presence/state-request.ts';
import {
  decodeDigestsQuestion,
  decodeHeldDigests,
  encodeDigestsQuestion,
  encodeHeldDigests,
} from '../../federation/presence/digest-answer.ts';
import { parseDigest, sealDigest } from '../../federation/presence/digest.ts';
import { parseSummary, sealSummary, unsealSummary } from '../../federation/presence/summary.ts';
import { fuzzRuns, spoilt } from '../support/fuzzing.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { digestOf, RING, summaryOf } from '../support/presence-frames.ts';

const RUNS = fuzzRuns(2_000);
const key = await generateSquareKey();
const peerKeys = createPeerKeys();
const question = { ring: RING, nonce: new Uint8Array(16) };
const verify = (body: Uint8Array, signature: Uint8Array) => peerKeys.verify(key.square, body, signature);
const TS = new ManualClock().now();
const figure = { h: '01020304', x: 9, color: 1, pose: 'stand', walking: false } as const;
const summary = sealSummary(summaryOf('alder', { seq: 1, ts: TS, count: 2, figures: [figure] }), key);
const body = unsealSummary(summary)?.body ?? summary;
const counts = [
  { site: 'alder', count: 2 },
  { site: 'birch', count: null },
];
const digest = sealDigest(digestOf({ seq: 1, ts: TS, counts }), key);
const digestBody = unsealSummary(digest)?.body ?? digest;
const answer = sealStateAnswer(question, [summary], key);

function inbox() {
  const clock = new ManualClock();
  return createInbox({
    ring: RING,
    clock,
    register: createRegister(clock, () => {}),
    isMember: () => true,
    hostOf: () => key.square,
    isOfInterest: () => true,
    membersVersion: () => 1,
    verify: (square, bytes, signature) => peerKeys.verify(square, bytes, signature),
  });
}

const doors: Readonly<Record<string, { readonly sample: Uint8Array; readonly open: (bytes: Uint8Array) => unknown }>> =
  {
    cbor: { sample: body, open: decodeCbor },
    'sealed summary': { sample: summary, open: unsealSummary },
    'summary body': { sample: body, open: parseSummary },
    'digest body': { sample: digestBody, open: parseDigest },
    'digests question': {
      sample: encodeDigestsQuestion({ ring: RING, region: 3 }),
      open: decodeDigestsQuestion,
    },
    'digests answer': { sample: encodeHeldDigests([{ ageMs: 9, bytes: digest }]), open: decodeHeldDigests },
    'state question': { sample: encodeStateQuestion(question), open: decodeStateQuestion },
    'state answer': { sample: answer, open: (bytes) => openStateAnswer(bytes, question, verify) },
    offer: {
      sample: encodeOffer({ ring: RING, plate: { name: 'Ana', look: 1 }, fromSite: 'a', toSite: 'b', side: 'left' }),
      open: decodeOffer,
    },
    'offer answer': { sample: encodeOfferAnswer({ ok: true, code: 'A'.repeat(22) }), open: decodeOfferAnswer },
    'documents question': {
      sample: encodeDocumentsQuestion({ ring: RING, have: { charter: 1, members: 1, beat: 1, head: 0 } }),
      open: decodeDocumentsQuestion,
    },
  };

for (const [name, { sample, open }] of Object.entries(doors)) {
  test(`${name}: what is in order is taken, anything else refused without a throw`, () => {
    assert.notEqual(open(sample), undefined);
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 1_100 }), spoilt(sample));
    fc.assert(
      fc.property(bytes, (any) => {
        open(any);
      }),
      RUNS,
    );
  });
}

test('values of every shape, properly encoded, are refused without a throw', () => {
  const values = fc.anything({ withBigInt: true, maxDepth: 4 }).map((value) => {
    try {
      return encodeCbor(value);
    } catch {
      return new Uint8Array(0);
    }
  });
  fc.assert(
    fc.property(values, (bytes) => {
      for (const { open } of Object.values(doors)) open(bytes);
    }),
    RUNS,
  );
});

test('no summary that was changed on its way is ever shown', () => {
  fc.assert(
    fc.property(spoilt(summary), (bytes) => {
      const isWhole = Buffer.compare(bytes, summary) === 0;
      const { verdict, reason } = inbox().judge(siteTopic(RING, 'alder'), 'relay', bytes);
      assert.equal(verdict === 'accept', isWhole, reason);
    }),
    RUNS,
  );
});

test('no state answer that was changed on its way is believed', () => {
  fc.assert(
    fc.property(spoilt(answer), (bytes) => {
      const isWhole = Buffer.compare(bytes, answer) === 0;
      assert.equal(openStateAnswer(bytes, question, verify) !== undefined, isWhole);
    }),
    RUNS,
  );
});
