import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnsupportedProtocolError } from '@libp2p/interface';
import { createBird, type BirdDeps } from '../../../federation/bird/bird.ts';
import {
  BIRD_LIMITS,
  decodeHandOver,
  decodeTaken,
  encodeHandOver,
  encodeTaken,
  sealRound,
  type HandOver,
  type Round,
} from '../../../federation/bird/round.ts';
import type { Members, MemberSite } from '../../../federation/documents/types.ts';
import { generateSquareKey, type SquareKey } from '../../../federation/node/identity.ts';
import { createPeerKeys } from '../../../federation/node/peer-keys.ts';
import { neighbourhoodOf } from '../../../federation/presence/neighbourhood.ts';
import type { BirdNews, Roosting } from '../../../federation/types.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const RING = 'ab'.repeat(32);
/** The ring, in order; the first keeps the roost. */
const NAMES = ['alder', 'birch', 'mallow', 'oak'] as const;
const [alder, birch, mallow, oak] = [
  await generateSquareKey(),
  await generateSquareKey(),
  await generateSquareKey(),
  await generateSquareKey(),
];
const siteOf = (id: string): MemberSite => ({ id, name: id, entry: `https://${id}.example/` });
const members = [alder, birch, mallow, oak].map(({ square }, index) => ({
  square,
  since: '2026-01-01T00:00:00Z',
  origin: 'https://square.example',
  addrs: [],
  sites: [siteOf(NAMES[index] ?? '')],
}));
const list: Members = { ring: RING, version: 1, prev: null, expires: '2030-01-01T00:00:00Z', members, revoked: [] };

interface Setup {
  readonly self?: SquareKey;
  readonly roosting?: Roosting;
  readonly ask?: BirdDeps['ask'];
  readonly save?: () => boolean;
  readonly muted?: string;
}

