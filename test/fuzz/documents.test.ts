import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { decodeCharterChain, decodeDocuments, encodeDocuments } from '../../federation/documents/document-set.ts';
import { decodeEnvelope, openEnvelope } from '../../federation/documents/dsse.ts';
import { publicKeyFromPeerId } from '../../federation/documents/keys.ts';
import { parseStrictJson } from '../../federation/documents/strict-json.ts';
import { TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import { proposeCharter, readProposal } from '../../federation/governance/change-charter.ts';
import { fuzzRuns, spoilt } from '../support/fuzzing.ts';
import { NOON, memoryTrustedState, nextList, readRing, ringOf, squareId } from '../support/ring-documents.ts';

const options = fuzzRuns(1_500);

const ring = ringOf(['moss', 'lantern']);
const v2 = nextList(ring, ring.documents);
const wire = encodeDocuments(v2);

function reader(): TrustedRings {
  const store = memoryTrustedState();
  store.save({ ringId: ring.ringId, ...ring.documents });
  return new TrustedRings(store, { self: squareId('moss') });
}

/** What a square makes of bytes from a peer: the payloads it came to trust, or nothing. */
function trustedFrom(rings: TrustedRings, bytes: Uint8Array): string | undefined {
  const decoded = decodeDocuments(bytes);
  const outcome = decoded.ok ? rings.accept(decoded.value, NOON) : decoded;
  return outcome.ok ? payloadsOf(outcome.ring.envelopes) : undefined;
}

function payloadsOf({ charters, members, beat }: RingDocuments): string {
  return [...charters, members, beat].map(({ payload }) => payload).join(' ');
}

const genuine = new Set([payloadsOf(ring.documents), payloadsOf(v2)]);

describe('documents from strangers', () => {
  it('never throw and are never taken, whatever the bytes', () => {
    const rings = reader();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        assert.equal(decodeEnvelope(bytes).ok, false);
        assert.equal(decodeCharterChain(bytes).ok, false);
        assert.equal(trustedFrom(rings, bytes), undefined);
      }),
      options,
    );
  });

  it('never throw and are never taken, whatever the JSON', () => {
    const rings = reader();
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('charter', 'members', 'beat'), (text, name) => {
        assert.equal(decodeEnvelope(text).ok, false);
        assert.equal(openEnvelope(name, parseStrictJson(text)?.value).ok, false);
        assert.equal(trustedFrom(rings, Buffer.from(text)), undefined);
      }),
      options,
    );
  });

  it('with bytes changed, cut out, doubled or moved on the way are refused or still say the signed thing', () => {
    const change = fc.record({
      at: fc.nat(wire.length - 1),
      length: fc.integer({ min: 1, max: 12 }),
      kind: fc.constantFrom('set', 'cut', 'double', 'insert', 'end'),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let bytes = Buffer.from(wire);
        for (const { at, length, kind, bytes: fresh } of changes) {
          const before = bytes.subarray(0, at);
          const part = bytes.subarray(at, at + length);
          const after = bytes.subarray(at + length);
          if (kind === 'set') bytes = Buffer.concat([before, fresh, bytes.subarray(at + fresh.length)]);
          if (kind === 'cut') bytes = Buffer.concat([before, after]);
          if (kind === 'double') bytes = Buffer.concat([before, part, part, after]);
          if (kind === 'insert') bytes = Buffer.concat([before, fresh, part, after]);
          if (kind === 'end') bytes = Buffer.from(before);
        }
        const trusted = trustedFrom(reader(), bytes);
        assert.ok(trusted === undefined || genuine.has(trusted));
      }),
      { ...options, numRuns: Math.ceil(options.numRuns / 5) },
    );
  });

  it('that end in a next charter are read as it was proposed, or refused', () => {
    const present = readRing(ring.documents);
    const admin = ring.keys.admin1;
    const proposed = proposeCharter(present, {}, [admin], NOON);
    assert.ok(proposed.ok);
    const chain = Buffer.from(JSON.stringify([...ring.documents.charters, proposed.value.envelope]));
    const propose = (bytes: Uint8Array) => {
      const decoded = decodeCharterChain(bytes);
      return decoded.ok ? readProposal(present, decoded.value) : undefined;
    };
    assert.equal(propose(chain)?.ok, true);
    fc.assert(
      fc.property(spoilt(chain), (bytes) => {
        const read = propose(bytes);
        if (read?.ok === true) assert.deepEqual(read.value.charter, proposed.value.charter);
      }),
      { ...options, numRuns: Math.ceil(options.numRuns / 5) },
    );
  });

  it('with one bit of a payload or a signature turned are refused', () => {
    const parts = ['charter', 'members', 'beat'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.boolean(), fc.nat(), fc.nat(7), (name, inSignature, at, bit) => {
        const envelope = name === 'charter' ? v2.charters[0] : v2[name];
        const signature = envelope?.signatures[0];
        assert.ok(envelope !== undefined && signature !== undefined);
        const bytes = Buffer.from(inSignature ? signature.sig : envelope.payload, 'base64');
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        const text = bytes.toString('base64');
        const turned = inSignature
          ? { ...envelope, signatures: [{ ...signature, sig: text }, ...envelope.signatures.slice(1)] }
          : { ...envelope, payload: text };
        const documents = name === 'charter' ? { ...v2, charters: [turned] } : { ...v2, [name]: turned };
        assert.equal(reader().accept(documents, NOON).ok, false);
      }),
      { ...options, numRuns: Math.ceil(options.numRuns / 5) },
    );
  });

  it('read the same as JSON.parse or not at all', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const strict = parseStrictJson(text);
        if (strict !== undefined) assert.deepEqual(strict.value, JSON.parse(text));
      }),
      options,
    );
  });

  it('name squares by peer ids that have one spelling', () => {
    const peerId = squareId('moss');
    fc.assert(
      fc.property(fc.nat(peerId.length - 1), fc.string({ maxLength: 3 }), (at, fresh) => {
        const text = peerId.slice(0, at) + fresh + peerId.slice(at + 1);
        const raw = publicKeyFromPeerId(text);
        assert.ok(raw === undefined || raw.length === 32);
      }),
      options,
    );
  });
});
