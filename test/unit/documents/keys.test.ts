import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey as libp2pPeerId } from '@libp2p/peer-id';
import {
  decodeBase64,
  isSoundKey,
  isStrongKey,
  keyIdOf,
  peerIdFromPublicKey,
  publicKeyFromPeerId,
  verifyingKey,
} from '../../../federation/documents/keys.ts';
import { seededBytes } from '../../support/ring-documents.ts';

const random = seededBytes('keys');
const goodKey = (): Uint8Array => ed25519.getPublicKey(random(32));

/** p + n in little endian: another spelling of the small number n. */
function aboveField(n: bigint): Uint8Array {
  return Buffer.from((2n ** 255n - 19n + n).toString(16).padStart(64, '0'), 'hex').reverse();
}

describe('keys that may enter a document', () => {
  it('are those of honest squares', () => {
    for (let at = 0; at < 20; at++) {
      const raw = goodKey();
      assert.equal(isSoundKey(raw), true);
      assert.equal(isStrongKey(raw), true);
    }
  });

  for (const [index, hex] of ED25519_TORSION_SUBGROUP.entries()) {
    it(`are never small-order point ${index}, with either sign`, () => {
      const raw = Buffer.from(hex, 'hex');
      assert.equal(isSoundKey(raw), false);
      assert.equal(isStrongKey(raw), false);
      raw[31] = (raw[31] ?? 0) ^ 0x80;
      assert.equal(isSoundKey(raw), false);
      assert.equal(isStrongKey(raw), false);
    });
  }

  it('are spelled in one way only: y below the field order', () => {
    for (let n = 0n; n < 19n; n++) {
      assert.equal(isSoundKey(aboveField(n)), false);
      assert.equal(isStrongKey(aboveField(n)), false);
    }
  });

  it('have no small-order part mixed in', () => {
    const torsion = ED25519_TORSION_SUBGROUP.map((hex) => ed25519.Point.fromHex(hex)).find((point) => !point.is0());
    assert.ok(torsion !== undefined);
    const mixed = ed25519.Point.fromBytes(goodKey()).add(torsion).toBytes();
    assert.equal(isStrongKey(mixed), false);
  });

  it('are points of the curve', () => {
    const off = Array.from({ length: 40 }, () => random(32)).filter((raw) => {
      try {
        return ed25519.Point.fromBytes(raw, false) === undefined;
      } catch {
        return true;
      }
    });
    assert.ok(off.length > 5);
    for (const raw of off) assert.equal(isStrongKey(raw), false);
  });

  it('have 32 bytes', () => {
    for (const length of [0, 31, 33, 64]) {
      assert.equal(isSoundKey(random(length)), false);
      assert.equal(isStrongKey(random(length)), false);
      assert.throws(() => verifyingKey(random(length)), TypeError);
    }
  });
});

describe('peer ids', () => {
  it('are the same as libp2p makes of the key, and lead back to it', () => {
    for (let at = 0; at < 20; at++) {
      const raw = goodKey();
      const peerId = libp2pPeerId(publicKeyFromRaw(raw)).toString();
      assert.equal(peerIdFromPublicKey(raw), peerId);
      assert.deepEqual(publicKeyFromPeerId(peerId), Uint8Array.from(raw));
    }
  });

  it('of weak keys, of other kinds and in other spellings are none', () => {
    const peerId = peerIdFromPublicKey(goodKey());
    const weak = peerIdFromPublicKey(Buffer.from(ED25519_TORSION_SUBGROUP[1] ?? '', 'hex'));
    const others = [
      weak,
      '',
      peerId.slice(0, -1),
      `${peerId}1`,
      `1${peerId}`,
      ` ${peerId}`,
      peerId.toLowerCase(),
      peerId.replace('12D3KooW', '12D3KooX'),
      'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
      '12D3KooWzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz',
    ];
    for (const other of others) assert.equal(publicKeyFromPeerId(other), undefined, other);
  });
});

describe('small helpers of keys', () => {
  it('a key id is the hash of the raw key', () => {
    assert.equal(keyIdOf(new Uint8Array(32)), '66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925');
  });

  it('base64 is taken in its canonical spelling only', () => {
    assert.deepEqual(decodeBase64('AAE='), Buffer.of(0, 1));
    for (const text of ['AAE', 'AAF=', 'AAE=\n', 'AA-_', 'A AE=', 'AAE==', '=', '*']) {
      assert.equal(decodeBase64(text), undefined, text);
    }
  });

  it('an imported key verifies what its private half signed', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const signature = sign(null, Buffer.from('hello'), privateKey);
    assert.equal(verify(null, Buffer.from('hello'), verifyingKey(raw), signature), true);
    assert.equal(verifyingKey(raw), verifyingKey(raw), 'imported once');
  });
});
