import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrustedRings } from '../../../federation/documents/trusted-state.ts';
import { createRing, type CreateRingOptions } from '../../../federation/governance/create-ring.ts';
import { describeChange } from '../../../federation/governance/describe-change.ts';
import type { Drafted, MemberDraft } from '../../../federation/governance/member-draft.ts';
import { addMember, removeMember, type MembersDraft } from '../../../federation/governance/members-list.ts';
import { isBeatDue, isListDue, publishMembers, renewBeat } from '../../../federation/governance/publish.ts';
import { makeSigningKey } from '../../../federation/governance/signing-key.ts';
import {
  DAY_MS,
  HOUR_MS,
  NOON,
  memberDraft,
  memoryTrustedState,
  readRing,
  ringOf,
  seededBytes,
  squareId,
} from '../../support/ring-documents.ts';

const ring = ringOf(['moss', 'lantern']);
const trusted = readRing(ring.documents);
const keys = { admin: ring.keys.admin1, online: ring.keys.online };
const stranger = makeSigningKey(seededBytes('stranger'));
const at = (now: number) => ({ now });

function valueOf<T>(drafted: Drafted<T>): T {
  assert.ok(drafted.ok, drafted.ok ? '' : drafted.problems.join('\n'));
  return drafted.value;
}

function problemsOf(drafted: Drafted<unknown>): readonly string[] {
  return drafted.ok ? [] : drafted.problems;
}

function create(change: Partial<CreateRingOptions> = {}) {
  return createRing({
    name: 'Hedgerow',
    members: [memberDraft('moss')],
    now: NOON,
    random: seededBytes('c'),
    ...change,
  });
}

