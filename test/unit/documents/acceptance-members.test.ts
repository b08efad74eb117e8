import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { signDocument, signEnvelope } from '../../../federation/documents/dsse.ts';
import { peerIdFromPublicKey, sha256Hex } from '../../../federation/documents/keys.ts';
import type { Envelope, Members, RingDocuments } from '../../../federation/documents/types.ts';
import { payloadOf } from '../../../federation/governance/sign-beat.ts';
import { DAY_MS, NOON, beatFor, nextList, readRing, squareId } from '../../support/ring-documents.ts';
import { assertRefused, judge, ring, v2 } from '../../support/judging.ts';

const { ringId, documents: v1, keys } = ring;
const { admin1, online } = keys;

function textOf(envelope: Envelope): string {
  return Buffer.from(payloadOf(envelope)).toString();
}

/** The same list with other bytes, and a beat that names them. */
function withListBytes(bytes: string): RingDocuments {
  const members = signEnvelope('townring/members/1', Buffer.from(bytes), [admin1]);
  const facts = { version: 2, hash: sha256Hex(payloadOf(members)), length: bytes.length };
  return { ...v2, members, beat: signDocument('beat', { ...readRing(v2).beat, members: facts }, [online]) };
}

const badList = (change: (list: Members) => object): RingDocuments => nextList(ring, v1, change);

function firstMember({ members }: Members): Members['members'][number] {
  const [member] = members;
  assert.ok(member !== undefined);
  return member;
}

