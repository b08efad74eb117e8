import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSquareKey, type SquareKey } from '../../../federation/node/identity.ts';
import { createPeerKeys } from '../../../federation/node/peer-keys.ts';
import {
  DIGEST_MAX_BYTES,
  DIGEST_SITES_MAX,
  parseDigest,
  sealDigest,
  type Digest,
} from '../../../federation/presence/digest.ts';
import { createDigests } from '../../../federation/presence/digests.ts';
import { unsealSummary } from '../../../federation/presence/summary.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { digestOf, RING } from '../../support/presence-frames.ts';
import { seededBytes } from '../../support/ring-documents.ts';

const [ours, alder, birch, outsider] = await Promise.all([
  generateSquareKey(),
  generateSquareKey(),
  generateSquareKey(),
  generateSquareKey(),
]);
const hosts = new Map([
  ['mine', ours.square],
  ['alder', alder.square],
  ['birch', birch.square],
]);
const squares = [ours.square, alder.square, birch.square];
const region = { index: 0, squares, links: [] };

function rig() {
  const clock = new ManualClock();
  const peerKeys = createPeerKeys();
  const sent: Uint8Array[] = [];
  const reasons: string[] = [];
  const heardOwn: number[] = [];
  const digests = createDigests({
    ring: RING,
    self: ours.square,
    epoch: 3,
    signer: ours,
    clock,
    random: seededBytes('digests'),
    versions: () => ({ charter: 1, members: 2, beat: 3, head: 0 }),
    counts: () => [{ site: 'mine', count: 4 }],
    isMember: (square) => squares.includes(square),
    hostOf: (site) => hosts.get(site),
    verify: (square, bytes, signature) => peerKeys.verify(square, bytes, signature),
    send: async (_topic, bytes) => void sent.push(bytes),
    count: (reason) => reasons.push(reason),
    noteVersions() {},
    heardOwnKey: (_bytes, ts) => void heardOwn.push(ts),
  });
  digests.follow(region);
  const seal = (key: SquareKey, change: Partial<Digest> = {}): Uint8Array =>
    sealDigest(digestOf({ ts: clock.now(), ...change }), key);
  const judge = (source: SquareKey, bytes: Uint8Array) => [digests.judge(source.square, bytes), reasons.at(-1)];
  return { clock, digests, sent, heardOwn, seal, judge };
}

test('a square tells its region how many are at its sites, first within two seconds, then every 10 s ± 20 %', () => {
  const { clock, sent } = rig();
  clock.advance(1_300);
  assert.equal(sent.length, 1);
  const sealed = unsealSummary(sent[0] ?? new Uint8Array());
  assert.equal(sealed?.author, ours.square);
  const digest = parseDigest(sealed?.body ?? new Uint8Array());
  assert.deepEqual(digest?.counts, [{ site: 'mine', count: 4 }]);
  assert.deepEqual(
    [digest?.epoch, digest?.seq, digest?.versions],
    [3, 0, { charter: 1, members: 2, beat: 3, head: 0 }],
  );
  clock.advance(600_000);
  assert.ok(sent.length >= 51 && sent.length <= 76, `${sent.length} in ten minutes`);
});

test('a newcomer is told soon, and a hundred newcomers with one digest', () => {
  const { clock, sent, digests } = rig();
  clock.advance(1_300);
  for (let count = 0; count < 100; count += 1) digests.listenerCame();
  clock.advance(1_300);
  assert.equal(sent.length, 2);
  digests.stop();
  clock.advance(60_000);
  assert.equal(sent.length, 2);
  assert.equal(clock.pendingTimers, 0);
});

test('what a square of the region says is shown live, then dim, then dark; what nobody said is unknown', () => {
  const { clock, digests, seal, judge } = rig();
  assert.deepEqual(digests.sight('alder'), { state: 'unknown' });
  assert.deepEqual(judge(birch, seal(alder)), ['accept', 'accepted']);
  assert.deepEqual(digests.sight('alder'), { state: 'live', count: 7 });
  clock.advance(30_001);
  assert.deepEqual(digests.sight('alder'), { state: 'dim', count: 7 });
  clock.advance(30_000);
  assert.deepEqual(digests.sight('alder'), { state: 'dark' });
  assert.deepEqual(digests.sight('birch'), { state: 'unknown' });
});

