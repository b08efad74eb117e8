import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decodeEnvelope,
  openEnvelope,
  preAuthEncoding,
  signDocument,
  signEnvelope,
  verifySignatures,
} from '../../../federation/documents/dsse.ts';
import { MAX_BEAT_BYTES, MAX_SIGNATURES } from '../../../federation/documents/limits.ts';
import { makeSigningKey } from '../../../federation/governance/signing-key.ts';
import { seededBytes } from '../../support/ring-documents.ts';

const random = seededBytes('dsse');
const ada = makeSigningKey(random);
const ben = makeSigningKey(random);
const keys = { [ada.keyid]: ada.public, [ben.keyid]: ben.public };
const envelope = signDocument('beat', { n: 1 }, [ada, ben]);

function reasonOf(outcome: { ok: boolean; reason?: string }): string | undefined {
  return outcome.ok ? undefined : outcome.reason;
}

describe('DSSE envelopes', () => {
  it('sign the pre-authentication encoding of the specification', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    assert.equal(Buffer.from(encoded).toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('count bytes, not characters', () => {
    const encoded = preAuthEncoding('t/é', Buffer.from('ü'));
    assert.equal(Buffer.from(encoded).toString(), 'DSSEv1 4 t/é 2 ü');
  });

  it('keep the exact bytes and name each signer once', () => {
    const opened = openEnvelope('beat', envelope);
    assert.ok(opened.ok);
    assert.equal(Buffer.from(opened.value.payload).toString(), '{"n":1}');
    const signedBy = verifySignatures('beat', opened.value, keys);
    assert.ok(signedBy.ok);
    assert.deepEqual([...signedBy.value], [ada.keyid, ben.keyid]);
  });

  it('with one wrong signature are refused whole, however many others are right', () => {
    const [first, second] = envelope.signatures;
    assert.ok(first !== undefined && second !== undefined);
    const swapped = { ...envelope, signatures: [first, { ...second, sig: first.sig }] };
    const opened = openEnvelope('beat', swapped);
    assert.ok(opened.ok);
    assert.equal(reasonOf(verifySignatures('beat', opened.value, keys)), 'bad-signature');
  });

  it('are refused when one key signs twice', () => {
    const twice = { ...envelope, signatures: [envelope.signatures[0], envelope.signatures[0]] };
    assert.equal(reasonOf(openEnvelope('beat', twice)), 'repeated-signature');
  });

  it('cannot be passed off as another document', () => {
    assert.equal(reasonOf(openEnvelope('members', envelope)), 'wrong-type');
    const relabelled = { ...envelope, type: 'townring/members/1' };
    const opened = openEnvelope('members', relabelled);
    assert.ok(opened.ok);
    assert.equal(reasonOf(verifySignatures('members', opened.value, keys)), 'bad-signature');
  });

  it('that are too large are refused before anything is decoded', () => {
    const large = signEnvelope('townring/beat/1', new Uint8Array(MAX_BEAT_BYTES + 1), [ada]);
    assert.equal(reasonOf(openEnvelope('beat', large)), 'oversize');
    assert.equal(reasonOf(decodeEnvelope('x'.repeat(2 * 1024 * 1024))), 'oversize');
  });

  const sig = envelope.signatures[0]?.sig ?? '';
  const malformed: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['text', 'envelope'],
    ['no signature', { ...envelope, signatures: [] }],
    [
      'too many signatures',
      { ...envelope, signatures: Array.from({ length: MAX_SIGNATURES + 1 }, () => envelope.signatures[0]) },
    ],
    ['an unknown field', { ...envelope, note: '' }],
    ['an unknown field in a signature', { ...envelope, signatures: [{ ...envelope.signatures[0], note: '' }] }],
    ['a payload without its padding', { ...envelope, payload: envelope.payload.replace(/=+$/, '') }],
    ['a payload in the URL alphabet', { ...envelope, payload: '-_8=' }],
    ['a payload with a line break', { ...envelope, payload: `${envelope.payload}\n` }],
    ['a key id in capitals', { ...envelope, signatures: [{ keyid: ada.keyid.toUpperCase(), sig }] }],
    ['a short signature', { ...envelope, signatures: [{ keyid: ada.keyid, sig: sig.slice(4) }] }],
    ['a number for a payload', { ...envelope, payload: 1 }],
  ];
  for (const [what, value] of malformed) {
    it(`are refused with ${what}`, () => assert.equal(reasonOf(openEnvelope('beat', value)), 'malformed'));
  }

  it('are refused when a signature has a second spelling', () => {
    // 64 bytes leave four unused bits in the last letter before the padding.
    const other = sig.replace(/([A-Za-z0-9+/])==$/, (_, last: string) => {
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
      return `${alphabet[alphabet.indexOf(last) + 1]}==`;
    });
    const opened = openEnvelope('beat', { ...envelope, signatures: [{ keyid: ada.keyid, sig: other }] });
    assert.ok(opened.ok);
    assert.equal(reasonOf(verifySignatures('beat', opened.value, keys)), 'malformed');
  });

  it('come back from text and from bytes, with any white space', () => {
    const text = JSON.stringify(envelope, null, 2);
    assert.deepEqual(decodeEnvelope(text), { ok: true, value: envelope });
    assert.deepEqual(decodeEnvelope(Buffer.from(text)), { ok: true, value: envelope });
  });

  const texts: readonly (readonly [string, string | Uint8Array])[] = [
    ['garbage after the end', `${JSON.stringify(envelope)}x`],
    ['a repeated key', JSON.stringify(envelope).replace('{', '{"type":"townring/beat/1",')],
    ['a cut end', JSON.stringify(envelope).slice(0, -1)],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe)],
    ['nothing', ''],
  ];
  for (const [what, text] of texts) {
    it(`as text with ${what} are refused`, () => assert.equal(reasonOf(decodeEnvelope(text)), 'malformed'));
  }
});
