import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { decodeCharterChain } from '../../federation/documents/document-set.ts';
import { decodeEnvelope, envelopeSchema } from '../../federation/documents/dsse.ts';
import { MAX_DOCUMENTS_BYTES } from '../../federation/documents/limits.ts';
import { membersSchema } from '../../federation/documents/schemas.ts';
import { decodeUtf8, parseStrictJson } from '../../federation/documents/strict-json.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import type { RingKeys } from '../../federation/governance/create-ring.ts';
import type { MembersDraft } from '../../federation/governance/members-list.ts';
import type { Published } from '../../federation/governance/publish.ts';
import type { SigningKey } from '../../federation/governance/signing-key.ts';
import { readKeyFile, writeKeyFile } from './ring-keys.ts';

/**
 * The folder of a ring's admin: `charter.json` (the chain), `members.json`, `beat.json`, `keys/*.key` and, while changes
 * wait for their signature, `staged.json`. Everything is written whole or not at all.
 */

/** A problem with a file, in words for the admin. */
export class RingFilesError extends Error {
  override readonly name = 'RingFilesError';
}

/** A list that waits to be signed. `base` is the hash of the list that it changes. */
export interface Staged extends MembersDraft {
  readonly base: string;
}

export type KeyName = 'admin-1' | 'admin-2' | 'online';

/** What a publish was about to write: it finishes what a crash interrupted, so that list and beat never part. */
const JOURNAL = 'publishing.json';

const stagedSchema = membersSchema.pick({ members: true, revoked: true }).extend({ base: z.string().length(64) });
const publishedSchema = z.strictObject({ members: envelopeSchema, beat: envelopeSchema });

export function isRingFolder(dir: string): boolean {
  return existsSync(join(dir, 'charter.json')) || existsSync(join(dir, 'keys'));
}

/** Puts a new ring into a folder: keys first, so that no signed document is ever without its keys. */
export function writeNewRing(dir: string, documents: RingDocuments, keys: RingKeys): void {
  const keyDir = join(dir, 'keys');
  mkdirSync(keyDir, { recursive: true, mode: 0o700 });
  // mkdir asks the umask; the folder of private keys does not.
  chmodSync(keyDir, 0o700);
  const files = { 'admin-1': keys.admin1, 'admin-2': keys.admin2, online: keys.online };
  for (const [name, key] of Object.entries(files)) {
    writeKeyFile(join(keyDir, `${name}.key`), key);
  }
  writeJson(join(dir, 'members.json'), documents.members);
  writeJson(join(dir, 'beat.json'), documents.beat);
  writeJson(join(dir, 'charter.json'), documents.charters);
}

/** The signed documents of a folder, unverified. @throws {RingFilesError} when one is missing or is none */
export function readRingFolder(dir: string): RingDocuments {
  finishPublish(dir);
  const charters = decodeCharterChain(readBounded(join(dir, 'charter.json')));
  const members = decodeEnvelope(readBounded(join(dir, 'members.json')));
  const beat = decodeEnvelope(readBounded(join(dir, 'beat.json')));
  if (!charters.ok) throw new RingFilesError(`${join(dir, 'charter.json')} is not a chain of charters`);
  if (!members.ok) throw new RingFilesError(`${join(dir, 'members.json')} is not a signed document`);
  if (!beat.ok) throw new RingFilesError(`${join(dir, 'beat.json')} is not a signed document`);
  return { charters: charters.value, members: members.value, beat: beat.value };
}

/** Replaces list and beat together, and drops the staged changes that are in them. */
export function writePublished(dir: string, published: Published): void {
  writeJson(join(dir, JOURNAL), published);
  finishPublish(dir);
}

export function writeBeat(dir: string, beat: Published['beat']): void {
  writeJson(join(dir, 'beat.json'), beat);
}

/** @throws {RingFilesError} when the file holds anything but a list */
export function readStaged(dir: string): Staged | undefined {
  const path = join(dir, 'staged.json');
  if (!existsSync(path)) return undefined;
  const staged = stagedSchema.safeParse(parseJson(readBounded(path)));
  if (!staged.success) {
    const [issue] = staged.error.issues;
    throw new RingFilesError(`${path} is not a list of members (at ${issue?.path.join('.') || 'its start'})`);
  }
  return staged.data;
}

export function writeStaged(dir: string, { base, members, revoked }: Staged): void {
  writeJson(join(dir, 'staged.json'), { base, members, revoked });
}

/** @throws {RingKeyError} when the key is missing, damaged, or can be read by others */
export function readKey(dir: string, name: KeyName): SigningKey {
  return readKeyFile(join(dir, 'keys', `${name}.key`));
}

export function hasKey(dir: string, name: KeyName): boolean {
  return existsSync(join(dir, 'keys', `${name}.key`));
}

function finishPublish(dir: string): void {
  const journal = join(dir, JOURNAL);
  if (!existsSync(journal)) return;
  const published = publishedSchema.safeParse(parseJson(readBounded(journal)));
  if (!published.success) throw new RingFilesError(`${journal} is damaged: remove it and publish again`);
  writeJson(join(dir, 'members.json'), published.data.members);
  writeJson(join(dir, 'beat.json'), published.data.beat);
  rmSync(join(dir, 'staged.json'), { force: true });
  rmSync(journal);
}

function readBounded(path: string): Buffer {
  let bytes: Buffer;
  try {
    if (statSync(path).size > MAX_DOCUMENTS_BYTES) throw new RingFilesError(`${path} is too large`);
    bytes = readFileSync(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) {
      throw new RingFilesError(`${path} is not there: is this the folder that "townring ring create" made?`, { cause });
    }
    throw cause;
  }
  return bytes;
}

function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  return text === undefined ? undefined : parseStrictJson(text)?.value;
}

/** A reader sees the old file or the new one, also after a crash. */
function writeJson(path: string, value: unknown): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx', flush: true });
    renameSync(draft, path);
  } catch (err) {
    rmSync(draft, { force: true });
    throw err;
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
