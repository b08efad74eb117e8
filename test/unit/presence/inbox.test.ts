import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSquareKey, type SquareKey } from '../../../federation/node/identity.ts';
import { createPeerKeys } from '../../../federation/node/peer-keys.ts';
import { encodeCbor } from '../../../federation/node/strict-cbor.ts';
import type { Verdict } from '../../../federation/node/square-node.ts';
import { siteTopic } from '../../../federation/node/topics.ts';
import { createInbox, type SummaryReason } from '../../../federation/presence/inbox.ts';
import { createRegister } from '../../../federation/presence/register.ts';
import { sealSummary, unsealSummary, type Summary } from '../../../federation/presence/summary.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RING, summaryOf } from '../../support/presence-frames.ts';

const [alder, birch, relay, outsider] = await Promise.all([
  generateSquareKey(),
  generateSquareKey(),
  generateSquareKey(),
  generateSquareKey(),
]);
const hosts = new Map([
  ['alder', alder.square],
  ['birch', birch.square],
  ['far', relay.square],
]);

function rig() {
  const clock = new ManualClock();
  const peerKeys = createPeerKeys();
  const register = createRegister(clock, () => {});
  const members = new Set([alder.square, birch.square, relay.square]);
  const inbox = createInbox({
    ring: RING,
    clock,
    register,
    isMember: (square) => members.has(square),
    hostOf: (site) => hosts.get(site),
    isOfInterest: (site) => site !== 'far',
    membersVersion: () => 1,
    verify: (square, bytes, signature) => peerKeys.verify(square, bytes, signature),
  });
  const seal = (key: SquareKey, change: Partial<Summary> = {}): Uint8Array =>
    sealSummary(summaryOf('alder', { epoch: 5, seq: 10, ts: clock.now(), ...change }), key);
  return { clock, register, inbox, seal, members };
}

const topic = siteTopic(RING, 'alder');

/** The signature stays, the body is cut short, extended or flipped. */
function tampered(bytes: Uint8Array): Uint8Array {
  const sealed = unsealSummary(bytes);
  assert.ok(sealed !== undefined);
  const body = Uint8Array.from(sealed.body);
  body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
  return encodeCbor([alder.publicKey, body, sealed.signature]);
}

type Seal = ReturnType<typeof rig>['seal'];
type Row = readonly [
  what: string,
  source: string,
  bytes: (seal: Seal) => Uint8Array,
  verdict: Verdict,
  reason: SummaryReason,
  on?: string,
];
const RELAYED = relay.square;
const table: readonly Row[] = [
  ['its own site, from the author', alder.square, (seal) => seal(alder), 'accept', 'accepted'],
  ['its own site, passed on by another', RELAYED, (seal) => seal(alder), 'accept', 'accepted'],
  ["somebody else's site, from the author", birch.square, (seal) => seal(birch), 'reject', 'wrong-publisher'],
  ["somebody else's site, passed on: lists may differ", RELAYED, (seal) => seal(birch), 'ignore', 'wrong-publisher'],
  ['an author outside the list, passed on', RELAYED, (seal) => seal(outsider), 'ignore', 'non-member'],
  ['an author outside the list, from itself', outsider.square, (seal) => seal(outsider), 'reject', 'non-member'],
  ['a changed body', RELAYED, (seal) => tampered(seal(alder)), 'reject', 'bad-signature'],
  [
    "another key's signature under the author's name",
    RELAYED,
    (seal) => seal({ ...relay, publicKey: alder.publicKey }),
    'reject',
    'bad-signature',
  ],
  ['more than 1,024 bytes', RELAYED, () => new Uint8Array(1_025), 'reject', 'oversize'],
  ['no dag-cbor', RELAYED, () => Buffer.from('{"ring":"json"}'), 'reject', 'undecodable'],
  ['nothing', RELAYED, () => new Uint8Array(0), 'reject', 'undecodable'],
  [
    'signed, but no summary',
    RELAYED,
    () => {
      const body = encodeCbor({ d: 'townring/summary/1' });
      return encodeCbor([alder.publicKey, body, alder.sign(body)]);
    },
    'reject',
    'undecodable',
  ],
  ['of another ring', RELAYED, (seal) => seal(alder, { ring: 'cd'.repeat(32) }), 'reject', 'wrong-topic'],
  ['on the topic of another site', RELAYED, (seal) => seal(alder), 'reject', 'wrong-topic', siteTopic(RING, 'birch')],
  [
    'of a site too far along the ring',
    RELAYED,
    (seal) => seal(relay, { site: 'far' }),
    'ignore',
    'not-of-interest',
    siteTopic(RING, 'far'),
  ],
  [
    'of a site that is in no list here',
    RELAYED,
    (seal) => seal(alder, { site: 'gone' }),
    'ignore',
    'not-of-interest',
    siteTopic(RING, 'gone'),
  ],
];
for (const [what, source, bytes, verdict, reason, on = topic] of table) {
  test(`a summary ${what}: ${verdict}, ${reason}`, () => {
    const { inbox, seal } = rig();
    const judgement = inbox.judge(on, source, bytes(seal));
    assert.deepEqual([judgement.verdict, judgement.reason], [verdict, reason]);
  });
}

