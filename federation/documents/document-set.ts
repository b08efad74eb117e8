import { z } from 'zod';
import { envelopeSchema } from './dsse.ts';
import { decodeBase64, sha256Hex } from './keys.ts';
import { MAX_CHARTERS, MAX_DOCUMENTS_BYTES } from './limits.ts';
import { refuse, type Checked } from './refusal.ts';
import { decodeUtf8, parseStrictJson } from './strict-json.ts';
import type { RingDocuments } from './types.ts';

const setSchema = z.strictObject({
  charters: z.array(envelopeSchema).min(1).max(MAX_CHARTERS),
  members: envelopeSchema,
  beat: envelopeSchema,
});

const chainSchema = setSchema.shape.charters;

/** The set as it travels over a stream: JSON, at most `MAX_DOCUMENTS_BYTES`. */
export function encodeDocuments({ charters, members, beat }: RingDocuments): Uint8Array {
  return Buffer.from(JSON.stringify({ charters, members, beat }));
}

/** Reads what {@link encodeDocuments} made, from anybody. Nothing is verified yet. Never throws. */
export function decodeDocuments(bytes: Uint8Array): Checked<RingDocuments> {
  if (bytes.length > MAX_DOCUMENTS_BYTES) return refuse('oversize');
  return checkDocumentSet(strictJson(bytes));
}

/** Reads a charter chain as `charter.json` holds it: an array of envelopes from version 1. Never throws. */
export function decodeCharterChain(bytes: Uint8Array): Checked<RingDocuments['charters']> {
  if (bytes.length > MAX_DOCUMENTS_BYTES) return refuse('oversize', 'charter');
  const parsed = chainSchema.safeParse(strictJson(bytes));
  return parsed.success ? { ok: true, value: parsed.data } : refuse('malformed', 'charter');
}

/** Whether a value has the shape of a set of envelopes. */
export function checkDocumentSet(value: unknown): Checked<RingDocuments> {
  const parsed = setSchema.safeParse(value);
  return parsed.success ? { ok: true, value: parsed.data } : refuse('malformed');
}

/** The ring a set claims to be of: SHA-256 of the first charter's payload bytes, lowercase hex. */
export function ringIdOf({ charters }: RingDocuments): string | undefined {
  const payload = decodeBase64(charters[0]?.payload ?? '');
  return payload === undefined || payload.length === 0 ? undefined : sha256Hex(payload);
}

/** Whether two sets hold the same payloads; who signed them may differ. */
export function haveSamePayloads(a: RingDocuments, b: RingDocuments): boolean {
  return (
    a.charters.length === b.charters.length &&
    a.charters.every(({ payload }, index) => payload === b.charters[index]?.payload) &&
    a.members.payload === b.members.payload &&
    a.beat.payload === b.beat.payload
  );
}

function strictJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  return text === undefined ? undefined : parseStrictJson(text)?.value;
}
