import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeDocuments, encodeDocuments } from '../../../federation/documents/document-set.ts';
import { documentVersions } from '../../../federation/documents/versions.ts';
import type { RingDocuments } from '../../../federation/documents/types.ts';
import {
  createDocumentPull,
  decodeDocumentsQuestion,
  encodeDocumentsQuestion,
} from '../../../federation/node/document-pull.ts';
import type { AcceptanceOutcome } from '../../../federation/ring-service.ts';
import { encodeCbor } from '../../../federation/node/strict-cbor.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { nextList, readRing, ringOf } from '../../support/ring-documents.ts';

const ring = ringOf(['alder', 'birch', 'cedar']);
const newer = nextList(ring, ring.documents);

/** One square that holds `mine` (or what that says) and asks a network that answers `theirs`. */
function rig(
  mine: RingDocuments | (() => RingDocuments),
  theirs: () => Promise<Uint8Array>,
  outcome: AcceptanceOutcome = { ok: true },
  clock = new ManualClock(),
) {
  const counts: string[] = [];
  const accepted: RingDocuments[] = [];
  const asked: Uint8Array[] = [];
  const blamed: string[] = [];
  const pull = createDocumentPull({
    ringId: ring.ringId,
    clock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    count: (event, reason) => counts.push(`${event}/${reason}`),
    node: {
      async ask(_square, _protocol, question) {
        asked.push(question);
        return theirs();
      },
    },
    trusted: () => readRing(typeof mine === 'function' ? mine() : mine),
    accept: (documents) => {
      accepted.push(documents);
      return outcome;
    },
    blame: (square) => blamed.push(square),
  });
  return { pull, counts, accepted, asked, blamed };
}

test('a question arrives as it was sent, and anything else is none', () => {
  const question = { ring: ring.ringId, have: { charter: 1, members: 2, beat: 3, head: 0 } };
  assert.deepEqual(decodeDocumentsQuestion(encodeDocumentsQuestion(question)), question);
  for (const value of [{}, { r: new Uint8Array(32), v: [1, 2] }, { r: new Uint8Array(32), v: [1, 2, -1] }, null, []]) {
    assert.equal(decodeDocumentsQuestion(encodeCbor(value)), undefined);
  }
});

test('who asks with older versions gets the documents, who asks with the same gets one byte', () => {
  const { pull } = rig(newer, async () => new Uint8Array(1));
  const older = pull.answer('B', { ring: ring.ringId, have: { charter: 1, members: 1, beat: 1, head: 0 } });
  assert.ok(older !== undefined);
  const decoded = decodeDocuments(older);
  assert.deepEqual(decoded.ok ? decoded.value : decoded, newer);
  const same = pull.answer('B', { ring: ring.ringId, have: documentVersions(readRing(newer)) });
  assert.equal(same?.byteLength, 1);
});

test('who is asked by somebody with newer versions asks back, once at a time', async () => {
  let release: (bytes: Uint8Array) => void = () => {};
  const gate = new Promise<Uint8Array>((resolve) => {
    release = resolve;
  });
  const { pull, asked, accepted } = rig(ring.documents, async () => gate);
  for (let turn = 0; turn < 3; turn += 1) {
    pull.answer('B', { ring: ring.ringId, have: { charter: 1, members: 2, beat: 2, head: 0 } });
    pull.noteVersions('B', { charter: 1, members: 2, beat: 2, head: 0 }, true);
  }
  assert.equal(asked.length, 1);
  const waiting = pull.exchange('C');
  release(encodeDocuments(newer));
  await waiting;
  assert.ok(accepted.length >= 1);
  assert.deepEqual(accepted[0], newer);
});

test('what is published here while a square is asked is told to it afterwards, once', async () => {
  let mine = ring.documents;
  const { pull, asked } = rig(
    () => mine,
    async () => {
      mine = newer;
      void pull.exchange('B');
      return new Uint8Array(1);
    },
  );
  await pull.exchange('B');
  await new Promise((resolve) => setImmediate(resolve));
  const told = asked.map((question) => decodeDocumentsQuestion(question)?.have.members);
  assert.deepEqual(told, [1, 2]);
});