test('an older digest never replaces a newer one, and a site that shares nothing has no number', () => {
  const { digests, seal, judge } = rig();
  assert.deepEqual(judge(alder, seal(alder, { epoch: 2, seq: 5 })), ['accept', 'accepted']);
  for (const [epoch, seq] of [
    [2, 5],
    [2, 4],
    [1, 900],
  ] as const) {
    assert.deepEqual(judge(alder, seal(alder, { epoch, seq, counts: [{ site: 'alder', count: 99 }] })), [
      'ignore',
      'stale',
    ]);
  }
  assert.deepEqual(digests.sight('alder'), { state: 'live', count: 7 });
  judge(alder, seal(alder, { epoch: 3, counts: [{ site: 'alder', count: null }] }));
  assert.deepEqual(digests.sight('alder'), { state: 'live' });
});

test('nobody counts for others: strangers, other sites, forged, foreign, skewed, oversize and flooding digests show nothing', () => {
  const { clock, digests, seal, judge } = rig();
  const good = seal(alder);
  const flipped = Uint8Array.from(good);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  assert.deepEqual(judge(birch, seal(outsider)), ['ignore', 'non-member'], 'a relay may know another list');
  assert.deepEqual(judge(outsider, seal(outsider)), ['reject', 'non-member']);
  assert.deepEqual(judge(birch, seal(birch)), ['ignore', 'wrong-publisher']);
  assert.deepEqual(judge(birch, flipped), ['reject', 'bad-signature']);
  assert.deepEqual(judge(birch, seal(alder, { ring: 'ef'.repeat(32) })), ['reject', 'wrong-ring']);
  assert.deepEqual(judge(birch, seal(alder, { ts: clock.now() - 61_000 })), ['ignore', 'skewed']);
  assert.deepEqual(judge(birch, new Uint8Array(DIGEST_MAX_BYTES + 1)), ['reject', 'oversize']);
  assert.deepEqual(judge(birch, new Uint8Array(9)), ['reject', 'undecodable']);
  assert.deepEqual(digests.sight('alder'), { state: 'unknown' });
  const last = Array.from({ length: 20 }, (_, seq) => judge(birch, seal(alder, { epoch: 9, seq }))).at(-1);
  assert.deepEqual(last, ['ignore', 'too-often']);
  const flood = Array.from({ length: 700 }, () => judge(birch, good)).at(-1);
  assert.deepEqual(flood, ['reject', 'flood']);
});

test('whatever comes under our own signature is told, and never shown', () => {
  const { clock, digests, heardOwn, seal, judge } = rig();
  assert.deepEqual(judge(birch, seal(ours, { counts: [{ site: 'mine', count: 9 }] })), ['ignore', 'own']);
  assert.deepEqual(heardOwn, [clock.now()]);
  assert.deepEqual(digests.sight('mine'), { state: 'unknown' });
});

test('a square that left the ring is forgotten, with what it said', () => {
  const { digests, seal, judge } = rig();
  judge(alder, seal(alder));
  digests.follow({ ...region, squares: [ours.square, birch.square] });
  assert.deepEqual(digests.sight('alder'), { state: 'unknown' });
  assert.deepEqual(judge(alder, seal(alder, { seq: 9 })), ['ignore', 'not-of-interest']);
});

test('a digest of as many sites as a square may have fits, and its body has one form only', () => {
  const counts = Array.from({ length: DIGEST_SITES_MAX }, (_, index) => ({
    site: `${index}`.padStart(32, 'x'),
    count: 1_000_000,
  }));
  const { seal } = rig();
  const bytes = seal(alder, { counts, epoch: Number.MAX_SAFE_INTEGER, ts: Number.MAX_SAFE_INTEGER });
  assert.ok(bytes.byteLength <= DIGEST_MAX_BYTES, `${bytes.byteLength} bytes`);
  const body = unsealSummary(bytes)?.body ?? new Uint8Array();
  assert.deepEqual(parseDigest(body)?.counts, counts);
  const twice = seal(alder, { counts: [...counts.slice(0, 1), ...counts.slice(0, 1)] });
  assert.equal(parseDigest(unsealSummary(twice)?.body ?? body), undefined, 'a site is told of once');
});
