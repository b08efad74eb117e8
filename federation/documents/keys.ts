import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { LRUCache } from 'lru-cache';
import { base58btc } from 'multiformats/bases/base58';

const RAW_KEY_BYTES = 32;

/** 2^255 − 19, the order of the field that a key's y coordinate lives in. */
const FIELD = 2n ** 255n - 19n;

/**
 * y coordinates of the eight points of small order, for which anybody can make "signatures". Node with OpenSSL 3.0.19
 * verifies them, with 3.5.8 it does not: who is trusted must not hang on that.
 */
const SMALL_ORDER_Y = new Set(ED25519_TORSION_SUBGROUP.map((hex) => yOf(Buffer.from(hex, 'hex'))));

/** Identity multihash of a libp2p public key message that holds an Ed25519 key (libp2p peer id specification). */
const PEER_ID_PREFIX = Buffer.from([0x00, 0x24, 0x08, 0x01, 0x12, 0x20]);
const PEER_ID = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/;

/** Importing a key costs as much as half a verification. Bound: the squares of a large ring. */
const keyObjects = new LRUCache<string, KeyObject>({ max: 2_048 });

/** Keys found strong: one charter is read again with every set of documents. Bound: the keys of a few large charters. */
const strongKeys = new LRUCache<string, true>({ max: 256 });

/** Lowercase hex SHA-256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Key id as documents hold it: lowercase hex SHA-256 of the raw 32 bytes. */
export function keyIdOf(raw: Uint8Array): string {
  return sha256Hex(raw);
}

/**
 * Whether a key may enter a document: canonical encoding, on the curve, in the group of prime order. Costs about 2 ms, so
 * it is for the few keys of a charter and for squares as an admin adds them; a key once found strong is remembered.
 */
export function isStrongKey(raw: Uint8Array): boolean {
  if (!isSoundKey(raw)) return false;
  const id = Buffer.from(raw).toString('latin1');
  if (strongKeys.get(id) === true) return true;
  try {
    if (!ed25519.Point.fromBytes(raw, false).isTorsionFree()) return false;
  } catch {
    return false;
  }
  strongKeys.set(id, true);
  return true;
}

/**
 * The part of {@link isStrongKey} that a forger could use, at the cost of a comparison: canonical encoding and not of
 * small order. For lists of a thousand squares; a key off the curve verifies nothing and so harms nobody.
 */
export function isSoundKey(raw: Uint8Array): boolean {
  if (raw.length !== RAW_KEY_BYTES) return false;
  const y = yOf(raw);
  return y < FIELD && !SMALL_ORDER_Y.has(y);
}

/** The key as node:crypto wants it, imported once. @throws TypeError when `raw` is not 32 bytes */
export function verifyingKey(raw: Uint8Array): KeyObject {
  if (raw.length !== RAW_KEY_BYTES) throw new TypeError('an Ed25519 public key has 32 bytes');
  const x = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64url');
  let key = keyObjects.get(x);
  if (key === undefined) {
    key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    keyObjects.set(x, key);
  }
  return key;
}

/** The libp2p peer id of an Ed25519 key, in its one canonical spelling (base58, `12D3KooW…`). */
export function peerIdFromPublicKey(raw: Uint8Array): string {
  return base58btc.encode(Buffer.concat([PEER_ID_PREFIX, raw])).slice(1);
}

/**
 * The raw 32 bytes of an Ed25519 peer id.
 * @returns undefined for any other peer id, any other spelling, and keys that {@link isSoundKey} refuses
 */
export function publicKeyFromPeerId(peerId: string): Uint8Array | undefined {
  if (!PEER_ID.test(peerId)) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = base58btc.decode(`z${peerId}`);
  } catch {
    return undefined;
  }
  const raw = bytes.subarray(PEER_ID_PREFIX.length);
  if (raw.length !== RAW_KEY_BYTES || !PEER_ID_PREFIX.equals(bytes.subarray(0, PEER_ID_PREFIX.length)))
    return undefined;
  return isSoundKey(raw) && peerIdFromPublicKey(raw) === peerId ? raw : undefined;
}

/** Bytes of base64 in its one canonical spelling, with padding; undefined for any other text. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Little endian, without the sign bit of x. */
function yOf(raw: Uint8Array): bigint {
  const bigEndian = Buffer.from(raw).reverse();
  bigEndian[0] = (bigEndian[0] ?? 0) & 0x7f;
  return BigInt(`0x${bigEndian.toString('hex')}`);
}