test('a square that hosts a site by a newer list than ours is not blamed for that', () => {
  const { inbox, seal } = rig();
  const versions = { charter: 1, members: 2, beat: 2, head: 0 };
  const { verdict, reason, verified } = inbox.judge(topic, birch.square, seal(birch, { versions }));
  assert.deepEqual([verdict, reason], ['ignore', 'wrong-publisher']);
  assert.equal(verified?.author, birch.square, 'so that it can be asked for the list');
});

test('a clock more than a minute off is ignored, on either side', () => {
  for (const [offMs, reason] of [
    [-60_001, 'skewed'],
    [-60_000, 'accepted'],
    [60_000, 'accepted'],
    [60_001, 'skewed'],
  ] as const) {
    const { clock, inbox, seal } = rig();
    const judgement = inbox.judge(topic, alder.square, seal(alder, { ts: clock.now() + offMs }));
    assert.equal(judgement.reason, reason, `${offMs} ms`);
    assert.notEqual(judgement.verdict, 'reject');
  }
});

test('what is old, doubled or contradicts itself is ignored and told apart', () => {
  const { inbox, seal } = rig();
  const first = seal(alder);
  assert.equal(inbox.judge(topic, alder.square, first).reason, 'accepted');
  const reasons = [first, seal(alder, { count: 2 }), seal(alder, { seq: 9 }), seal(alder, { epoch: 4 })].map(
    (bytes) => {
      const { verdict, reason } = inbox.judge(topic, relay.square, bytes);
      assert.equal(verdict, 'ignore');
      return reason;
    },
  );
  assert.deepEqual(reasons, ['duplicate', 'equivocation', 'stale', 'stale']);
});

test('a site that publishes too often is thinned without blame, and its goodbye still heard', () => {
  const { inbox, seal, register } = rig();
  const reasons = Array.from({ length: 40 }, (_, seq) => inbox.judge(topic, alder.square, seal(alder, { seq })).reason);
  assert.equal(reasons.filter((reason) => reason === 'accepted').length, 20);
  assert.equal(reasons.at(-1), 'too-often');
  assert.equal(inbox.judge(topic, alder.square, seal(alder, { seq: 99, bye: true })).reason, 'accepted');
  assert.equal(register.heard('alder').state, 'dark');
});

test('a link that floods is blamed before anything is verified', () => {
  const { inbox, clock } = rig();
  const garbage = new Uint8Array(10);
  const reasons = Array.from({ length: 300 }, () => inbox.judge(topic, birch.square, garbage).reason);
  assert.equal(reasons.filter((reason) => reason === 'flood').length, 100);
  assert.equal(inbox.judge(topic, alder.square, garbage).reason, 'undecodable', 'others are heard meanwhile');
  clock.advance(1_000);
  assert.equal(inbox.judge(topic, birch.square, garbage).reason, 'undecodable', 'and it again, after a while');
});

test('who was shown out is not heard any more, whoever passes it on', () => {
  const { inbox, seal, members } = rig();
  members.delete(alder.square);
  const { verdict, reason } = inbox.judge(topic, relay.square, seal(alder));
  assert.deepEqual([verdict, reason], ['ignore', 'non-member']);
});

test("a state answer holds the answering square's own summaries and nobody else's", () => {
  const { inbox, seal } = rig();
  assert.equal(inbox.judgeAnswered(alder.square, seal(alder)).reason, 'accepted');
  assert.deepEqual(inbox.judgeAnswered(birch.square, seal(alder, { seq: 11 })), {
    verdict: 'reject',
    reason: 'wrong-publisher',
  });
});
