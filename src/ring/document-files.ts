import {
  closeSync,
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
import { decodeCharterChain, decodeDocuments } from '../../federation/documents/document-set.ts';
import { decodeEnvelope } from '../../federation/documents/dsse.ts';
import { MAX_DOCUMENTS_BYTES } from '../../federation/documents/limits.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';

/** The signed documents of a ring as files: `charter.json` (the chain), `members.json` and `beat.json`, for anybody to read. */

/** A problem with a file, in words for the operator. */
export class DocumentFilesError extends Error {
  override readonly name = 'DocumentFilesError';
}

/** The documents of a folder, unverified. @throws {DocumentFilesError} when one is missing or is none */
export function readDocumentFiles(dir: string): RingDocuments {
  const charters = decodeCharterChain(readBounded(join(dir, 'charter.json')));
  const members = decodeEnvelope(readBounded(join(dir, 'members.json')));
  const beat = decodeEnvelope(readBounded(join(dir, 'beat.json')));
  if (!charters.ok) throw new DocumentFilesError(`${join(dir, 'charter.json')} is not a chain of charters`);
  if (!members.ok) throw new DocumentFilesError(`${join(dir, 'members.json')} is not a signed document`);
  if (!beat.ok) throw new DocumentFilesError(`${join(dir, 'beat.json')} is not a signed document`);
  return { charters: charters.value, members: members.value, beat: beat.value };
}

/** Each file whole or not at all; the folder is made when there is none. */
export function writeDocumentFiles(dir: string, { charters, members, beat }: RingDocuments): void {
  mkdirSync(dir, { recursive: true });
  writeJson(join(dir, 'members.json'), members);
  writeJson(join(dir, 'beat.json'), beat);
  writeJson(join(dir, 'charter.json'), charters);
}

/** Documents in one file, as they go from hand to hand while signatures are gathered; unverified. @throws {DocumentFilesError} */
export function readDocumentFile(path: string): RingDocuments {
  const documents = decodeDocuments(readBounded(path, 'ring succeed" or "--propose'));
  if (!documents.ok) throw new DocumentFilesError(`${path} is not a proposal`);
  return documents.value;
}

/** Whole or not at all. */
export function writeDocumentFile(path: string, { charters, members, beat }: RingDocuments): void {
  writeJson(path, { charters, members, beat });
}

function readBounded(path: string, writer = 'townring ring export'): Buffer {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new DocumentFilesError(`${path} is not there: is this what "${writer}" wrote?`);
  }
  if (stat.size > MAX_DOCUMENTS_BYTES) throw new DocumentFilesError(`${path} is too large`);
  return readFileSync(path);
}

/** A reader sees the old file or the new one, also after a crash. */
export function writeJson(path: string, value: unknown): void {
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
