/**
 * Keys of a simulation: real peer ids, signatures that cost a hash instead of a curve. Nobody in a simulation can make one
 * without the key, which is all that the code above asks of them. Ring documents keep their Ed25519.
 */
import { hash } from 'node:crypto';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import type { SquareKey } from '../../federation/node/identity.ts';
import type { PeerKeys } from '../../federation/node/peer-keys.ts';
import { rememberByText, textOf } from './remembered/answers.ts';

const publicKeys = new Map<string, Uint8Array>();

/** The same key for the same number, in this process and in every other. */
export async function virtualKey(number: number): Promise<SquareKey> {
  const seed = hash('sha256', `virtual square ${number}`, 'buffer');
  const privateKey = await generateKeyPairFromSeed('Ed25519', new Uint8Array(seed));
  const square = peerIdFromPrivateKey(privateKey).toString();
  const publicKey = privateKey.publicKey.raw;
  publicKeys.set(square, publicKey);
  return { privateKey, square, publicKey, sign: (bytes) => signature(publicKey, bytes) };
}

export const virtualPeerKeys: PeerKeys = {
  verify(square, bytes, given) {
    const key = publicKeys.get(square);
    return key !== undefined && Buffer.compare(signature(key, bytes), given) === 0;
  },
};

/** Taken by the one that signs and by all who verify. */
const signature = rememberByText(
  (publicKey: Uint8Array, bytes: Uint8Array): Uint8Array => hash('sha512', Buffer.concat([publicKey, bytes]), 'buffer'),
  (publicKey, bytes) => textOf(publicKey) + textOf(bytes),
);