test('what a square gave is not told to it again', async () => {
  let mine = ring.documents;
  const { pull, asked } = rig(
    () => mine,
    async () => {
      mine = newer;
      return encodeDocuments(newer);
    },
  );
  await pull.exchange('B');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked.length, 1);
});

test('a square that has newer documents by the time it has answered is asked again', async () => {
  const answers = [new Uint8Array(1), encodeDocuments(newer)];
  const { pull, asked, accepted } = rig(ring.documents, async () => {
    const answer = answers[asked.length - 1] ?? new Uint8Array(1);
    pull.answer('B', { ring: ring.ringId, have: documentVersions(readRing(newer)) });
    return answer;
  });
  await pull.exchange('B');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(accepted[0], newer);
  assert.ok(asked.length >= 2);
});

test('older or equal versions in a header ask nobody', () => {
  const { pull, asked } = rig(newer, async () => new Uint8Array(1));
  pull.noteVersions('B', documentVersions(readRing(newer)), true);
  pull.noteVersions('B', { charter: 1, members: 1, beat: 1, head: 0 }, true);
  assert.equal(asked.length, 0);
});

test('a neighbour that boasts of versions it never delivers is asked ever less, and blamed each time', async () => {
  const { pull, asked, blamed } = rig(ring.documents, async () => new Uint8Array(1));
  for (let turn = 0; turn < 200; turn += 1) {
    pull.noteVersions('B', { charter: 9, members: 9, beat: 9, head: 0 }, true);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(asked.length, 10);
  assert.equal(blamed.length, 10);
});

test('who only passed on what another square boasted of is not blamed', async () => {
  const { pull, asked, blamed } = rig(ring.documents, async () => new Uint8Array(1));
  pull.noteVersions('B', { charter: 9, members: 9, beat: 9, head: 0 }, false);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([asked.length, blamed.length], [1, 0]);
});

test('garbage, silence and refusal change nothing', async () => {
  for (const answer of [
    async () => Buffer.from('not documents'),
    async () => new Uint8Array(5_000),
    async () => Promise.reject(new Error('no link')),
  ]) {
    const { pull, accepted, counts } = rig(ring.documents, answer);
    await pull.exchange('B');
    assert.equal(accepted.length, 0);
    assert.equal(counts.length, 1);
    assert.notEqual(counts[0], 'documents-pull/accepted');
  }
});

test('one square cannot make another send its documents without end', () => {
  const { pull } = rig(newer, async () => new Uint8Array(1));
  const question = { ring: ring.ringId, have: { charter: 1, members: 1, beat: 1, head: 0 } };
  const answers = Array.from({ length: 50 }, () => pull.answer('B', question));
  assert.equal(answers.filter((answer) => answer !== undefined).length, 10);
  assert.notEqual(pull.answer('C', question), undefined);
});

test('documents that were refused are not fetched again for ten minutes, however often they are claimed', async () => {
  const clock = new ManualClock();
  const refusal: AcceptanceOutcome = { ok: false, reason: 'expires-too-late' };
  const { pull, asked } = rig(ring.documents, async () => encodeDocuments(newer), refusal, clock);
  const claim = async (beat: number): Promise<void> => {
    pull.noteVersions('B', { charter: 1, members: 2, beat, head: 0 }, true);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_000);
  };
  for (let turn = 0; turn < 20; turn += 1) await claim(2);
  assert.equal(asked.length, 1);
  await claim(3);
  assert.equal(asked.length, 2, 'other documents are');
  clock.advance(10 * 60_000);
  await claim(3);
  assert.equal(asked.length, 3);
});

test('documents that could not be saved are fetched again at once', async () => {
  const clock = new ManualClock();
  const full: AcceptanceOutcome = { ok: false, reason: 'not-saved' };
  const { pull, asked } = rig(ring.documents, async () => encodeDocuments(newer), full, clock);
  for (let turn = 0; turn < 3; turn += 1) {
    pull.noteVersions('B', { charter: 1, members: 2, beat: 2, head: 0 }, true);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_000);
  }
  assert.equal(asked.length, 3);
});
