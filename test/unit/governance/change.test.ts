import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Signer } from '../../../federation/documents/dsse.ts';
import type { TrustedRing } from '../../../federation/documents/types.ts';
import { changeList, type ListChange } from '../../../federation/governance/change.ts';
import { completeCharter, proposeCharter, type KeyChange } from '../../../federation/governance/change-charter.ts';
import { describeChange } from '../../../federation/governance/describe-change.ts';
import type { Drafted } from '../../../federation/governance/member-draft.ts';
import { publishMembers } from '../../../federation/governance/publish.ts';
import { makeSigningKey } from '../../../federation/governance/signing-key.ts';
import { judge, ring, v2 } from '../../support/judging.ts';
import { beatFor, memberDraft, NOON, readRing, seededBytes, squareId } from '../../support/ring-documents.ts';

const trusted = readRing(ring.documents);
const { admin1, admin2, paper, online } = ring.keys;
const options = { now: NOON };
const newcomer = makeSigningKey(seededBytes('a new admin'));
const freshOnline = makeSigningKey(seededBytes('a new online key'));

function valueOf<T>(drafted: Drafted<T>): T {
  assert.ok(drafted.ok, drafted.ok ? '' : drafted.problems.join('\n'));
  return drafted.value;
}
const problemOf = (drafted: Drafted<unknown>): string => (drafted.ok ? '' : drafted.problems.join('\n'));
/** What one admin does who has every key that it takes. */
function changeCharter(from: TrustedRing, wanted: KeyChange, signers: readonly Signer[], { now } = options) {
  const proposed = proposeCharter(from, wanted, signers, now);
  return proposed.ok ? completeCharter(from, proposed.value, signers, { now }) : proposed;
}
const change = (wanted: ListChange) => changeList(trusted.members, wanted, options);

describe('a change of the list says what it does for whom, and every square takes it', () => {
  const changes: readonly (readonly [ListChange, string])[] = [
    [{ kind: 'add', member: memberDraft('elm') }, 'Adds Site elm: Site moss and Site quay get a new neighbour.'],
    [
      { kind: 'revoke', square: squareId('quay'), reason: 'rude' },
      'Takes out Site quay: Site moss and Site lantern get a new neighbour.',
    ],
    [{ kind: 'reorder', square: squareId('quay'), place: 1 }, "Changes the order: nobody's neighbours change."],
    [
      { kind: 'rename', site: 'quay', name: ' The Quay ' },
      "Renames Site quay to The Quay: nobody's neighbours change.",
    ],
    [
      { kind: 'rehouse', square: squareId('quay'), entries: { quay: 'https://quay.example/new' } },
      "Sends visitors of Site quay to https://quay.example/new: nobody's neighbours change.",
    ],
    [
      { kind: 'rehouse', square: squareId('quay'), origin: 'https://elsewhere.example' },
      "Says where the square of Site quay is reached from now on: nobody's neighbours change.",
    ],
    [
      { kind: 'rekey', square: squareId('quay'), successor: squareId('elm') },
      "Gives the square of Site quay a new key and shows the old one out: nobody's neighbours change.",
    ],
    [{ kind: 'renew' }, 'Changes no place in the ring and only renews the list or what is said of its members.'],
  ];
  for (const [wanted, sentence] of changes) {
    it(sentence, () => {
      const next = valueOf(change(wanted));
      assert.equal(describeChange(trusted.members, next), sentence);
      const published = valueOf(publishMembers(trusted, next, { admin: admin1, online }, options));
      assert.equal(judge({ ...ring.documents, ...published }).ok, true);
    });
  }

  it('and a square whose key was replaced hears it by name, instead of being locked out', () => {
    const next = valueOf(change({ kind: 'rekey', square: squareId('moss'), successor: squareId('elm') }));
    const published = valueOf(publishMembers(trusted, next, { admin: admin1, online }, options));
    const judgement = judge({ ...ring.documents, ...published });
    assert.equal(judgement.ok && judgement.selfRevoked?.reason, `goes on as ${squareId('elm')}`);
  });

  it('what was taken out and put back is what it was before', () => {
    const without = valueOf(change({ kind: 'revoke', square: squareId('quay') }));
    const { members, revoked } = trusted.members;
    const back = valueOf(
      changeList({ ...trusted.members, ...without }, { kind: 'restore', members, revoked }, options),
    );
    assert.deepEqual(back, { members, revoked });
  });

  const refusals: readonly (readonly [string, ListChange, RegExp])[] = [
    ['a place that is none', { kind: 'reorder', square: squareId('quay'), place: 4 }, /places 1 to 3/],
    ['a square that is not there', { kind: 'reorder', square: squareId('elm'), place: 1 }, /not in the ring/],
    ['a name that cannot be shown', { kind: 'rename', site: 'quay', name: '\u202e' }, /can be shown/],
    [
      'a key that is there already',
      { kind: 'rekey', square: squareId('quay'), successor: squareId('moss') },
      /already/,
    ],
    ['a key that is none', { kind: 'rekey', square: squareId('quay'), successor: 'me' }, /not the peer id/],
    [
      'a page of a site of another square',
      { kind: 'rehouse', square: squareId('quay'), entries: { moss: 'https://x.example/' } },
      /has no moss/,
    ],
    [
      'a page on plain http',
      { kind: 'rehouse', square: squareId('quay'), entries: { quay: 'http://x.example/' } },
      /not an https URL/,
    ],
  ];
  for (const [what, wanted, line] of refusals) {
    it(`refuses ${what}`, () => assert.match(problemOf(change(wanted)), line));
  }
});

