import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { signDocument } from '../../../federation/documents/dsse.ts';
import { keyIdOf } from '../../../federation/documents/keys.ts';
import type { Members, RingDocuments } from '../../../federation/documents/types.ts';
import { makeSigningKey } from '../../../federation/governance/signing-key.ts';
import { NOON, beatFor, nextCharter, readRing, ringOf, seededBytes } from '../../support/ring-documents.ts';
import { assertRefused, judge, ring, stranger, v2 } from '../../support/judging.ts';

const { ringId, documents: v1, keys } = ring;
const { admin1, admin2, online } = keys;

describe('a new charter', () => {
  const fresh = {
    admin: makeSigningKey(seededBytes('a')),
    second: makeSigningKey(seededBytes('b')),
    paper: makeSigningKey(seededBytes('c')),
  };
  /** Replaces both admins: the old and the new threshold are different people. */
  const rotated = (signers: readonly (typeof admin1)[]): RingDocuments => ({
    ...v1,
    charters: [
      ...v1.charters,
      nextCharter(v1, signers, (charter) => ({
        ...charter,
        keys: {
          [fresh.admin.keyid]: fresh.admin.public,
          [fresh.second.keyid]: fresh.second.public,
          [fresh.paper.keyid]: fresh.paper.public,
          [online.keyid]: online.public,
        },
        roles: {
          admin: { keyids: [fresh.admin.keyid, fresh.second.keyid, fresh.paper.keyid], threshold: 2 },
          online: { keyids: [online.keyid] },
        },
      })),
    ],
  });

  it('signed by the old and the new keys is taken, with a list of the new admin', () => {
    const { charters } = rotated([admin1, admin2, fresh.admin, fresh.second]);
    const list: Members = { ...readRing(v2).members };
    const members = signDocument('members', list, [fresh.admin]);
    const next = { charters, members, beat: beatFor(ringId, members, online, { version: 2 }) };
    assert.equal(judge(next).ok, true);
  });

  it('leaves a list of the admin who went without a signature', () => {
    assertRefused(judge(rotated([admin1, admin2, fresh.admin, fresh.second])), 'unknown-signer', 'members');
  });

  it('signed only by the old keys is refused', () => {
    assertRefused(judge(rotated([admin1, admin2])), 'below-threshold', 'charter');
  });

  it('signed only by the new keys is refused', () => {
    assertRefused(judge(rotated([fresh.admin, fresh.second])), 'below-threshold', 'charter');
  });

  it('signed by one old key too few is refused', () => {
    assertRefused(judge(rotated([admin1, fresh.admin, fresh.second])), 'below-threshold', 'charter');
  });

  it('that skips a version is refused', () => {
    const second = nextCharter(v1, [admin1, admin2]);
    const third = nextCharter({ ...v1, charters: [...v1.charters, second] }, [admin1, admin2]);
    assertRefused(judge({ ...v1, charters: [...v1.charters, third] }), 'charter-version-skipped', 'charter');
  });

  it('of a chain in the wrong order, repeated, cut at its start or empty is refused', () => {
    const second = nextCharter(v1, [admin1, admin2]);
    const [first] = v1.charters;
    assert.ok(first !== undefined);
    assertRefused(judge({ ...v1, charters: [second, first] }, { trusted: null }), 'charter-version-skipped');
    assertRefused(judge({ ...v1, charters: [first, first] }), 'charter-version-skipped');
    assertRefused(judge({ ...v1, charters: [second] }, { trusted: null }), 'charter-version-skipped');
    assertRefused(judge({ ...v1, charters: [second] }), 'wrong-ring');
    assertRefused(judge({ ...v1, charters: [] }), 'malformed');
    assertRefused(judge({ ...v1, charters: Array.from({ length: 65 }, () => first) }), 'oversize');
  });

  it('made for another ring with the same keys is refused', () => {
    const other = ringOf(['fern'], { now: NOON + 1_000 });
    assert.notEqual(other.ringId, ringId);
    assert.deepEqual(other.keys.admin1.public, admin1.public);
    const second = nextCharter(other.documents, [admin1, admin2]);
    assertRefused(judge({ ...v1, charters: [...v1.charters, second] }), 'wrong-prev', 'charter');
  });

  it('on which one key signs twice to reach the threshold is refused', () => {
    assertRefused(
      judge({ ...v1, charters: [...v1.charters, nextCharter(v1, [admin1, admin1])] }),
      'repeated-signature',
      'charter',
    );
  });

  it('that lists one key twice is refused', () => {
    const charter = nextCharter(v1, [admin1, admin2], (next) => ({
      ...next,
      roles: { ...next.roles, admin: { keyids: [admin1.keyid, admin1.keyid], threshold: 2 } },
    }));
    assertRefused(judge({ ...v1, charters: [...v1.charters, charter] }), 'bad-document', 'charter');
  });

  it('with the signature of somebody else beside the right ones is refused', () => {
    const charter = nextCharter(v1, [admin1, admin2, stranger]);
    assertRefused(judge({ ...v1, charters: [...v1.charters, charter] }), 'unknown-signer', 'charter');
  });

  it('signed by the online key is refused', () => {
    assertRefused(judge({ ...v1, charters: [...v1.charters, nextCharter(v1, [admin1, online])] }), 'below-threshold');
  });

  for (const [index, hex] of ED25519_TORSION_SUBGROUP.entries()) {
    it(`that brings in small-order key ${index} is refused`, () => {
      const raw = Buffer.from(hex, 'hex');
      const charter = nextCharter(v1, [admin1, admin2], (next) => ({
        ...next,
        keys: { ...next.keys, [keyIdOf(raw)]: { suite: 'ed25519', public: raw.toString('base64') } },
        roles: { ...next.roles, online: { keyids: [online.keyid, keyIdOf(raw)] } },
      }));
      assertRefused(judge({ ...v1, charters: [...v1.charters, charter] }), 'weak-key', 'charter');
    });
  }

  const shapes: readonly (readonly [string, (charter: ReturnType<typeof readRing>['charter']) => object])[] = [
    ['a key under another id', (charter) => ({ ...charter, keys: { ...charter.keys, [admin1.keyid]: admin2.public } })],
    [
      'a key that no role uses',
      (charter) => ({ ...charter, keys: { ...charter.keys, [stranger.keyid]: stranger.public } }),
    ],
    [
      'a role without its key',
      (charter) => ({ ...charter, keys: Object.fromEntries(Object.entries(charter.keys).slice(1)) }),
    ],
    [
      'a threshold of none',
      (charter) => ({ ...charter, roles: { ...charter.roles, admin: { ...charter.roles.admin, threshold: 0 } } }),
    ],
    [
      'a threshold that cannot be met',
      (charter) => ({ ...charter, roles: { ...charter.roles, admin: { ...charter.roles.admin, threshold: 4 } } }),
    ],
    ['an unknown field', (charter) => ({ ...charter, colour: 'green' })],
    [
      'an unknown suite',
      (charter) => ({ ...charter, keys: { ...charter.keys, [online.keyid]: { ...online.public, suite: 'rsa' } } }),
    ],
    ['a name that turns text around', (charter) => ({ ...charter, name: 'Hedge\u202erow' })],
    ['a date that no calendar has', (charter) => ({ ...charter, expires: '2027-02-30T00:00:00Z' })],
    ['rules on plain http', (charter) => ({ ...charter, rules: 'http://hedge.example/' })],
    ['rules that are a script', (charter) => ({ ...charter, rules: 'javascript:alert(1)' })],
  ];
  for (const [what, change] of shapes) {
    it(`with ${what} is refused`, () => {
      const charter = nextCharter(v1, [admin1, admin2], change);
      assertRefused(judge({ ...v1, charters: [...v1.charters, charter] }), 'bad-document', 'charter');
    });
  }
});
