import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { encodeInvite, judgeInvite, readInvite, type Invite } from '../../federation/governance/invite.ts';
import {
  decodeRequestAnswer,
  encodeRequestAnswer,
  openRequest,
  sealRequest,
  type RingRequest,
} from '../../federation/governance/request.ts';
import { generateSquareKey } from '../../federation/node/identity.ts';
import { fuzzRuns } from '../support/fuzzing.ts';
import { memberDraft, NOON, readRing, ringOf } from '../support/ring-documents.ts';

const options = fuzzRuns(1_500);

const ring = ringOf(['moss']);
const { charter } = readRing(ring.documents);
const key = await generateSquareKey();
const { origin, addrs, sites } = memberDraft('lantern');
const moss = memberDraft('moss');
const invite: Invite = {
  ring: ring.ringId,
  id: 'ab'.repeat(16),
  uses: 1,
  expires: '2026-12-01T00:00:00Z',
  note: 'for Ada',
  by: { square: moss.square, origin: moss.origin, addrs: moss.addrs },
};
const invitation = encodeInvite(invite, ring.keys.admin1);
const request: RingRequest = {
  kind: 'join',
  ring: ring.ringId,
  square: key.square,
  at: '2026-11-23T12:00:00Z',
  invite: invitation,
  note: 'hello',
  origin,
  addrs,
  sites,
};
const sealed = sealRequest(request, key);

/** Bytes with one of them changed. */
const touched = (bytes: Uint8Array) =>
  fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
    const copy = Uint8Array.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ by;
    return copy;
  });
const anything = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.json().map((text) => new Uint8Array(Buffer.from(text))),
  fc.nat(sealed.length).map((length) => sealed.subarray(0, length)),
);

describe('requests, answers and invitations from strangers', () => {
  it('in order are read as they were written', () => {
    assert.deepEqual(openRequest(sealed), request);
    assert.deepEqual(readInvite(invitation), invite);
    assert.equal(judgeInvite(invitation, invite, ring.ringId, charter, NOON), 'good');
    const welcome = { status: 'welcome', documents: ring.documents } as const;
    assert.deepEqual(decodeRequestAnswer(encodeRequestAnswer(welcome)), welcome);
  });

  it('never throw, whatever the bytes, and are nothing', () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        if (bytes.length < sealed.length) assert.equal(openRequest(bytes), undefined);
        assert.equal(decodeRequestAnswer(bytes), undefined);
        assert.equal(readInvite(Buffer.from(bytes).toString('latin1')), undefined);
      }),
      options,
    );
  });

  it('that were touched are never somebody’s word', () => {
    fc.assert(
      fc.property(touched(sealed), (bytes) => {
        const read = openRequest(bytes);
        // White space around JSON is nobody's word; what is said must be what was signed.
        if (read !== undefined) assert.deepEqual(read, request);
      }),
      options,
    );
    fc.assert(
      fc.property(touched(Buffer.from(invitation)), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        const read = readInvite(text);
        if (read === undefined) return;
        assert.notEqual(judgeInvite(text, read, ring.ringId, charter, NOON), 'good');
      }),
      options,
    );
  });

  it('of any shape, properly signed, are read to the letter or refused', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(request)), fc.jsonValue()), (changes) => {
        const spoilt = JSON.stringify({ ...request, ...changes });
        const read = openRequest(sealRequest(JSON.parse(spoilt), key));
        if (read !== undefined) assert.deepEqual(read, JSON.parse(spoilt));
      }),
      { ...options, numRuns: 300 },
    );
  });
});
