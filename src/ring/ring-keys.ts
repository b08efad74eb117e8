import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeKeyFile, encodeKeyFile, type SigningKey } from '../../federation/governance/signing-key.ts';

/**
 * The ring keys that this square holds: `ring-keys/<ring id>/*.key` in its data folder, one line each, for nobody else
 * to read. Whether a key may sign lists or beats is said by the ring's charter, not by its name.
 */

/** A key file that cannot be used, in words for the operator. */
export class RingKeyError extends Error {
  override readonly name = 'RingKeyError';
}

/** Largest key file read, in bytes: one line of 53 is used. */
const MAX_KEY_FILE_BYTES = 1_024;

/** @throws {RingKeyError} when a key can be read by others, or is none */
export function readRingKeys(dataDir: string, ringId: string): readonly SigningKey[] {
  const dir = ringKeyDir(dataDir, ringId);
  if (!existsSync(dir)) return [];
  const names = readdirSync(dir).filter((name) => name.endsWith('.key'));
  return names.toSorted().map((name) => readKeyFile(join(dir, name)));
}

/**
 * Adds keys to those of a ring, on the disk when it returns. One that is there stays as it is.
 * @param keys by what they are for, which only their file names say
 */
export function writeRingKeys(dataDir: string, ringId: string, keys: Readonly<Record<string, SigningKey>>): void {
  const dir = ringKeyDir(dataDir, ringId);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // mkdir asks the umask; the folder of private keys does not.
  chmodSync(dir, 0o700);
  const held = new Set(readRingKeys(dataDir, ringId).map(({ keyid }) => keyid));
  for (const [name, key] of Object.entries(keys)) {
    if (held.has(key.keyid)) continue;
    const path = join(dir, `${name}-${key.keyid.slice(0, 8)}.key`);
    // A key is never replaced.
    writeFileSync(path, encodeKeyFile(key), { mode: 0o600, flag: 'wx', flush: true });
  }
}

function readKeyFile(path: string): SigningKey {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new RingKeyError(`${path} is not there`);
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
    const mode = (stat.mode & 0o777).toString(8);
    throw new RingKeyError(`${path} can be read by other users (mode ${mode}); if nobody copied it: chmod 600 ${path}`);
  }
  const key = stat.size > MAX_KEY_FILE_BYTES ? undefined : decodeKeyFile(readFileSync(path, 'latin1'));
  if (key === undefined) throw new RingKeyError(`${path} does not hold a ring key`);
  return key;
}

function ringKeyDir(dataDir: string, ringId: string): string {
  return join(dataDir, 'ring-keys', ringId);
}