/** The part of one square: what it shows, counts and blames. */
function setUp({ self = birch, roosting, ask, save, muted }: Setup = {}) {
  const clock = new ManualClock();
  const shown: (readonly [string, BirdNews])[] = [];
  const counted: string[] = [];
  const blamed: string[] = [];
  const asked: HandOver[] = [];
  const around = neighbourhoodOf(list, self.square, new Set(NAMES));
  const peers = createPeerKeys();
  const bird = createBird({
    ring: RING,
    self: self.square,
    signer: self,
    clock,
    random: (length) => new Uint8Array(length).fill(0),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    count: (event, reason) => counted.push(`${event} ${reason}`),
    roosts: { read: () => roosting, save: save ?? (() => true) },
    stayMs: 10_000,
    neighbourhood: () => around,
    isOpen: () => true,
    isSeen: () => true,
    isMuted: (square) => square === muted,
    isLinked: () => true,
    verify: (square, bytes, signature) => peers.verify(square, bytes, signature),
    ask(square, question) {
      const handed = decodeHandOver(question)?.handed;
      assert.ok(handed !== undefined && question.byteLength <= BIRD_LIMITS.questionMaxBytes);
      asked.push(handed);
      return ask?.(square, question) ?? Promise.resolve(encodeTaken(true));
    },
    blame: (square) => blamed.push(square),
    show: (site, news) => shown.push([site, news]),
  });
  bird.follow();
  const round = (change: Partial<Round> = {}, signer = alder): Uint8Array =>
    new Uint8Array(sealRound({ ring: RING, number: 7, until: clock.now() + 200_000, ...change }, signer));
  const handOver = (change: Partial<HandOver> = {}): HandOver => {
    const way = { fromSite: 'mallow', toSite: 'birch', side: 'left' } as const;
    return { round: round(), ...way, flight: 3, leftMs: 200_000, ...change };
  };
  const hear = (square: string, handed: HandOver): boolean | undefined => {
    const decoded = decodeHandOver(encodeHandOver(RING, handed));
    assert.deepEqual(decoded, { ring: RING, handed });
    const answer = bird.hear(square, handed);
    return answer && decodeTaken(answer);
  };
  return { bird, clock, shown, counted, blamed, asked, round, handOver, hear };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Rig = ReturnType<typeof setUp>;
const lies: readonly (readonly [string, string, (rig: Rig) => HandOver])[] = [
  ['a round that the sender signed itself', 'forged', ({ handOver, round }) => handOver({ round: round({}, mallow) })],
  ["another ring's round", 'forged', ({ handOver, round }) => handOver({ round: round({ ring: 'cd'.repeat(32) }) })],
  ['bytes instead of a round', 'forged', ({ handOver }) => handOver({ round: new Uint8Array(200) })],
  ["from another's site", 'wrong-origin', ({ handOver }) => handOver({ fromSite: 'alder', side: 'right' })],
  ["into another's site", 'wrong-origin', ({ handOver }) => handOver({ toSite: 'oak', side: 'right' })],
  ['from nowhere', 'wrong-origin', ({ handOver }) => handOver({ fromSite: 'nowhere' })],
  [
    'for longer than a round may last',
    'skewed',
    ({ handOver, round, clock }) => handOver({ round: round({ until: clock.now() + 3_600_000 }) }),
  ],
  [
    'of a round that is over',
    'over',
    ({ handOver, round, clock }) => handOver({ round: round({ until: clock.now() }) }),
  ],
  ['without time left', 'over', ({ handOver }) => handOver({ leftMs: 0 })],
];
for (const [what, reason, lie] of lies) {
  test(`a bird ${what} is not taken, and nobody sees one`, () => {
    const rig = setUp();
    assert.equal(rig.hear(mallow.square, lie(rig)), false);
    assert.deepEqual(rig.counted, [`bird-heard ${reason}`]);
    assert.deepEqual(rig.shown, []);
    assert.deepEqual(rig.blamed, reason === 'forged' ? [mallow.square] : []);
  });
}

test('the same flight is taken once, another while the bird is here not at all, and a flood is not looked at', async () => {
  const { hear, handOver, shown, counted, clock, asked } = setUp();
  assert.equal(hear(mallow.square, handOver()), true);
  assert.equal(hear(mallow.square, handOver()), false);
  assert.equal(hear(mallow.square, handOver({ flight: 9 })), false);
  assert.deepEqual(counted, ['bird-heard accepted', 'bird-heard old', 'bird-heard here-already']);
  for (let n = 0; n < 20; n += 1) assert.equal(hear(mallow.square, handOver({ flight: 10 + n })), false);
  assert.equal(counted.filter((count) => count === 'bird-heard too-often').length, 19);
  // It flies on as it came, and is seen to go before anybody is asked.
  clock.advance(5_000);
  assert.deepEqual(
    shown.map(([site, { action }]) => [site, action]),
    [
      ['birch', 'come'],
      ['birch', 'go'],
    ],
  );
  assert.equal(asked.length, 0);
  clock.advance(2_500);
  await settled();
  assert.deepEqual([asked[0]?.toSite, asked[0]?.flight], ['alder', 4], 'whatever numbers others said');
});

test('a hand-over without an answer gives the bird up; one that nobody takes lets it come back', async () => {
  const lost = setUp({ ask: () => Promise.reject(new Error('no answer')) });
  lost.hear(mallow.square, lost.handOver());
  lost.clock.advance(7_500);
  await settled();
  lost.clock.advance(3_600_000);
  await settled();
  assert.equal(lost.shown.length, 2, 'come and go');
  assert.ok(lost.counted.includes('bird lost'));
  assert.equal(lost.clock.pendingTimers, 0);

  const refused = setUp({ ask: () => Promise.resolve(encodeTaken(false)) });
  refused.hear(mallow.square, refused.handOver());
  refused.clock.advance(7_500);
  await settled();
  assert.deepEqual(refused.shown.at(-1)?.[1].action, 'come');
  assert.equal(refused.asked.length, 2, 'the neighbour and the one beyond');

  const old = setUp({ ask: () => Promise.reject(new UnsupportedProtocolError()) });
  old.hear(mallow.square, old.handOver());
  old.clock.advance(7_500);
  await settled();
  assert.deepEqual(old.shown.at(-1)?.[1].action, 'come', 'squares that know nothing of birds have not got it');

  const liar = setUp({ ask: () => Promise.resolve(Buffer.from('yes')) });
  liar.hear(mallow.square, liar.handOver());
  liar.clock.advance(7_500);
  await settled();
  assert.equal(liar.shown.length, 2);
  assert.ok(liar.blamed.length > 0);
});

test('a square that our operator muted hands us no bird', () => {
  const rig = setUp({ muted: mallow.square });
  assert.equal(rig.hear(mallow.square, rig.handOver()), false);
  assert.deepEqual(rig.shown, []);
});

test('the bird leaves the picture when its round is over, wherever it is', () => {
  const { hear, handOver, shown, counted, clock } = setUp();
  hear(mallow.square, handOver({ leftMs: 5_000 }));
  clock.advance(5_000);
  assert.deepEqual(shown.at(-1), ['birch', { action: 'go', toward: null, at: clock.now() }]);
  assert.ok(counted.includes('bird over'));
});

test('a roost lets none out before the last round is over by every clock, and none that it cannot save', async () => {
  const rig = setUp({ self: alder, roosting: { roost: alder.square, until: 1_767_225_600_000 + 60_000 } });
  rig.clock.advance(179_000);
  assert.deepEqual(rig.shown, []);
  rig.clock.advance(6_000);
  assert.deepEqual(rig.counted, ['bird let-out']);

  const another = setUp({ self: alder, roosting: { roost: birch.square, until: 0 } });
  another.clock.advance(300_000);
  assert.deepEqual(another.shown, [], 'the roost before it may have let one out');

  const full = setUp({ self: alder, save: () => false, roosting: { roost: alder.square, until: 0 } });
  full.clock.advance(200_000);
  await settled();
  assert.equal(full.asked.length, 0, 'it stays');
});

test('the roost takes back only the round that it let out last', async () => {
  const rig = setUp({ self: alder });
  rig.clock.advance(5_000 + 5_000 + 2_500);
  await settled();
  const [out] = rig.asked;
  assert.ok(out !== undefined);
  const back = { ...out, fromSite: 'birch', toSite: 'alder', side: 'left', flight: out.flight + 1 } as const;
  assert.equal(rig.hear(birch.square, { ...back, round: rig.round({ number: 5 }) }), false);
  assert.equal(rig.hear(birch.square, { ...back, round: new Uint8Array(back.round) }), true);
  assert.deepEqual(rig.shown.at(-1)?.[1].action, 'come');
});

test('what is no hand-over, and no answer, is refused without a throw', () => {
  const { handOver } = setUp();
  const good = encodeHandOver(RING, handOver());
  for (let end = 0; end < good.byteLength; end += 1) assert.equal(decodeHandOver(good.subarray(0, end)), undefined);
  for (let at = 0; at < good.byteLength; at += 1) {
    const bad = Uint8Array.from(good);
    bad[at] = (bad[at] ?? 0) ^ 0xff;
    const decoded = decodeHandOver(bad);
    if (decoded !== undefined) assert.equal(Buffer.compare(encodeHandOver(decoded.ring, decoded.handed), bad), 0);
  }
  for (const bytes of [new Uint8Array(0), Buffer.from('{"k":true}'), Uint8Array.of(0xf5)]) {
    assert.equal(decodeTaken(bytes), undefined);
  }
});
