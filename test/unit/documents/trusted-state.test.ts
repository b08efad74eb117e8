import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeDocuments, encodeDocuments } from '../../../federation/documents/document-set.ts';
import { TrustedRings } from '../../../federation/documents/trusted-state.ts';
import type { RingDocuments, TrustedRing } from '../../../federation/documents/types.ts';
import { documentVersions, expiredDocuments, isNewer, isStale } from '../../../federation/documents/versions.ts';
import {
  DAY_MS,
  HOUR_MS,
  NOON,
  memoryTrustedState,
  nextCharter,
  nextList,
  readRing,
  ringOf,
  squareId,
} from '../../support/ring-documents.ts';

const ring = ringOf(['moss', 'lantern']);
const { ringId, documents: v1 } = ring;
const v2 = nextList(ring, v1);
const v3 = nextList(ring, v2);

function trusting(documents: RingDocuments | undefined) {
  const store = memoryTrustedState();
  if (documents !== undefined) store.save({ ringId, ...documents });
  return { store, rings: new TrustedRings(store, { self: squareId('moss') }) };
}

const reasonOf = (outcome: { ok: boolean; reason?: string }): string | undefined => outcome.reason;

describe('a ring that this square does not know', () => {
  it('is not taken from a peer', () => {
    const { rings, store } = trusting(undefined);
    assert.equal(reasonOf(rings.accept(v1, NOON)), 'unknown-ring');
    assert.deepEqual(rings.all(), []);
    assert.equal(store.saves, 0);
  });

  it('is taken when the operator installs it, and then kept up to date by peers', () => {
    const { rings } = trusting(undefined);
    assert.equal(rings.install(v1, NOON).ok, true);
    assert.equal(rings.accept(v2, NOON).ok, true);
    assert.equal(rings.get(ringId)?.members.version, 2);
  });

  it('is taken from a peer when its id was known in advance', () => {
    const rings = new TrustedRings(memoryTrustedState(), { pins: [ringId] });
    assert.equal(rings.accept(v1, NOON).ok, true);
  });

  it('is not installed when it is another one than the operator named', () => {
    const { rings } = trusting(undefined);
    assert.equal(reasonOf(rings.install(v1, NOON, 'f'.repeat(64))), 'wrong-ring');
  });

  it('is not installed when sixteen are trusted already', () => {
    const { rings } = trusting(undefined);
    for (let at = 0; at < 16; at++) {
      assert.equal(rings.install(ringOf(['moss'], { seed: `ring ${at}` }).documents, NOON).ok, true);
    }
    assert.equal(reasonOf(rings.install(v1, NOON)), 'too-many-rings');
    assert.equal(rings.all().length, 16);
  });
});

