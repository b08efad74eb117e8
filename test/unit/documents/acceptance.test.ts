import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeDocuments } from '../../../federation/documents/acceptance.ts';
import { signDocument } from '../../../federation/documents/dsse.ts';
import type { Envelope, Members, RingDocuments } from '../../../federation/documents/types.ts';
import { payloadOf } from '../../../federation/governance/sign-beat.ts';
import {
  DAY_MS,
  HOUR_MS,
  NOON,
  beatFor,
  memberDraft,
  nextCharter,
  nextList,
  readRing,
  ringOf,
} from '../../support/ring-documents.ts';
import { assertRefused, judge, ring, stranger, v2, v3 } from '../../support/judging.ts';

const { ringId, documents: v1, keys } = ring;
const { admin1, admin2, paper, online } = keys;

function textOf(envelope: Envelope): string {
  return Buffer.from(payloadOf(envelope)).toString();
}

describe('first contact', () => {
  it('with a ring on its first day is taken', () => {
    const judgement = judge(v1, { trusted: null });
    assert.ok(judgement.ok);
    assert.equal(judgement.changed, true);
    assert.equal(judgement.ring.ringId, ringId);
    assert.deepEqual(judgement.ring.envelopes, v1);
  });

  it('with another ring than the pinned one is refused', () => {
    assertRefused(judge(v1, { trusted: null, ringId: '0'.repeat(64) }), 'wrong-ring', 'charter');
  });

  it('with an expired beat, list or charter is refused', () => {
    const context = { trusted: null };
    const freshBeat = (now: number) => ({ ...v1, beat: beatFor(ringId, v1.members, online, { now }) });
    const in91Days = NOON + 91 * DAY_MS;
    const in14Months = NOON + 430 * DAY_MS;
    assertRefused(judge(v1, { ...context, now: NOON + 72 * HOUR_MS }), 'beat-expired', 'beat');
    assertRefused(judge(freshBeat(in91Days), { ...context, now: in91Days }), 'members-expired', 'members');
    const late = nextList(ring, v1, undefined, { now: in14Months });
    assertRefused(judge(late, { ...context, now: in14Months }), 'charter-expired', 'charter');
  });
});

describe('a newer members list', () => {
  it('is taken one step on', () => {
    const judgement = judge(v2);
    assert.ok(judgement.ok);
    assert.equal(judgement.changed, true);
    assert.equal(judgement.ring.members.version, 2);
  });

  it('is taken several steps on', () => {
    const judgement = judge(v3);
    assert.ok(judgement.ok);
    assert.equal(judgement.ring.members.version, 3);
  });

  it('changes nothing the second time, and hands out the same snapshot', () => {
    const trusted = readRing(v2);
    const judgement = judgeDocuments(v2, { trusted, now: NOON, self: undefined, allowPrivate: false, ringId });
    assert.ok(judgement.ok);
    assert.equal(judgement.changed, false);
    assert.equal(judgement.ring, trusted);
  });

  it('may be signed by any admin, the paper key too', () => {
    for (const admin of [admin1, admin2, paper]) {
      assert.equal(judge(nextList(ring, v1, undefined, { admin })).ok, true);
    }
  });

  it('is taken under a renewed charter', () => {
    const charters = [...v1.charters, nextCharter(v1, [admin1, paper])];
    const judgement = judge(nextList(ring, { ...v1, charters }));
    assert.ok(judgement.ok);
    assert.equal(judgement.ring.charter.version, 2);
  });
});

describe('rollback', () => {
  it('of the beat is refused', () => {
    const newer = { ...v1, beat: beatFor(ringId, v1.members, online, { version: 7 }) };
    assertRefused(judge(v1, { trusted: newer }), 'beat-rollback', 'beat');
  });

  it('of the members list under a newer beat is refused', () => {
    const old = { ...v1, beat: beatFor(ringId, v1.members, online, { version: 9 }) };
    assertRefused(judge(old, { trusted: v2 }), 'members-rollback', 'members');
  });

  it('of the charter is refused', () => {
    const newer = { ...v1, charters: [...v1.charters, nextCharter(v1, [admin1, admin2])] };
    assertRefused(judge(nextList(ring, v1), { trusted: newer }), 'charter-rollback', 'charter');
  });
});