describe('the members list', () => {
  it('that follows another list than ours is taken, and both are the proof that there were two', () => {
    const heir = badList((list) => ({ ...list, prev: '0'.repeat(64) }));
    const judgement = judge(heir);
    assert.ok(judgement.ok);
    assert.deepEqual(judgement.proof, {
      ringId: ring.ringId,
      document: 'members',
      version: 1,
      ours: ring.documents.members,
      theirs: heir.members,
    });
    assertRefused(judge(badList((list) => ({ ...list, prev: null }))), 'wrong-prev', 'members');
  });

  it('that has expired brings no new trust', () => {
    const expired = badList((list) => ({ ...list, expires: '2026-11-23T11:00:00Z' }));
    assertRefused(judge(expired), 'members-expired', 'members');
  });

  it('of a ring whose charter has expired brings no new trust', () => {
    const now = NOON + 400 * DAY_MS;
    assertRefused(judge(nextList(ring, v1, undefined, { now }), { now }), 'charter-expired', 'charter');
  });

  it('with nobody in it is refused', () => {
    assertRefused(judge(badList((list) => ({ ...list, members: [] }))), 'empty-ring', 'members');
  });

  it('with a square or a site twice is refused', () => {
    assertRefused(
      judge(badList((list) => ({ ...list, members: [...list.members, firstMember(list)] }))),
      'repeated-square',
    );
    const twins = badList((list) => ({
      ...list,
      members: [...list.members, { ...firstMember(list), square: squareId('twin'), addrs: [] }],
    }));
    assertRefused(judge(twins), 'repeated-site', 'members');
  });

  it('with somebody both in it and shown out is refused', () => {
    const revoked = [{ square: squareId('quay'), reason: 'spam', at: '2026-11-23T12:00:00Z' }];
    assertRefused(judge(badList((list) => ({ ...list, revoked }))), 'revoked-member', 'members');
  });

  it('with pages on loopback is refused, except in development', () => {
    const local = badList((list) => ({
      ...list,
      members: list.members.map((member) => ({
        ...member,
        origin: 'http://127.0.0.1:8787',
        sites: member.sites.map((site) => ({ ...site, entry: `http://127.0.0.1:8787/${site.id}` })),
      })),
    }));
    assertRefused(judge(local), 'private-address', 'members');
    assert.equal(judge(local, { allowPrivate: true }).ok, true);
  });

  it('that drops its reader without a word is refused', () => {
    const without = badList((list) => ({ ...list, members: list.members.slice(1) }));
    assertRefused(judge(without), 'locks-reader-out', 'members');
    assert.equal(judge(without, { self: squareId('quay') }).ok, true);
  });

  it('that shows its reader out by name is taken, and says so', () => {
    const revocation = { square: squareId('moss'), reason: 'moved away', at: '2026-11-23T12:00:00Z' };
    const judgement = judge(badList((list) => ({ ...list, members: list.members.slice(1), revoked: [revocation] })));
    assert.ok(judgement.ok);
    assert.deepEqual(judgement.selfRevoked, revocation);
  });

  it('may be read by a square that is not in it yet', () => {
    assert.equal(judge(v1, { trusted: null, self: squareId('newcomer') }).ok, true);
    assert.equal(judge(v2, { self: squareId('newcomer') }).ok, true);
  });

  it('with a small-order square is refused', () => {
    const weak = peerIdFromPublicKey(Buffer.from(ED25519_TORSION_SUBGROUP[1] ?? '', 'hex'));
    const list = badList((fresh) => ({
      ...fresh,
      members: [...fresh.members, { ...firstMember(fresh), square: weak, addrs: [] }],
    }));
    assertRefused(judge(list), 'bad-document', 'members');
  });

  const spoilt: readonly (readonly [string, (member: Members['members'][number]) => object])[] = [
    ['an unknown field', (member) => ({ ...member, role: 'chief' })],
    ['a peer id that is none', (member) => ({ ...member, square: 'somebody' })],
    ['an origin with a path', (member) => ({ ...member, origin: 'https://moss.example/' })],
    ['an origin on plain http', (member) => ({ ...member, origin: 'http://moss.example' })],
    ['an address that is none', (member) => ({ ...member, addrs: ['tcp://moss'] })],
    ['an address in a second spelling', (member) => ({ ...member, addrs: ['/dns4/moss.example//tcp/1/'] })],
    [
      "another square's address",
      (member) => ({ ...member, addrs: [`/dns4/moss.example/tcp/1/p2p/${squareId('quay')}`] }),
    ],
    ['an address twice', (member) => ({ ...member, addrs: ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/1'] })],
    [
      'nine addresses',
      (member) => ({ ...member, addrs: Array.from({ length: 9 }, (_, at) => `/ip4/192.0.2.1/tcp/${at + 1}`) }),
    ],
    ['no site', (member) => ({ ...member, sites: [] })],
    [
      'a site id with a slash',
      (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, id: 'a/b' })) }),
    ],
    [
      'a site id in capitals',
      (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, id: 'Moss' })) }),
    ],
    ['a site without a name', (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, name: '' })) })],
    [
      'a site name with a line break',
      (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, name: 'a\nb' })) }),
    ],
    [
      'a site name of 41 letters',
      (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, name: 'a'.repeat(41) })) }),
    ],
    [
      'an entry that is a script',
      (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, entry: 'javascript:alert(1)' })) }),
    ],
    [
      'an entry with a user in it',
      (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, entry: 'https://a:b@moss.example/' })) }),
    ],
    [
      'an entry with a fragment',
      (member) => ({
        ...member,
        sites: member.sites.map((site) => ({ ...site, entry: 'https://moss.example/#ts=x' })),
      }),
    ],
    [
      'an entry with an empty fragment',
      (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, entry: 'https://moss.example/#' })) }),
    ],
    [
      'an entry in a second spelling',
      (member) => ({ ...member, sites: member.sites.map((site) => ({ ...site, entry: 'https://MOSS.example' })) }),
    ],
    ['a date with a fraction', (member) => ({ ...member, since: '2026-11-23T12:00:00.000Z' })],
  ];
  for (const [what, change] of spoilt) {
    it(`with ${what} in a member is refused`, () => {
      const list = badList((fresh) => ({ ...fresh, members: [change(firstMember(fresh)), ...fresh.members.slice(1)] }));
      assertRefused(judge(list), 'bad-document', 'members');
    });
  }

  it('with 1,001 members is refused', () => {
    const crowd = badList((list) => ({ ...list, members: Array.from({ length: 1_001 }, () => firstMember(list)) }));
    assertRefused(judge(crowd), 'bad-document', 'members');
  });

  it('of more than a mebibyte is refused before its signature is looked at', () => {
    const filler = { ...readRing(v2).members, filler: 'x'.repeat(1024 * 1024) };
    const members = signDocument('members', filler, [admin1]);
    assertRefused(judge({ ...v2, members }), 'oversize', 'members');
  });

  it('whose signed bytes repeat a key is refused', () => {
    const text = textOf(v2.members);
    assertRefused(judge(withListBytes(text.replace('{', '{"version":2,'))), 'bad-document', 'members');
  });

  it('with garbage after its signed JSON is refused', () => {
    assertRefused(judge(withListBytes(`${textOf(v2.members)}\u0000`)), 'bad-document', 'members');
  });

  it('whose bytes were touched after signing is refused', () => {
    const bytes = Buffer.from(payloadOf(v2.members));
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    const members = { ...v2.members, payload: bytes.toString('base64') };
    assertRefused(judge({ ...v2, members }), 'bad-signature', 'members');
    assertRefused(judge({ ...v2, members, beat: beatFor(ringId, members, online, { version: 2 }) }), 'bad-signature');
  });

  it('whose signature was touched is refused', () => {
    const [signature] = v2.members.signatures;
    assert.ok(signature !== undefined);
    const sig = Buffer.from(signature.sig, 'base64');
    sig[3] = (sig[3] ?? 0) ^ 1;
    const members = { ...v2.members, signatures: [{ ...signature, sig: sig.toString('base64') }] };
    assertRefused(judge({ ...v2, members }), 'bad-signature', 'members');
  });
});
