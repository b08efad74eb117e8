/** From peer ids to keys that verify, without libp2p's wrapper on the hot path. */
import { verify, type KeyObject } from 'node:crypto';
import { peerIdFromPublicKey, publicKeyFromPeerId, verifyingKey } from '../documents/keys.ts';

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
        const raw = publicKeyFromPeerId(square);
        key = raw === undefined ? null : verifyingKey(raw);
        if (cache.size >= CACHE_MAX) cache.clear();
        cache.set(square, key);
      }
      return key !== null && signature.byteLength === 64 && verify(null, bytes, key, signature);
    },
  };
}

/** The peer id of a raw Ed25519 public key, undefined when the bytes are none. */
export function squareOfPublicKey(raw: Uint8Array): string | undefined {
  return raw.byteLength === 32 ? peerIdFromPublicKey(raw) : undefined;
}