describe('documents of the wrong kind', () => {
  it('a members list in the place of the beat, or the other way round, is refused', () => {
    assertRefused(judge({ ...v2, beat: v2.members }), 'wrong-type', 'beat');
    assertRefused(judge({ ...v2, members: v2.beat }), 'wrong-type', 'members');
    assertRefused(judge({ ...v2, charters: [v2.members] }), 'wrong-type', 'charter');
  });

  it('a list relabelled as a beat is refused by its signature', () => {
    // Signed by a key that may sign both, so only the type inside the signature tells them apart.
    const envelope = signDocument('members', readRing(v2).beat, [online]);
    assertRefused(judge({ ...v2, beat: { ...envelope, type: 'townring/beat/1' } }), 'bad-signature', 'beat');
  });

  it('a beat signed by an admin, and a list signed by the online key, are refused', () => {
    assertRefused(
      judge({ ...v2, beat: beatFor(ringId, v2.members, admin1, { version: 2 }) }),
      'unknown-signer',
      'beat',
    );
    const members = signDocument('members', readRing(v2).members, [online]);
    assertRefused(
      judge({ ...v2, members, beat: beatFor(ringId, members, online, { version: 2 }) }),
      'unknown-signer',
      'members',
    );
  });

  it('a list or beat of a stranger is refused', () => {
    assertRefused(
      judge({ ...v2, beat: beatFor(ringId, v2.members, stranger, { version: 2 }) }),
      'unknown-signer',
      'beat',
    );
  });

  it("another ring's list and beat, made with the same keys, are refused", () => {
    const other = ringOf(['moss', 'fern'], { now: NOON + 1_000 }).documents;
    assertRefused(judge({ ...v1, members: other.members, beat: other.beat }), 'wrong-ring', 'beat');
    const beat = beatFor(ringId, other.members, online, { version: 2 });
    assertRefused(judge({ ...v1, members: other.members, beat }), 'wrong-ring', 'members');
  });
});

describe('the beat', () => {
  it('that has expired is refused', () => {
    assertRefused(judge(v2, { now: NOON + 72 * HOUR_MS }), 'beat-expired', 'beat');
    assert.equal(judge(v2, { now: NOON + 72 * HOUR_MS - 1_000 }).ok, true);
  });

  it('renewed for the same list is taken', () => {
    const judgement = judge({ ...v1, beat: beatFor(ringId, v1.members, online, { version: 2, now: NOON + HOUR_MS }) });
    assert.ok(judgement.ok);
    assert.equal(judgement.changed, true);
  });

  it('renewed for a list that has expired keeps the ring turning', () => {
    const now = NOON + 100 * DAY_MS;
    assert.equal(judge({ ...v1, beat: beatFor(ringId, v1.members, online, { version: 2, now }) }, { now }).ok, true);
  });

  it('made by two admins at the same time for one list is no quarrel', () => {
    const twin = { ...v1, beat: beatFor(ringId, v1.members, online, { version: 1, now: NOON + 5_000 }) };
    const judgement = judge(twin);
    assert.ok(judgement.ok);
    assert.equal(judgement.changed, false);
    assert.deepEqual(judgement.ring.envelopes.beat, v1.beat);
  });

  it('that names another hash, length or version of the list is refused', () => {
    const spoil = (change: object): RingDocuments => ({
      ...v2,
      beat: beatFor(ringId, v2.members, online, {
        version: 2,
        change: (beat) => ({ ...beat, members: { ...beat.members, ...change } }),
      }),
    });
    assertRefused(judge(spoil({ hash: '0'.repeat(64) })), 'hash-mismatch', 'members');
    assertRefused(judge(spoil({ length: 5 })), 'hash-mismatch', 'members');
    assertRefused(judge(spoil({ version: 3 })), 'hash-mismatch', 'members');
    assertRefused(judge({ ...v2, members: v1.members }), 'hash-mismatch', 'members');
  });

  const shapes: readonly (readonly [string, object])[] = [
    ['version 0', { version: 0 }],
    ['a version beyond exact numbers', { version: 2 ** 60 }],
    ['a fraction of a version', { version: 1.5 }],
    ['a version in words', { version: '2' }],
    ['an unknown field', { mood: 'good' }],
    ['a date without its zone', { expires: '2026-12-01T00:00:00' }],
  ];
  for (const [what, change] of shapes) {
    it(`with ${what} is refused`, () => {
      const beat = beatFor(ringId, v2.members, online, { version: 2, change: (fresh) => ({ ...fresh, ...change }) });
      assertRefused(judge({ ...v2, beat }), 'bad-document', 'beat');
    });
  }
});