describe('a change of the charter', () => {
  it('that takes a second admin in for the spare key leaves two people needed, and every square takes it', () => {
    const next = valueOf(
      changeCharter(
        trusted,
        { addAdmins: [newcomer.public], addOnline: [freshOnline.public], drop: [admin2.keyid] },
        [admin1, admin2, paper, online],
        options,
      ),
    );
    const judgement = judge(next);
    assert.ok(judgement.ok);
    assert.deepEqual(judgement.ring.charter.roles.admin.keyids, [admin1.keyid, paper.keyid, newcomer.keyid]);
    assert.equal(judgement.ring.members.version, 1, 'the list stands: who signed it is still an admin');
  });

  it('that shows the signer of the list out has the list signed anew', () => {
    const spare = makeSigningKey(seededBytes('spare'));
    const next = valueOf(
      changeCharter(
        trusted,
        { drop: [admin1.keyid], addAdmins: [spare.public] },
        [admin2, paper, online, spare],
        options,
      ),
    );
    const judgement = judge(next);
    assert.ok(judgement.ok);
    assert.equal(judgement.ring.members.version, 2);
    assert.deepEqual(judgement.ring.members.members, trusted.members.members);
  });

  it('undoes what a stolen online key did to the numbers of beats', () => {
    const far = {
      ...ring.documents,
      beat: beatFor(ring.ringId, ring.documents.members, online, { version: 2 ** 32 - 1 }),
    };
    const next = valueOf(
      changeCharter(
        readRing(far),
        { drop: [online.keyid], addOnline: [freshOnline.public] },
        [admin1, admin2, freshOnline],
        options,
      ),
    );
    const judgement = judge(next, { trusted: far });
    assert.ok(judgement.ok);
    assert.equal(judgement.ring.beat.version, 1);
  });

  const refusals: readonly (readonly [string, () => Drafted<unknown>, RegExp])[] = [
    ['one signature too few', () => changeCharter(trusted, {}, [admin1, online], options), /one more admin key/],
    ['no online key at hand', () => changeCharter(trusted, {}, [admin1, admin2], options), /no online key/],
    [
      'a ring that would hang on every key',
      () => changeCharter(trusted, { drop: [paper.keyid] }, [admin1, admin2, online], options),
      /no-spare-key/,
    ],
    [
      'a key that is there already',
      () => changeCharter(trusted, { addAdmins: [paper.public] }, [admin1, admin2, online], options),
      /already/,
    ],
    [
      'a key that anybody could sign for',
      () =>
        changeCharter(
          trusted,
          { addOnline: [{ suite: 'ed25519', public: Buffer.alloc(32).toString('base64') }] },
          [admin1, admin2, online],
          options,
        ),
      /not a key that can sign/,
    ],
  ];
  for (const [what, run, line] of refusals) {
    it(`refuses ${what}`, () => assert.match(problemOf(run()), line));
  }

  it('counts a signature once, however often it is given', () => {
    assert.match(problemOf(changeCharter(trusted, {}, [admin1, admin1, online], options)), /one more admin key/);
    assert.equal(judge(v2).ok, true);
  });
});