describe('a change of a trusted ring', () => {
  it('is saved before anything uses it', () => {
    const { rings, store } = trusting(v1);
    const seen: [number, number | undefined, number][] = [];
    rings.onChange((now, before) => seen.push([now.members.version, before?.members.version, store.saves]));
    const saved = store.saves;
    assert.equal(rings.accept(v2, NOON).ok, true);
    assert.deepEqual(seen, [[2, 1, saved + 1]]);
    assert.deepEqual(store.load(), [{ ringId, ...v2 }]);
  });

  it('that cannot be saved leaves the old ring in use, and tells nobody', () => {
    const { rings, store } = trusting(v1);
    let calls = 0;
    rings.onChange(() => calls++);
    store.failNextSave();
    const outcome = rings.accept(v2, NOON);
    assert.equal(reasonOf(outcome), 'not-saved');
    assert.ok(!outcome.ok && outcome.cause instanceof Error);
    assert.equal(rings.get(ringId)?.members.version, 1);
    assert.equal(calls, 0);
    assert.equal(rings.accept(v2, NOON).ok, true, 'and is taken when the disk has room again');
  });

  it('is told once; the same documents again change nothing', () => {
    const { rings, store } = trusting(v1);
    let calls = 0;
    const stop = rings.onChange(() => calls++);
    rings.accept(v2, NOON);
    const { saves } = store;
    const again = rings.accept(v2, NOON);
    assert.ok(again.ok);
    assert.equal(again.changed, false);
    assert.equal(store.saves, saves);
    assert.equal(calls, 1);
    stop();
    rings.accept(v3, NOON);
    assert.equal(calls, 1);
  });

  it('does not touch the snapshots given out before', () => {
    const { rings } = trusting(v1);
    const before = rings.get(ringId);
    const copy: TrustedRing | undefined = structuredClone(before);
    rings.accept(v3, NOON);
    assert.deepEqual(before, copy);
  });

  it('never goes back, restarts included', () => {
    const { rings, store } = trusting(v3);
    for (const old of [v2, v1]) assert.equal(rings.accept(old, NOON).ok, false);
    const reopened = new TrustedRings(store);
    for (const old of [v2, v1]) assert.equal(reopened.accept(old, NOON).ok, false);
    for (const old of [v2, v1]) assert.equal(reopened.install(old, NOON).ok, false, 'not by the operator either');
    assert.equal(reopened.get(ringId)?.members.version, 3);
  });

  it('by the command line in the meantime is picked up, and never overwritten by something older', () => {
    const { rings, store } = trusting(v1);
    store.save({ ringId, ...v3 });
    assert.equal(rings.get(ringId)?.members.version, 1);
    assert.equal(rings.accept(v2, NOON).ok, false);
    assert.equal(rings.get(ringId)?.members.version, 3);
    assert.deepEqual(store.load(), [{ ringId, ...v3 }]);
  });

  it('on the disk to something older is not followed', () => {
    const { rings, store } = trusting(v2);
    store.save({ ringId, ...v1 });
    rings.reload();
    assert.equal(rings.get(ringId)?.members.version, 2);
    assert.deepEqual(rings.unusable(), []);
  });

  it('that shows this square out is taken and reported', () => {
    const { rings } = trusting(v1);
    const out = nextList(ring, v1, (list) => ({
      ...list,
      members: list.members.slice(1),
      revoked: [{ square: squareId('moss'), reason: 'asked to leave', at: '2026-11-23T12:00:00Z' }],
    }));
    const outcome = rings.accept(out, NOON);
    assert.equal(outcome.ok && outcome.selfRevoked?.reason, 'asked to leave');
  });

  it('that says two things is kept as a proof, once, on the disk, and told to the operator', () => {
    const { rings, store } = trusting(v2);
    const told: number[] = [];
    rings.onProof(({ version }) => told.push(version));
    const other = nextList(ring, v1, (list) => ({ ...list, members: [...list.members].reverse() }), { beatVersion: 3 });
    for (let at = 0; at < 3; at++) assert.equal(rings.accept(other, NOON).ok, true);
    const pairs = (kept: TrustedRings) => kept.proofs().map(({ ours, theirs }) => [ours, theirs]);
    assert.deepEqual(pairs(rings), [[v2.members, other.members]]);
    assert.deepEqual(pairs(new TrustedRings(store)), [[v2.members, other.members]]);
    assert.deepEqual(told, [2]);
  });

  it('cannot fill the disk with proofs', () => {
    const { rings } = trusting(v2);
    for (let at = 0; at < 30; at++) {
      const date = `2027-01-01T00:00:${String(at).padStart(2, '0')}Z`;
      rings.accept(
        nextList(ring, v1, (list) => ({ ...list, expires: date }), { beatVersion: 3 }),
        NOON,
      );
    }
    assert.equal(rings.proofs().length, 16);
  });
});

describe('when the admins are gone', () => {
  it('the ring stays in use after everything has expired, and says that it is stale', () => {
    const { store } = trusting(v1);
    const rings = new TrustedRings(store, { self: squareId('moss') });
    const kept = rings.get(ringId);
    assert.ok(kept !== undefined);
    assert.equal(isStale(kept, NOON), false);
    assert.deepEqual(expiredDocuments(kept, NOON + 73 * HOUR_MS), ['beat']);
    assert.deepEqual(expiredDocuments(kept, NOON + 91 * DAY_MS), ['members', 'beat']);
    assert.deepEqual(expiredDocuments(kept, NOON + 500 * DAY_MS), ['charter', 'members', 'beat']);
    assert.equal(isStale(kept, NOON + 73 * HOUR_MS), true);
  });

  it('new trust stops: an expired beat opens no newer list', () => {
    const { rings } = trusting(v1);
    assert.equal(reasonOf(rings.accept(v2, NOON + 73 * HOUR_MS)), 'beat-expired');
    assert.equal(rings.get(ringId)?.members.version, 1);
  });
});

