/**
 * Every way in which implementations of this family of documents (The Update Framework, DSSE) are known to have broken,
 * each under the name it became known by.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signEnvelope } from '../../../federation/documents/dsse.ts';
import { keyIdOf } from '../../../federation/documents/keys.ts';
import { TrustedRings } from '../../../federation/documents/trusted-state.ts';
import type { Charter, RingDocuments } from '../../../federation/documents/types.ts';
import { payloadOf } from '../../../federation/governance/sign-beat.ts';
import { makeSigningKey, type SigningKey } from '../../../federation/governance/signing-key.ts';
import { assertRefused, judge, ring, v2, v3 } from '../../support/judging.ts';
import {
  beatFor,
  DAY_MS,
  HOUR_MS,
  memoryTrustedState,
  nextCharter,
  nextList,
  NOON,
  readRing,
  seededBytes,
  squareId,
} from '../../support/ring-documents.ts';

const { ringId, documents: v1, keys } = ring;
const { admin1, admin2, paper, online } = keys;
const fresh = makeSigningKey(seededBytes('fresh online key'));

/** The ring under its next charter. */
function chartered(change: (charter: Charter) => object, signers: readonly SigningKey[] = [admin1, paper]) {
  return { ...v1, charters: [...v1.charters, nextCharter(v1, signers, change)] };
}

/** A charter that shows the online key out and a fresh one in. */
const rekeyed = (charter: Charter): object => {
  const { [online.keyid]: _gone, ...rest } = charter.keys;
  return {
    ...charter,
    keys: { ...rest, [fresh.keyid]: fresh.public },
    roles: { ...charter.roles, online: { keyids: [fresh.keyid] } },
  };
};

describe('rollback', () => {
  it('of documents other than the charter (go-tuf, CVE-2022-29173) is refused', () => {
    assertRefused(judge(v1, { trusted: v2 }), 'beat-rollback', 'beat');
    const oldListNewBeat = { ...v1, beat: beatFor(ringId, v1.members, online, { version: 9 }) };
    assertRefused(judge(oldListNewBeat, { trusted: v2 }), 'members-rollback', 'members');
  });

  it('through a state that was cached before it was checked (tough) is refused', () => {
    const store = memoryTrustedState();
    store.save({ ringId, ...v2 });
    const { saves } = store;
    const rings = new TrustedRings(store, { self: squareId('moss') });
    const unsigned = { ...v3, members: { ...v3.members, signatures: v2.members.signatures } };
    for (const documents of [v1, unsigned, { ...v3, beat: v2.beat }])
      assert.equal(rings.accept(documents, NOON).ok, false);
    assert.equal(store.saves, saves);
    assert.deepEqual(new TrustedRings(store).get(ringId)?.members.version, 2);
  });

  it('of the charter by a chain that is shorter than ours is refused', () => {
    assertRefused(judge(v2, { trusted: chartered((charter) => charter) }), 'charter-rollback', 'charter');
  });
});

describe('the chain of charters', () => {
  it('with a version skipped (tough) is refused', () => {
    const skipping = chartered((charter) => ({ ...charter, version: charter.version + 1 }));
    assertRefused(judge(skipping), 'charter-version-skipped', 'charter');
  });

  it('may hold charters that have expired long ago; only the last one must be good (sigstore-go #294)', () => {
    const now = NOON + 400 * DAY_MS;
    const charters = [
      ...v1.charters,
      nextCharter(v1, [admin1, admin2], (charter) => ({ ...charter, expires: '2028-06-01T00:00:00Z' })),
    ];
    const later = nextList(ring, { ...v1, charters }, undefined, { now });
    assert.equal(judge(later, { now }).ok, true);
    assertRefused(judge(nextList(ring, v1, undefined, { now }), { now }), 'charter-expired', 'charter');
  });

  it('in which a key lost would be a ring lost (threshold = number of keys, repository-service-tuf #496) is refused', () => {
    const brittle = chartered(
      (charter) => ({ ...charter, roles: { ...charter.roles, admin: { ...charter.roles.admin, threshold: 3 } } }),
      [admin1, admin2, paper],
    );
    assertRefused(judge(brittle), 'no-spare-key', 'charter');
  });

  it('in which one key counts twice under two ids (python-tuf) is refused', () => {
    const other = keyIdOf(Buffer.from('another name for the same key'));
    const doubled = chartered((charter) => ({
      ...charter,
      keys: { ...charter.keys, [other]: admin1.public },
      roles: { ...charter.roles, admin: { keyids: [...charter.roles.admin.keyids, other], threshold: 2 } },
    }));
    assertRefused(judge(doubled), 'bad-document', 'charter');
  });

  it('in which one signature stands twice (tough) is refused', () => {
    const charter = nextCharter(v1, [admin1, admin1]);
    assertRefused(judge({ ...v1, charters: [...v1.charters, charter] }), 'repeated-signature', 'charter');
  });

  it('in which an online key is an admin key as well is refused', () => {
    const shared = chartered((charter) => ({
      ...charter,
      keys: { [admin1.keyid]: admin1.public, [admin2.keyid]: admin2.public, [paper.keyid]: paper.public },
      roles: { ...charter.roles, online: { keyids: [admin1.keyid] } },
    }));
    assertRefused(judge(shared), 'bad-document', 'charter');
  });
});