describe('a new ring', () => {
  it('is taken by its first square', () => {
    const { documents, ringId } = valueOf(create());
    const rings = new TrustedRings(memoryTrustedState(), { self: squareId('moss') });
    assert.equal(rings.install(documents, NOON, ringId).ok, true);
  });

  it('lives as long as the design says: 13 months, 90 days, 72 hours', () => {
    const { charter, members, beat } = readRing(valueOf(create()).documents);
    assert.deepEqual(
      [charter.expires, members.expires, beat.expires],
      ['2027-12-24T12:00:00Z', '2027-02-21T12:00:00Z', '2026-11-26T12:00:00Z'],
    );
  });

  it('needs two of three admin keys, one of which is the paper', () => {
    const { documents, keys: made } = valueOf(create());
    const { roles } = readRing(documents).charter;
    assert.equal(roles.admin.threshold, 2);
    assert.deepEqual(roles.admin.keyids, [made.admin1.keyid, made.admin2.keyid, made.paper.keyid]);
    assert.deepEqual(roles.online.keyids, [made.online.keyid]);
  });

  it('holds no private key in its documents', () => {
    const { documents, keys: made } = valueOf(create());
    const text = [...documents.charters, documents.members, documents.beat]
      .map(({ payload }) => Buffer.from(payload, 'base64').toString())
      .join();
    for (const { seed } of Object.values(made))
      assert.equal(text.includes(Buffer.from(seed).toString('base64')), false);
  });

  it('writes addresses in their normal form', () => {
    const draft = {
      ...memberDraft('moss'),
      origin: 'https://Square.Moss.example/',
      addrs: ['/ip6/2001:db8:0:0::1/tcp/4101'],
      sites: [{ id: 'moss', name: ' Moss & Ink ', entry: 'https://MOSS.example' }],
    };
    const [member] = readRing(valueOf(create({ members: [draft] })).documents).members.members;
    assert.equal(member?.origin, 'https://square.moss.example');
    assert.deepEqual(member?.addrs, ['/ip6/2001:db8::1/tcp/4101']);
    assert.deepEqual(member?.sites, [{ id: 'moss', name: 'Moss & Ink', entry: 'https://moss.example/' }]);
  });

  it('on loopback needs the word of a developer', () => {
    const draft = {
      ...memberDraft('moss'),
      origin: 'http://127.0.0.1:8787',
      sites: [{ id: 'moss', name: 'Moss', entry: 'http://localhost:8787/' }],
    };
    assert.deepEqual(
      problemsOf(create({ members: [draft] })).map((line) => line.split(':')[0]),
      ['origin', 'site "moss"'],
    );
    const { documents } = valueOf(create({ members: [draft], allowPrivate: true }));
    const strict = new TrustedRings(memoryTrustedState());
    assert.equal(strict.install(documents, NOON).ok, false);
    assert.equal(new TrustedRings(memoryTrustedState(), { allowPrivate: true }).install(documents, NOON).ok, true);
  });

  const wrong: readonly (readonly [string, Partial<CreateRingOptions>, RegExp])[] = [
    ['without a name', { name: ' ' }, /^name:/],
    ['with a name of 41 letters', { name: 'a'.repeat(41) }, /^name:/],
    ['with rules that are no page', { rules: 'our rules' }, /^rules:/],
    ['without a member', { members: [] }, /first member/],
    [
      'with a square twice',
      { members: [memberDraft('moss'), { ...memberDraft('moss'), sites: memberDraft('b').sites }] },
      /repeated-square/,
    ],
    [
      'with a site twice',
      { members: [memberDraft('moss'), { ...memberDraft('b'), sites: memberDraft('moss').sites }] },
      /repeated-site/,
    ],
  ];
  for (const [what, change, line] of wrong) {
    it(`${what} is not made`, () => {
      const problems = problemsOf(create(change));
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', line);
    });
  }

  const moss = memberDraft('moss');
  const badMembers: readonly (readonly [string, Partial<MemberDraft>, RegExp])[] = [
    ['a peer id with a slip', { square: `${moss.square.slice(0, -1)}1` }, /^square:/],
    ['an origin with a path', { origin: 'https://moss.example/a' }, /^origin:/],
    ['an origin with a user', { origin: 'https://a@moss.example' }, /^origin:/],
    ['an origin that is no URL', { origin: 'moss.example' }, /^origin:/],
    ['an origin on plain http', { origin: 'http://moss.example' }, /^origin:/],
    ['no address', { addrs: [] }, /^addr:/],
    ['an address of UDP', { addrs: ['/ip4/192.0.2.1/udp/4101'] }, /^addr:/],
    ['an address through a relay', { addrs: [`/ip4/192.0.2.1/tcp/1/p2p/${squareId('x')}/p2p-circuit`] }, /^addr:/],
    ["another square's address", { addrs: [`/ip4/192.0.2.1/tcp/1/p2p/${squareId('x')}`] }, /^addr:/],
    ['an address twice in two spellings', { addrs: ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/1/'] }, /^addr:/],
    ['nine addresses', { addrs: Array.from({ length: 9 }, (_, n) => `/ip4/192.0.2.1/tcp/${n + 1}`) }, /^addr:/],
    ['no site', { sites: [] }, /^site:/],
    ['a site id with a space', { sites: [{ id: 'a b', name: 'A', entry: 'https://a.example/' }] }, /^site:/],
    ['a site without a name', { sites: [{ id: 'a', name: '', entry: 'https://a.example/' }] }, /the name/],
    ['an entry on plain http', { sites: [{ id: 'a', name: 'A', entry: 'http://a.example/' }] }, /https URL/],
    ['an entry that is a script', { sites: [{ id: 'a', name: 'A', entry: 'javascript:alert(1)' }] }, /https URL/],
    ['an entry with a fragment', { sites: [{ id: 'a', name: 'A', entry: 'https://a.example/#x' }] }, /https URL/],
  ];
  for (const [what, change, line] of badMembers) {
    it(`with a member that has ${what} is not made, and says what is wrong`, () => {
      const problems = problemsOf(create({ members: [{ ...moss, ...change }] }));
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', line);
    });
  }
});

describe('the list of members', () => {
  it('grows at its end, where the ring closes', () => {
    const next = valueOf(addMember(trusted.members, memberDraft('quay'), at(NOON)));
    assert.deepEqual(
      next.members.map(({ sites }) => sites[0]?.id),
      ['moss', 'lantern', 'quay'],
    );
  });

  it('takes nobody and no site twice', () => {
    assert.match(problemsOf(addMember(trusted.members, memberDraft('moss'), at(NOON)))[0] ?? '', /in the ring already/);
    const thief = { ...memberDraft('quay'), sites: memberDraft('moss').sites };
    assert.match(problemsOf(addMember(trusted.members, thief, at(NOON)))[0] ?? '', /"moss" is taken/);
  });

  it('says that somebody went, so that their own square accepts it', () => {
    const next = valueOf(removeMember(trusted.members, squareId('moss'), { now: NOON, reason: 'moved house' }));
    assert.deepEqual(next.revoked, [{ square: squareId('moss'), reason: 'moved house', at: '2026-11-23T12:00:00Z' }]);
    const published = valueOf(publishMembers(trusted, next, keys, at(NOON)));
    const store = memoryTrustedState();
    store.save({ ringId: ring.ringId, ...ring.documents });
    const theirs = new TrustedRings(store, { self: squareId('moss') });
    const outcome = theirs.accept({ ...ring.documents, ...published }, NOON);
    assert.equal(outcome.ok && outcome.selfRevoked?.reason, 'moved house');
  });

  it('lets somebody come back', () => {
    const without = valueOf(removeMember(trusted.members, squareId('moss'), at(NOON)));
    const again = valueOf(addMember(without, memberDraft('moss'), at(NOON)));
    assert.deepEqual(again.revoked, []);
    assert.equal(again.members.length, 2);
  });

  it('is never emptied, and nobody leaves who is not there', () => {
    const alone = readRing(ringOf(['moss']).documents).members;
    assert.match(problemsOf(removeMember(alone, squareId('moss'), at(NOON)))[0] ?? '', /never empty/);
    assert.match(problemsOf(removeMember(alone, squareId('quay'), at(NOON)))[0] ?? '', /not in the ring/);
    assert.match(
      problemsOf(removeMember(trusted.members, squareId('moss'), { now: NOON, reason: '' }))[0] ?? '',
      /reason/,
    );
  });

  it('keeps the newest thousand of those shown out', () => {
    let list: MembersDraft = trusted.members;
    const revoked = Array.from({ length: 1_000 }, (_, n) => ({
      square: squareId(`gone ${n}`),
      reason: 'gone',
      at: '2026-01-01T00:00:00Z',
    }));
    list = valueOf(removeMember({ ...list, revoked }, squareId('moss'), at(NOON)));
    assert.equal(list.revoked.length, 1_000);
    assert.equal(list.revoked.at(-1)?.square, squareId('moss'));
  });
});

describe('publishing', () => {
  it('makes the next version, chained to the last, that every member takes', () => {
    const draft = valueOf(addMember(trusted.members, memberDraft('quay'), at(NOON)));
    const published = valueOf(publishMembers(trusted, draft, keys, at(NOON + HOUR_MS)));
    const store = memoryTrustedState();
    store.save({ ringId: ring.ringId, ...ring.documents });
    const outcome = new TrustedRings(store, { self: squareId('moss') }).accept(
      { ...ring.documents, ...published },
      NOON,
    );
    assert.ok(outcome.ok);
    assert.equal(outcome.ring.members.version, 2);
    assert.equal(outcome.ring.beat.version, 2);
    assert.equal(outcome.ring.members.expires, '2027-02-21T13:00:00Z');
  });

  it('with keys that are not in the charter is refused', () => {
    const draft: MembersDraft = trusted.members;
    assert.match(
      problemsOf(publishMembers(trusted, draft, { ...keys, admin: stranger }, at(NOON)))[0] ?? '',
      /admin key/,
    );
    assert.match(
      problemsOf(publishMembers(trusted, draft, { ...keys, online: keys.admin }, at(NOON)))[0] ?? '',
      /online key/,
    );
  });

  it('a list that squares would refuse is refused here', () => {
    const empty = { members: [], revoked: [] };
    assert.match(problemsOf(publishMembers(trusted, empty, keys, at(NOON)))[0] ?? '', /empty-ring/);
  });
});

describe('the beat', () => {
  it('is renewed when it is older than twelve hours, and not before', () => {
    assert.equal(isBeatDue(trusted, NOON + 12 * HOUR_MS), false);
    assert.equal(valueOf(renewBeat(trusted, keys.online, NOON + 12 * HOUR_MS)), undefined);
    const now = NOON + 12 * HOUR_MS + 1;
    const beat = valueOf(renewBeat(trusted, keys.online, now));
    assert.ok(beat !== undefined);
    const next = readRing({ ...ring.documents, beat });
    assert.equal(next.beat.version, 2);
    assert.equal(next.beat.expires, '2026-11-27T00:00:00Z');
    assert.deepEqual(next.beat.members, trusted.beat.members);
  });

  it('is renewed with an online key of the charter only', () => {
    assert.match(problemsOf(renewBeat(trusted, stranger, NOON + DAY_MS))[0] ?? '', /online key/);
  });

  it('does not stand in for a list that runs out: that is due at half its life', () => {
    assert.equal(isListDue(trusted, NOON + 45 * DAY_MS), false);
    assert.equal(isListDue(trusted, NOON + 45 * DAY_MS + 1_000), true);
  });
});

describe('what a change means is said in one sentence', () => {
  const list = (...ids: string[]): MembersDraft => readRing(ringOf(ids).documents).members;
  const cases: readonly (readonly [MembersDraft, MembersDraft, string])[] = [
    [list('a', 'b', 'c'), list('a', 'b', 'c', 'd'), 'Adds Site d: Site a and Site c get a new neighbour.'],
    [list('a'), list('a', 'b'), 'Adds Site b: Site a gets a new neighbour.'],
    [list('a', 'b', 'c', 'd'), list('a', 'c', 'd'), 'Takes out Site b: Site a and Site c get a new neighbour.'],
    [list('a', 'b'), list('a', 'c'), 'Adds Site c and takes out Site b: Site a gets a new neighbour.'],
    [
      list('a', 'b', 'c', 'd', 'e'),
      list('b', 'a', 'c', 'd', 'e'),
      'Changes the order: Site b, Site a, Site c and Site e get a new neighbour.',
    ],
    [
      list('a', 'b', 'c'),
      list('a', 'b', 'c'),
      'Changes no place in the ring and only renews the list or what is said of its members.',
    ],
  ];
  for (const [before, after, sentence] of cases) {
    it(sentence, () => assert.equal(describeChange(before, after), sentence));
  }
});
