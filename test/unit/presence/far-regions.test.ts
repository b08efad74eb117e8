import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSquareKey, type SquareKey } from '../../../federation/node/identity.ts';
import { createPeerKeys } from '../../../federation/node/peer-keys.ts';
import { sealDigest, type Digest } from '../../../federation/presence/digest.ts';
import {
  decodeDigestsQuestion,
  decodeHeldDigests,
  DIGESTS_LIMITS,
  encodeHeldDigests,
  type HeldDigest,
} from '../../../federation/presence/digest-answer.ts';
import { createFarRegions } from '../../../federation/presence/far-regions.ts';
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
  ['alder', alder.square],
  ['birch', birch.square],
]);

/** Our region is 0, that of alder and birch 1. */
function rig() {
  const clock = new ManualClock();
  const peerKeys = createPeerKeys();
  const asked: string[] = [];
  const blamed: string[] = [];
  const reasons: string[] = [];
  const answers = new Map<string, Uint8Array>();
  const far = createFarRegions({
    ring: RING,
    self: ours.square,
    clock,
    random: seededBytes('far regions'),
    isMember: (square) => [ours, alder, birch].some((key) => key.square === square),
    hostOf: (site) => hosts.get(site),
    verify: (square, bytes, signature) => peerKeys.verify(square, bytes, signature),
    ask: async (square, question) => {
      assert.deepEqual(decodeDigestsQuestion(question), { ring: RING, region: 1 });
      asked.push(square);
      const answer = answers.get(square);
      if (answer === undefined) throw new Error('away');
      return answer;
    },
    blame: (square) => void blamed.push(square),
    count: (reason) => void reasons.push(reason),
  });
  far.follow([[ours.square], [alder.square, birch.square]], 0);
  const seal = (key: SquareKey, change: Partial<Digest> = {}): Uint8Array =>
    sealDigest(digestOf({ ts: clock.now(), ...change }), key);
  const hold = (...held: readonly HeldDigest[]): void => {
    for (const { square } of [alder, birch]) answers.set(square, encodeHeldDigests(held));
  };
  /** Somebody looks, and what they asked for is here. */
  const look = async (ms = 6_000): Promise<void> => {
    far.lookAround();
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, far, asked, blamed, reasons, answers, seal, hold, look };
}

test('nobody is asked before somebody looks, and a minute after the last look nobody is any more', async () => {
  const { clock, far, asked, seal, hold, look } = rig();
  hold({ ageMs: 9_000, bytes: seal(alder) });
  clock.advance(600_000);
  assert.deepEqual(asked, []);
  assert.deepEqual(far.sight('alder'), { state: 'unknown' });
  hold({ ageMs: 9_000, bytes: seal(alder) });
  await look();
  assert.deepEqual(far.sight('alder'), { state: 'live', count: 7 });
  await look(10 * 60_000);
  const times = asked.length;
  assert.ok(times >= 10 && times <= 20, `${times} questions in the minute`);
  assert.deepEqual(far.sight('alder'), { state: 'unknown' }, 'what nobody asks about is not shown as gone');
  far.stop();
  assert.equal(clock.pendingTimers, 0);
});

test('what is handed on is as old as it is: live for a minute, dim for another', async () => {
  const { clock, far, answers, seal, hold, look } = rig();
  hold({ ageMs: 50_000, bytes: seal(alder, { ts: clock.now() - 50_000 }) });
  await look(1_000);
  answers.clear();
  assert.equal(far.sight('alder').state, 'live');
  clock.advance(10_000);
  assert.deepEqual(far.sight('alder'), { state: 'dim', count: 7 });
  clock.advance(60_000);
  assert.equal(far.sight('alder').state, 'unknown');
});

test('when one square is away another is asked', async () => {
  const { far, answers, seal, hold, look, reasons } = rig();
  hold({ ageMs: 0, bytes: seal(alder) });
  answers.delete(alder.square);
  await look();
  assert.deepEqual(far.sight('alder'), { state: 'live', count: 7 });
  answers.clear();
  await look();
  assert.ok(reasons.includes('asked') && reasons.includes('nobody'));
});

test('an older digest never replaces a newer one, whoever hands it on', async () => {
  const { far, seal, hold, look, blamed } = rig();
  hold({ ageMs: 0, bytes: seal(alder, { epoch: 2, seq: 5 }) });
  await look();
  hold({ ageMs: 0, bytes: seal(alder, { epoch: 2, seq: 4, counts: [{ site: 'alder', count: 99 }] }) });
  await look(12_000);
  assert.deepEqual(far.sight('alder'), { state: 'live', count: 7 });
  assert.deepEqual(blamed, [], 'it may have heard less than we have');
});

test('nobody counts for others: what was forged is blamed on who handed it on, what is of no use is dropped', async () => {
  const flipped = (bytes: Uint8Array): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
    return copy;
  };
  type Seal = ReturnType<typeof rig>['seal'];
  const cases: readonly (readonly [string, (seal: Seal, now: number) => Uint8Array, boolean])[] = [
    ['forged', (seal) => flipped(seal(alder)), true],
    ['of another ring', (seal) => seal(alder, { ring: 'ef'.repeat(32) }), true],
    ['no digest', () => new Uint8Array(9), true],
    ['of a stranger', (seal) => seal(outsider), false],
    ["of another's site", (seal) => seal(birch), false],
    ['of our own region', (seal) => seal(ours), false],
    ['long past', (seal, now) => seal(alder, { ts: now - 120_000 }), false],
  ];
  for (const [name, make, isBlamed] of cases) {
    const { clock, far, seal, hold, look, blamed } = rig();
    hold({ ageMs: 0, bytes: make(seal, clock.now()) });
    await look(1_000);
    assert.deepEqual(far.sight('alder'), { state: 'unknown' }, name);
    assert.equal(blamed.length > 0, isBlamed, name);
  }
  const { answers, look, blamed } = rig();
  for (const { square } of [alder, birch]) answers.set(square, new Uint8Array([0xff]));
  await look(1_000);
  assert.equal(blamed.length, 1, 'no answer at all');
});

test('who left the list is forgotten', async () => {
  const { far, seal, hold, look } = rig();
  hold({ ageMs: 0, bytes: seal(alder) });
  await look();
  far.follow([[ours.square], [birch.square]], 0);
  assert.deepEqual(far.sight('alder'), { state: 'unknown' });
});

test('an answer is never longer than whoever asks reads, and holds a whole region of squares with one site', () => {
  const { seal } = rig();
  const one = { ageMs: 1, bytes: seal(alder) };
  const region = encodeHeldDigests(Array.from({ length: 300 }, () => one));
  assert.equal(decodeHeldDigests(region)?.length, 256);
  const long = { ageMs: 59_999.6, bytes: new Uint8Array(2_048) };
  const cut = encodeHeldDigests(Array.from({ length: 256 }, () => long));
  assert.ok(cut.byteLength <= DIGESTS_LIMITS.answerMaxBytes);
  assert.ok((decodeHeldDigests(cut)?.length ?? 0) > 100);
});
