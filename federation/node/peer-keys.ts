/** From peer ids to keys that verify, without libp2p's wrapper on the hot path. */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id';

/** DER prefix of an Ed25519 public key (RFC 8410 section 4), followed by the 32 raw bytes. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Keys kept ready; a ring has at most 1,000 members and a square hears of its neighbourhood only. */
const CACHE_MAX = 1_024;

export interface PeerKeys {
  /** Ed25519 over exactly these bytes; false for whatever is not a square's key or signature. */
  verify(square: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

export function createPeerKeys(): PeerKeys {
  const cache = new Map<string, KeyObject | null>();
  return {
    verify(square, bytes, signature) {
      let key = cache.get(square);
      if (key === undefined) {
        key = keyObjectOf(square);
        if (cache.size >= CACHE_MAX) cache.clear();
        cache.set(square, key);
      }
      return key !== null && signature.byteLength === 64 && verify(null, bytes, key, signature);
    },
  };
}

/** The peer id of a raw Ed25519 public key, undefined when the bytes are none. */
export function squareOfPublicKey(raw: Uint8Array): string | undefined {
  if (raw.byteLength !== 32) return undefined;
  try {
    return peerIdFromPublicKey(publicKeyFromRaw(raw)).toString();
  } catch {
    return undefined;
  }
}

function keyObjectOf(square: string): KeyObject | null {
  try {
    const { publicKey } = peerIdFromString(square);
    if (publicKey?.type !== 'Ed25519') return null;
    return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey.raw]), format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}