describe('two documents with one version', () => {
  const renamed = (list: Members): object => ({ ...list, members: [...list.members].reverse() });

  it('of the list under a newer beat: that one is taken, and both are the proof', () => {
    const other = nextList(ring, v1, renamed, { beatVersion: 3 });
    const judgement = judge(other, { trusted: v2 });
    assert.ok(judgement.ok);
    assert.deepEqual(judgement.ring.envelopes.members, other.members);
    assert.deepEqual(judgement.proof, {
      ringId,
      document: 'members',
      version: 2,
      ours: v2.members,
      theirs: other.members,
    });
    assertRefused(judge(v2, { trusted: other }), 'beat-rollback', 'beat');
  });

  it('of the list, published by two admins at the same moment: every square settles on the same one, with the proof', () => {
    const other = nextList(ring, v1, renamed);
    const verdicts = [judge(other, { trusted: v2 }), judge(v2, { trusted: other })];
    const taken = verdicts.filter(({ ok }) => ok);
    const left = verdicts.find(({ ok }) => !ok);
    assert.equal(taken.length, 1);
    assertRefused(left ?? assert.fail(), 'equivocation', 'beat');
    for (const { proof } of verdicts) {
      assert.equal(proof?.version, 2);
      assert.notEqual(proof?.ours.payload, proof?.theirs.payload);
    }
    const [winner] = taken;
    assert.ok(winner?.ok);
    // Whoever signs next ends it for those, too, who never saw the other list.
    const healed = nextList(ring, winner.ring.envelopes);
    for (const trusted of [v2, other]) assert.equal(judge(healed, { trusted }).ok, true);
  });

  it('of the beat, when one admin renews while another publishes, are settled for the newer list everywhere', () => {
    const renewed = { ...v1, beat: beatFor(ringId, v1.members, ring.keys.online, { version: 2, now: NOON + HOUR_MS }) };
    const judgement = judge(v2, { trusted: renewed });
    assert.ok(judgement.ok && judgement.changed);
    assert.equal(judgement.ring.members.version, 2);
    assertRefused(judge(renewed, { trusted: v2 }), 'beat-rollback', 'beat');
  });

  it('of the charter are refused, and both are the proof', () => {
    const ours = nextCharter(v1, [admin1, admin2]);
    const theirs = nextCharter(v1, [admin1, paper], (charter) => ({ ...charter, name: 'Thicket' }));
    const judgement = judge(
      { ...v1, charters: [...v1.charters, theirs] },
      { trusted: { ...v1, charters: [...v1.charters, ours] } },
    );
    assertRefused(judgement, 'equivocation', 'charter');
    assert.deepEqual(!judgement.ok && judgement.proof, { ringId, document: 'charter', version: 2, ours, theirs });
  });

  it('are no proof when one of them is forged', () => {
    const other = nextList(ring, v1, renamed, { admin: stranger, beatVersion: 3 });
    const judgement = judge(other, { trusted: v2 });
    assertRefused(judgement, 'unknown-signer', 'members');
    assert.equal(!judgement.ok && judgement.proof, undefined);
  });

  it('that differ only in who signed them are one document', () => {
    const again = nextList(ring, v1, undefined, { admin: admin2 });
    const judgement = judge(again, { trusted: v2 });
    assert.ok(judgement.ok);
    assert.equal(judgement.changed, false);
  });
});

describe('the format', () => {
  it('is fixed: the same keys and date make the same ring, byte for byte', () => {
    assert.equal(
      ringOf(['moss', 'lantern']).ringId,
      '788121e4bfce8495adede1b89b2260951376e15f2b55a509d7f945f43e6f0330',
    );
    assert.equal(
      textOf(v1.beat).startsWith(
        `{"ring":"${ringId}","version":1,"expires":"2026-11-26T12:00:00Z","members":{"version":1,"hash":"`,
      ),
      true,
    );
    assert.equal(memberDraft('moss').square, '12D3KooWRSwm8fxa619XdkL6wiw54vWaMDm4LmtkkGwd4rjPcmFu');
  });
});
