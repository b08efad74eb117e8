import type { z } from 'zod';
import { openEnvelope, verifySignatures, type OpenedEnvelope } from './dsse.ts';
import { sha256Hex } from './keys.ts';
import { refuse, type Checked } from './refusal.ts';
import { beatSchema, membersSchema } from './schemas.ts';
import { decodeUtf8, parseStrictJson } from './strict-json.ts';
import type { Beat, Charter, DocumentName, Envelope, Members } from './types.ts';

/** A document whose signatures held, with the bytes they were over. */
export interface Verified<T> {
  readonly envelope: Envelope;
  readonly document: T;
  /** Lowercase hex SHA-256 of the payload bytes: what two documents are compared by. */
  readonly hash: string;
  /** Payload bytes. */
  readonly length: number;
}

/** One signature of one admin key makes a list. */
export function verifyMembers(value: unknown, charter: Charter): Checked<Verified<Members>> {
  return verifyByOne('members', value, charter, charter.roles.admin.keyids, membersSchema);
}

/** One signature of one online key makes a beat. */
export function verifyBeat(value: unknown, charter: Charter): Checked<Verified<Beat>> {
  return verifyByOne('beat', value, charter, charter.roles.online.keyids, beatSchema);
}

/** The signed bytes as the schema reads them, once. Call only with bytes that are authenticated. */
export function parsePayload<T>(name: DocumentName, payload: Uint8Array, schema: z.ZodType<T>): Checked<T> {
  const text = decodeUtf8(payload);
  const json = text === undefined ? undefined : parseStrictJson(text);
  const parsed = schema.safeParse(json?.value);
  return parsed.success ? { ok: true, value: parsed.data } : refuse('bad-document', name);
}

export function verified<T>({ envelope, payload }: OpenedEnvelope, document: T): Verified<T> {
  return { envelope, document, hash: sha256Hex(payload), length: payload.length };
}

/** Every signature must be of the role and hold: a passenger could not be told from a forgery by the next reader. */
function verifyByOne<T>(
  name: DocumentName,
  value: unknown,
  charter: Charter,
  keyids: readonly string[],
  schema: z.ZodType<T>,
): Checked<Verified<T>> {
  const opened = openEnvelope(name, value);
  if (!opened.ok) return opened;
  if (opened.value.envelope.signatures.some(({ keyid }) => !keyids.includes(keyid))) {
    return refuse('unknown-signer', name);
  }
  const signedBy = verifySignatures(name, opened.value, charter.keys);
  if (!signedBy.ok) return signedBy;
  const document = parsePayload(name, opened.value.payload, schema);
  return document.ok ? { ok: true, value: verified(opened.value, document.value) } : document;
}
