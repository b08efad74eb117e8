import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Signer } from '../documents/dsse.ts';
import { decodeBase64, keyIdOf } from '../documents/keys.ts';
import { KEY_SUITE, type DocumentKey } from '../documents/types.ts';
import type { RandomBytes } from '../types.ts';

const SEED_BYTES = 32;
/** RFC 8410: everything of a PKCS #8 Ed25519 key that stands before its 32 bytes. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key pair that can sign ring documents. */
export interface SigningKey extends Signer {
  readonly public: DocumentKey;
  /** The private 32 bytes, for the key file and the paper. Never logged. */
  readonly seed: Uint8Array;
}

export function makeSigningKey(random: RandomBytes): SigningKey {
  return signingKeyFromSeed(random(SEED_BYTES));
}

/** @throws TypeError when the seed is not 32 bytes */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  if (seed.length !== SEED_BYTES) throw new TypeError('a signing key has 32 bytes');
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const raw = rawPublicKey(privateKey);
  return {
    keyid: keyIdOf(raw),
    privateKey,
    public: { suite: KEY_SUITE, public: raw.toString('base64') },
    seed: Uint8Array.from(seed),
  };
}

/** One line of text for a key file: suite and base64 of the private bytes. */
export function encodeKeyFile({ seed }: SigningKey): string {
  return `${KEY_SUITE} ${Buffer.from(seed).toString('base64')}\n`;
}

/** @returns undefined when the text is not what {@link encodeKeyFile} writes */
export function decodeKeyFile(text: string): SigningKey | undefined {
  const [suite, base64, rest] = text.replace(/\n$/, '').split(' ');
  const seed = suite === KEY_SUITE && base64 !== undefined && rest === undefined ? decodeBase64(base64) : undefined;
  return seed?.length === SEED_BYTES ? signingKeyFromSeed(seed) : undefined;
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url');
}
