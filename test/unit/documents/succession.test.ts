/** A ring whose admins are gone goes on under a charter that follows theirs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signDocument } from '../../../federation/documents/dsse.ts';
import { cosignersOf } from '../../../federation/documents/succession.ts';
import { TrustedRings } from '../../../federation/documents/trusted-state.ts';
import type { Charter, RingDocuments } from '../../../federation/documents/types.ts';
import { addSignatures } from '../../../federation/governance/cosign.ts';
import { createSuccessor, type NewRing } from '../../../federation/governance/create-ring.ts';
import { signBeat } from '../../../federation/governance/sign-beat.ts';
import { makeSigningKey, type SigningKey } from '../../../federation/governance/signing-key.ts';
import { assertRefused, judge } from '../../support/judging.ts';
import {
  DAY_MS,
  memoryTrustedState,
  nextCharter,
  nextList,
  NOON,
  readRing,
  ringOf,
  seededBytes,
  squareId,
} from '../../support/ring-documents.ts';

const NAMES = ['moss', 'lantern', 'quay', 'thicket'] as const;
type Name = (typeof NAMES)[number];
const old = ringOf(NAMES);
const { ringId, documents: v1 } = old;
const squareKey = (name: string): SigningKey => makeSigningKey(seededBytes(name));

function successorOf(documents: RingDocuments, seed = 'successor'): NewRing {
  const made = createSuccessor(readRing(documents), { now: NOON, random: seededBytes(seed) });
  assert.ok(made.ok);
  return made.value;
}

/** The successor with the signatures of these squares. */
function cosigned({ documents }: NewRing, names: readonly string[]): RingDocuments {
  const [charter, ...later] = documents.charters;
  assert.ok(charter !== undefined);
  return { ...documents, charters: [addSignatures(charter, names.map(squareKey)), ...later] };
}

function trusting(documents: RingDocuments, self: Name = 'moss') {
  const store = memoryTrustedState();
  store.save({ ringId, ...documents });
  return { store, rings: new TrustedRings(store, { self: squareId(self) }) };
}

const next = successorOf(v1);

describe('a charter that follows the ring of this square', () => {
  it('is taken by itself when more than half of the squares signed it, and the old ring is given up', () => {
    const { rings, store } = trusting(v1);
    const told: string[] = [];
    rings.onChange((ring) => told.push(ring.ringId));
    assertRefused(rings.accept(cosigned(next, []), NOON), 'no-majority', 'charter');
    assertRefused(rings.accept(cosigned(next, ['moss', 'quay']), NOON), 'no-majority', 'charter');
    const documents = cosigned(next, ['lantern', 'quay', 'thicket']);
    assert.equal(rings.accept(documents, NOON).ok, true);
    assert.deepEqual(
      [rings.all(), store.load()].map((all) => all.map((ring) => ring.ringId)),
      [[next.ringId], [next.ringId]],
    );
    assert.deepEqual(told, [next.ringId]);
    assert.equal(rings.accept(documents, NOON).ok, true, 'the same again changes nothing');
    assert.deepEqual(new TrustedRings(store, { self: squareId('moss') }).all(), rings.all(), 'also after a restart');
  });

  it('is taken on the operator’s own word whoever signed, and not by a mere install', () => {
    const { rings } = trusting(v1);
    assertRefused(rings.install(next.documents, NOON), 'no-majority', 'charter');
    assert.deepEqual(
      rings.all().map((ring) => ring.ringId),
      [ringId],
    );
    assert.equal(rings.succeed(next.documents, NOON).ok, true);
    assert.deepEqual(
      rings.all().map((ring) => ring.ringId),
      [next.ringId],
    );
  });

  it('ends the old ring: nobody brings it back, whatever its admins sign', () => {
    const { rings, store } = trusting(v1);
    assert.equal(rings.succeed(next.documents, NOON).ok, true);
    const v2 = nextList(old, v1);
    for (const documents of [v1, v2]) {
      assertRefused(rings.accept(documents, NOON), 'succeeded', 'charter');
      assertRefused(rings.install(documents, NOON), 'succeeded', 'charter');
    }
    assert.equal(store.load().length, 1);
  });

  it('goes on like any ring: new lists and charters of the new admins count', () => {
    const { rings } = trusting(v1);
    const documents = cosigned(next, ['lantern', 'quay', 'thicket']);
    assert.equal(rings.accept(documents, NOON).ok, true);
    const charter = nextCharter(documents, [next.keys.admin1, next.keys.paper]);
    const v2 = nextList(next, { ...documents, charters: [...documents.charters, charter] });
    assert.equal(rings.accept(v2, NOON).ok, true);
    assert.deepEqual([rings.all()[0]?.charter.version, rings.all()[0]?.members.version], [2, 2]);
  });

  it('is joined by a newcomer like any ring', () => {
    const rings = new TrustedRings(memoryTrustedState(), { self: squareId('newcomer') });
    assert.equal(rings.install(cosigned(next, NAMES), NOON).ok, true);
    assertRefused(rings.accept(v1, NOON), 'succeeded', 'charter');
  });

  it('is another process’s doing: a running square that reads its store again goes over', () => {
    const { rings, store } = trusting(v1);
    const commandLine = new TrustedRings(store, { self: squareId('moss') });
    assert.equal(commandLine.succeed(next.documents, NOON).ok, true);
    rings.reload();
    assert.deepEqual(
      rings.all().map((ring) => ring.ringId),
      [next.ringId],
    );
    assertRefused(rings.accept(nextList(old, v1), NOON), 'succeeded', 'charter');
  });

  it('counts the squares that the reader last knew, not those that the successor names', () => {
    const shrunk = nextList(old, v1, (list) => ({ ...list, members: list.members.slice(0, 2) }));
    const ofTwo = successorOf(shrunk, 'of two');
    assertRefused(trusting(v1).rings.accept(cosigned(ofTwo, ['moss', 'lantern']), NOON), 'no-majority', 'charter');
    assert.equal(trusting(shrunk).rings.accept(cosigned(ofTwo, ['moss', 'lantern']), NOON).ok, true);
  });
});

