/**
 * The square's key: one Ed25519 key that is its libp2p peer id, the author of its summaries and its entry in members
 * lists. Kept as libp2p's protobuf in a file of mode 0600.
 */
import { createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { link, open, readFile, stat, unlink } from 'node:fs/promises';
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys';
import type { Ed25519PrivateKey } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';

export interface SquareKey {
  /** For libp2p only. */
  readonly privateKey: Ed25519PrivateKey;
  /** Peer id, the square's name everywhere. */
  readonly square: string;
  /** Raw public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 signature, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** `message` is fit to be shown to the operator: it says what is wrong with which file and how to mend it. */
export class SquareKeyError extends Error {
  override readonly name = 'SquareKeyError';
  readonly code: 'KEY_EXPOSED' | 'KEY_CORRUPT';
  constructor(code: 'KEY_EXPOSED' | 'KEY_CORRUPT', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Largest key file read, in bytes. A libp2p Ed25519 key takes 68. */
const KEY_FILE_MAX_BYTES = 1_024;

/** DER prefix of an Ed25519 private key in PKCS #8 (RFC 8410 section 7), followed by the 32-byte seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Reads the key file, or makes one when there is none. A file that exists is never replaced.
 * @throws {SquareKeyError} when others may read the file, or when it holds no Ed25519 key
 */
export async function loadSquareKey(path: string): Promise<SquareKey> {
  const existing = await readKeyFile(path);
  if (existing !== undefined) return existing;
  const fresh = await generateSquareKey();
  await createKeyFile(path, privateKeyToProtobuf(fresh.privateKey));
  // Another process may have been first: what the file holds now is the key.
  return (await readKeyFile(path)) ?? fresh;
}

/** A key that lives in memory only, for tools and tests. */
export async function generateSquareKey(): Promise<SquareKey> {
  return squareKey(await generateKeyPair('Ed25519'));
}

function squareKey(privateKey: Ed25519PrivateKey): SquareKey {
  // node:crypto with a cached KeyObject signs in a third of the time of libp2p's wrapper (reference/libp2p.md section 5).
  const signer: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, privateKey.raw.subarray(0, 32)]),
    format: 'der',
    type: 'pkcs8',
  });
  const der = createPublicKey(signer).export({ format: 'der', type: 'spki' });
  return {
    privateKey,
    square: peerIdFromPrivateKey(privateKey).toString(),
    publicKey: new Uint8Array(der.subarray(-32)),
    sign: (bytes) => new Uint8Array(sign(null, bytes, signer)),
  };
}

async function readKeyFile(path: string): Promise<SquareKey | undefined> {
  let size: number;
  let mode: number;
  try {
    ({ size, mode } = await stat(path));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new SquareKeyError(
      'KEY_EXPOSED',
      `${path} can be read or written by other users (mode ${(mode & 0o777).toString(8)}). ` +
        'Whoever has this key can speak as this square. If nobody copied it, run: chmod 600 on the file.',
    );
  }
  if (size > KEY_FILE_MAX_BYTES) throw corrupt(path);
  const bytes = await readFile(path);
  let key;
  try {
    key = privateKeyFromProtobuf(bytes);
  } catch (cause) {
    throw corrupt(path, cause);
  }
  if (key.type !== 'Ed25519') throw corrupt(path);
  return squareKey(key);
}

function corrupt(path: string, cause?: unknown): SquareKeyError {
  return new SquareKeyError(
    'KEY_CORRUPT',
    `${path} does not hold a square key (libp2p, Ed25519). Put back a copy of it; only if there is none, move the file ` +
      'away: the square then makes a new key and has to be added to its rings again.',
    { cause },
  );
}

/** Complete or not at all: a crash half-way must not leave a file that looks like a broken key. */
async function createKeyFile(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