describe('confusion', () => {
  it('of one type of document with another (cosign, CVE-2022-35929) is refused by the signature itself', () => {
    for (const [type, place] of [
      ['townring/beat/1', 'beat'],
      ['townring/charter/1', 'beat'],
    ] as const) {
      const beat = { ...v2.members, type };
      assert.equal(judge({ ...v2, [place]: beat }).ok, false);
    }
    const relabelled = {
      ...signEnvelope('townring/beat/1', payloadOf(v2.members), [admin1]),
      type: 'townring/members/1',
    };
    assertRefused(judge({ ...v2, members: relabelled }), 'bad-signature', 'members');
  });

  it('of lists and beats that belong to different times (mix and match) is refused', () => {
    assertRefused(judge({ ...v3, members: v2.members }), 'hash-mismatch', 'members');
    assertRefused(judge({ ...v2, members: v3.members }), 'hash-mismatch', 'members');
  });
});

describe('a freeze', () => {
  it('by a beat that lasts for years is refused', () => {
    const frozen = nextList(ring, v1, undefined, { now: NOON });
    const forYears = beatFor(ringId, frozen.members, online, {
      version: 2,
      change: (beat) => ({ ...beat, expires: '2099-01-01T00:00:00Z' }),
    });
    assertRefused(judge({ ...frozen, beat: forYears }), 'expires-too-late', 'beat');
  });

  it('by a list that lasts for years is refused', () => {
    const forYears = nextList(ring, v1, (list) => ({ ...list, expires: '2099-01-01T00:00:00Z' }));
    assertRefused(judge(forYears), 'expires-too-late', 'members');
  });

  it('is what a square with a slow clock sees: a day is forgiven, more is said', () => {
    assert.equal(judge(v2, { now: NOON - 23 * HOUR_MS }).ok, true);
    assertRefused(judge(v2, { now: NOON - 26 * HOUR_MS }), 'expires-too-late', 'beat');
  });

  it('by holding back what is newer ends when the beat does', () => {
    assertRefused(judge(v2, { trusted: null, now: NOON + 73 * HOUR_MS }), 'beat-expired', 'beat');
  });
});

describe('a fast-forward', () => {
  const farthest = 2 ** 32 - 1;
  const forwarded: RingDocuments = { ...v1, beat: beatFor(ringId, v1.members, online, { version: farthest }) };

  it('by a stolen online key stops new beats, and beyond what a summary can say it is refused', () => {
    assert.equal(judge(forwarded).ok, true);
    assertRefused(judge(nextList(ring, v1), { trusted: forwarded }), 'beat-rollback', 'beat');
    const beyond = { ...v1, beat: beatFor(ringId, v1.members, online, { version: farthest + 1 }) };
    assertRefused(judge(beyond), 'bad-document', 'beat');
  });

  it('is undone by the charter that shows the stolen key out: beats count anew', () => {
    const { charters } = chartered(rekeyed);
    const mended = { charters, members: v1.members, beat: beatFor(ringId, v1.members, fresh, { version: 2 }) };
    const judgement = judge(mended, { trusted: forwarded });
    assert.ok(judgement.ok);
    assert.equal(judgement.ring.beat.version, 2);
  });

  it('is not undone by a charter that keeps the key: its floor stands', () => {
    const { charters } = chartered((charter) => ({ ...charter, name: 'Thicket' }));
    const lower = { ...v1, charters, beat: beatFor(ringId, v1.members, online, { version: 2 }) };
    assertRefused(judge(lower, { trusted: forwarded }), 'beat-rollback', 'beat');
  });

  it('of the list by a stolen admin key is undone by the charter that shows that key out', () => {
    const far = nextList(ring, v1, (list) => ({ ...list, version: farthest }), { admin: admin2 });
    const without = chartered(
      (charter) => {
        const { [admin2.keyid]: _gone, ...rest } = charter.keys;
        return {
          ...charter,
          keys: { ...rest, [fresh.keyid]: fresh.public },
          roles: { ...charter.roles, admin: { keyids: [admin1.keyid, paper.keyid, fresh.keyid], threshold: 2 } },
        };
      },
      [admin1, paper],
    );
    const mended = nextList(ring, without, undefined, { beatVersion: readRing(far).beat.version + 1 });
    const judgement = judge(mended, { trusted: far });
    assert.ok(judgement.ok);
    assert.equal(judgement.ring.members.version, 2);
    assertRefused(
      judge(nextList(ring, v1, undefined, { beatVersion: 9 }), { trusted: far }),
      'members-rollback',
      'members',
    );
  });

  it('leaves no door for old documents: what the removed key had signed is refused', () => {
    const { charters } = chartered(rekeyed);
    assertRefused(judge({ ...v2, charters }, { trusted: forwarded }), 'unknown-signer', 'beat');
  });
});