describe('what is on the disk', () => {
  it('is verified again at start; a damaged ring is not used, and others are', () => {
    const other = ringOf(['quay'], { seed: 'other' });
    const store = memoryTrustedState();
    store.save({ ringId: other.ringId, ...other.documents });
    store.save({ ringId, ...v1, members: { ...v1.members, payload: `${v1.members.payload.slice(0, -4)}AAAA` } });
    const rings = new TrustedRings(store);
    assert.deepEqual(
      rings.all().map((each) => each.ringId),
      [other.ringId],
    );
    assert.deepEqual(rings.unusable(), [
      { ringId, refusal: { ok: false, reason: 'bad-signature', document: 'members' } },
    ]);
  });

  it('when damaged, is not replaced by what a peer says, only by the operator', () => {
    const store = memoryTrustedState();
    store.save({ ringId, ...v2, beat: v1.beat });
    const rings = new TrustedRings(store, { pins: [ringId] });
    assert.equal(rings.unusable()[0]?.refusal.reason, 'hash-mismatch');
    assert.equal(reasonOf(rings.accept(v1, NOON)), 'unknown-ring');
    assert.equal(rings.install(v3, NOON).ok, true);
    assert.deepEqual(rings.unusable(), []);
    assert.deepEqual(new TrustedRings(store).unusable(), []);
  });

  it('that cannot be read back leaves the ring in use as it is', () => {
    const store = memoryTrustedState();
    store.save({ ringId, ...v1 });
    let isBroken = false;
    const load = (): ReturnType<typeof store.load> => {
      if (isBroken) throw new Error('disk gone');
      return store.load();
    };
    const rings = new TrustedRings({ ...store, load });
    isBroken = true;
    assert.equal(reasonOf(rings.accept(v2, NOON)), 'not-saved');
    assert.equal(rings.get(ringId)?.members.version, 1);
  });

  it('under the wrong id is not used', () => {
    const store = memoryTrustedState();
    store.save({ ringId: '0'.repeat(64), ...v1 });
    assert.equal(new TrustedRings(store).unusable()[0]?.refusal.reason, 'wrong-ring');
  });
});

describe('sets on the way between squares', () => {
  it('arrive as they were sent', () => {
    assert.deepEqual(decodeDocuments(encodeDocuments(v2)), { ok: true, value: v2 });
  });

  const text = Buffer.from(encodeDocuments(v2)).toString();
  const broken: readonly (readonly [string, string])[] = [
    ['cut', text.slice(0, -1)],
    ['with garbage behind', `${text}0`],
    ['with an unknown part', text.replace('{', '{"note":1,')],
    ['with a repeated part', text.replace('{', '{"charters":[],')],
    ['with no charter', JSON.stringify({ ...v2, charters: [] })],
    ['that are no set', '[]'],
  ];
  for (const [what, spoilt] of broken) {
    it(`are refused ${what}`, () => assert.equal(reasonOf(decodeDocuments(Buffer.from(spoilt))), 'malformed'));
  }

  it('are refused when they are too large', () => {
    assert.equal(reasonOf(decodeDocuments(Buffer.alloc(3 * 1024 * 1024 + 1, 0x20))), 'oversize');
  });

  it('are refused whatever their type says, without a throw', () => {
    const { rings } = trusting(v1);
    for (const value of [null, undefined, 1, 'x', [], {}, { charters: null }, { ...v2, beat: undefined }]) {
      const foreign: RingDocuments = JSON.parse(JSON.stringify({ value: value ?? null })).value;
      assert.equal(reasonOf(rings.accept(foreign, NOON)), 'malformed');
    }
  });
});

describe('versions in the header of a summary', () => {
  it('are those of the trusted documents', () => {
    const charters = [...v1.charters, nextCharter(v1, [ring.keys.admin1, ring.keys.paper])];
    const state = readRing(nextList(ring, { ...v2, charters }));
    const head = Number.parseInt(state.beat.members.hash.slice(0, 8), 16);
    assert.deepEqual(documentVersions(state), { charter: 2, members: 3, beat: 3, head });
  });

  it('are newer by the charter first, then by the beat, then by the list, then by its lower hash', () => {
    const ours = { charter: 2, members: 5, beat: 9, head: 7 };
    assert.equal(isNewer(ours, ours), false);
    assert.equal(isNewer({ charter: 3, members: 1, beat: 1, head: 0 }, ours), true);
    assert.equal(isNewer({ ...ours, beat: 10 }, ours), true);
    assert.equal(isNewer({ ...ours, members: 6 }, ours), true);
    assert.equal(isNewer({ ...ours, members: 6, beat: 8 }, ours), false);
    assert.equal(isNewer({ ...ours, head: 6 }, ours), true);
    assert.equal(isNewer({ ...ours, head: 8 }, ours), false);
    assert.equal(isNewer({ charter: 1, members: 99, beat: 99, head: 0 }, ours), false);
  });
});
