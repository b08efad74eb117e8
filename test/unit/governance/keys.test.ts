import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { isStrongKey } from '../../../federation/documents/keys.ts';
import { decodePaperKey, encodePaperKey } from '../../../federation/governance/paper-key.ts';
import {
  decodeKeyFile,
  encodeKeyFile,
  makeSigningKey,
  signingKeyFromSeed,
} from '../../../federation/governance/signing-key.ts';
import { seededBytes } from '../../support/ring-documents.ts';

const key = makeSigningKey(seededBytes('paper'));

describe('signing keys', () => {
  it('are the key pairs of RFC 8032 (section 7.1, test 1)', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    assert.equal(
      Buffer.from(signingKeyFromSeed(seed).public.public, 'base64').toString('hex'),
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
  });

  it('are strong', () => assert.equal(isStrongKey(Buffer.from(key.public.public, 'base64')), true));

  it('come back from their file', () => {
    const back = decodeKeyFile(encodeKeyFile(key));
    assert.equal(back?.keyid, key.keyid);
    assert.deepEqual(back?.seed, key.seed);
  });

  for (const text of [
    '',
    'ed25519',
    'ed25519 AAAA',
    'rsa AAAA',
    `${encodeKeyFile(key)}more`,
    `${encodeKeyFile(key)}\n`,
  ]) {
    it(`are not read from ${JSON.stringify(text.slice(0, 20))}… of ${text.length} letters`, () => {
      assert.equal(decodeKeyFile(text), undefined);
    });
  }
});

describe('the paper key', () => {
  it('is 58 letters in groups of five, none of which can be confused', () => {
    const text = encodePaperKey(key);
    assert.match(text, /^([0-9A-HJKMNP-TV-Z]{5}-){11}[0-9A-HJKMNP-TV-Z]{3}$/);
  });

  it('comes back as somebody types it', () => {
    const text = encodePaperKey(key);
    const spellings = [text, text.toLowerCase(), text.replaceAll('-', ''), text.replaceAll('-', ' '), ` ${text}\n`];
    spellings.push(text.replaceAll('0', 'O').replaceAll('1', 'l'));
    for (const spelling of spellings) assert.equal(decodePaperKey(spelling)?.keyid, key.keyid);
  });

  it('comes back for every key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        assert.deepEqual(decodePaperKey(encodePaperKey(signingKeyFromSeed(seed)))?.seed, seed);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('with any one letter wrong, missing or doubled is refused', () => {
    const text = encodePaperKey(key).replaceAll('-', '');
    for (let at = 0; at < text.length; at++) {
      const wrong = text[at] === 'A' ? 'B' : 'A';
      assert.equal(decodePaperKey(text.slice(0, at) + wrong + text.slice(at + 1)), undefined);
      assert.equal(decodePaperKey(text.slice(0, at) + text.slice(at + 1)), undefined);
      assert.equal(decodePaperKey(text.slice(0, at) + text.charAt(at) + text.slice(at)), undefined);
    }
    for (const other of ['', '-', 'U'.repeat(58), '!'.repeat(58)]) assert.equal(decodePaperKey(other), undefined);
  });
});