describe('hostile successors', () => {
  it('with forged, borrowed or repeated signatures have no majority', () => {
    const [charter] = next.documents.charters;
    assert.ok(charter !== undefined);
    const [moss, lantern] = ['moss', 'lantern'].map(squareKey);
    assert.ok(moss !== undefined && lantern !== undefined);
    const good = addSignatures(charter, [moss]);
    const mossSignature = good.signatures.find(({ keyid }) => keyid === moss.keyid);
    assert.ok(mossSignature !== undefined);
    const borrowed = { ...mossSignature, keyid: lantern.keyid };
    const cut = { keyid: squareKey('quay').keyid, sig: mossSignature.sig.replace(/^..../, 'AAAA') };
    const documents = {
      ...next.documents,
      charters: [{ ...good, signatures: [...good.signatures, borrowed, cut] }],
    };
    assert.deepEqual(cosignersOf(documents.charters[0] ?? charter, readRing(v1).members), [squareId('moss')]);
    const { rings } = trusting(v1);
    assertRefused(rings.accept(documents, NOON), 'no-majority', 'charter');
    const twice = [{ ...good, signatures: [...good.signatures, mossSignature, mossSignature] }];
    assertRefused(rings.accept({ ...documents, charters: twice }, NOON), 'repeated-signature', 'charter');
  });

  it('made of another successor’s signatures have none', () => {
    const other = successorOf(v1, 'other');
    const [good] = cosigned(next, NAMES).charters;
    const [charter] = other.documents.charters;
    assert.ok(good !== undefined && charter !== undefined);
    const signatures = [...charter.signatures, ...good.signatures.slice(2)];
    const stolen = { ...other.documents, charters: [{ ...charter, signatures }] };
    assertRefused(trusting(v1).rings.accept(stolen, NOON), 'no-majority', 'charter');
  });

  it('that leave the reader out are refused, as any list that does so without a word', () => {
    const withoutMoss = nextList(old, v1, (list) => ({ ...list, members: list.members.slice(1) }));
    const documents = cosigned(successorOf(withoutMoss, 'without'), ['lantern', 'quay', 'thicket']);
    assertRefused(trusting(v1).rings.accept(documents, NOON), 'locks-reader-out', 'members');
    assert.equal(trusting(v1, 'quay').rings.accept(documents, NOON).ok, true);
  });

  it('that are stale or too far ahead are refused like any documents', () => {
    const documents = cosigned(next, NAMES);
    assertRefused(trusting(v1).rings.accept(documents, NOON + 4 * DAY_MS), 'beat-expired', 'beat');
    assertRefused(trusting(v1).rings.accept(documents, NOON - 3 * DAY_MS), 'expires-too-late', 'beat');
  });

  it('cannot begin as a later charter of an honest ring: what a ring follows never changes', () => {
    const other = ringOf(['moss', 'brook'], { seed: 'thief' });
    const taking = (follows: string | undefined) => (charter: Charter) => ({ ...charter, follows });
    const hijack = nextCharter(other.documents, [other.keys.admin1, other.keys.paper], taking(ringId));
    const documents = { ...other.documents, charters: [...other.documents.charters, hijack] };
    assertRefused(judge(documents, { trusted: other.documents }), 'wrong-prev', 'charter');
    const dropped = nextCharter(next.documents, [next.keys.admin1, next.keys.paper], taking(undefined));
    assertRefused(
      judge({ ...next.documents, charters: [...next.documents.charters, dropped] }, { trusted: null }),
      'wrong-prev',
      'charter',
    );
  });

  it('do not let a charter that follows nobody carry strangers’ signatures', () => {
    const [charter] = v1.charters;
    assert.ok(charter !== undefined);
    const documents = { ...v1, charters: [addSignatures(charter, [squareKey('moss')])] };
    assertRefused(judge(documents, { trusted: null }), 'unknown-signer', 'charter');
  });

  it('of a ring nobody here is in are none of our business', () => {
    const foreign = successorOf(ringOf(NAMES, { seed: 'elsewhere' }).documents);
    assertRefused(trusting(v1).rings.accept(cosigned(foreign, NAMES), NOON), 'unknown-ring', 'charter');
  });

  it('that name a ring id that is none are not charters', () => {
    for (const follows of ['', 'x', ringId.toUpperCase(), 7, null]) {
      const made = readRing(next.documents);
      const charter = signDocument('charter', { ...made.charter, follows }, [next.keys.admin1, next.keys.admin2]);
      const beat = signBeat(
        { ring: next.ringId, version: 1, list: made.members, membersEnvelope: made.envelopes.members, now: NOON },
        next.keys.online,
      );
      const documents = { ...next.documents, charters: [charter], beat };
      assert.equal(trusting(v1).rings.succeed(documents, NOON).ok, false, String(follows));
    }
  });
});
