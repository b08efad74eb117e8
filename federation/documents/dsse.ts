import { sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { decodeBase64, verifyingKey } from './keys.ts';
import { MAX_BEAT_BYTES, MAX_CHARTER_BYTES, MAX_MEMBERS_BYTES, MAX_SIGNATURES } from './limits.ts';
import { refuse, type Checked } from './refusal.ts';
import { decodeUtf8, parseStrictJson } from './strict-json.ts';
import type { DocumentKey, DocumentName, Envelope } from './types.ts';

/** The type string that stands inside each signature, so that no document can be passed off as another. */
export const DOCUMENT_TYPES = {
  charter: 'townring/charter/1',
  members: 'townring/members/1',
  beat: 'townring/beat/1',
} as const satisfies Record<DocumentName, string>;

const MAX_PAYLOAD_BYTES: Record<DocumentName, number> = {
  charter: MAX_CHARTER_BYTES,
  members: MAX_MEMBERS_BYTES,
  beat: MAX_BEAT_BYTES,
};

/** Text of one envelope: the largest payload in base64, its signatures, and room for white space. */
const MAX_ENVELOPE_CHARS = Math.ceil(MAX_MEMBERS_BYTES / 3) * 4 + 64 * 1024;

/** Whoever can sign: the id of a public key and its private half. */
export interface Signer {
  readonly keyid: string;
  readonly privateKey: KeyObject;
}

/** An envelope taken apart: well-formed, not yet verified. */
export interface OpenedEnvelope {
  readonly envelope: Envelope;
  /** The exact signed bytes. */
  readonly payload: Uint8Array;
}

export const envelopeSchema = z.strictObject({
  type: z.string().max(64),
  payload: z.string().max(MAX_ENVELOPE_CHARS),
  signatures: z
    .array(
      z.strictObject({
        keyid: z.string().regex(/^[0-9a-f]{64}$/),
        sig: z.string().length(88),
      }),
    )
    .min(1)
    .max(MAX_SIGNATURES),
});

/** DSSE pre-authentication encoding (DSSE protocol 1.0): what is signed. Lengths are bytes in ASCII decimal. */
export function preAuthEncoding(type: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Signs the JSON of `document` as it stands. Signers must be distinct. */
export function signDocument(name: DocumentName, document: object, signers: readonly Signer[]): Envelope {
  return signEnvelope(DOCUMENT_TYPES[name], Buffer.from(JSON.stringify(document)), signers);
}

export function signEnvelope(type: string, payload: Uint8Array, signers: readonly Signer[]): Envelope {
  const bytes = preAuthEncoding(type, payload);
  return {
    type,
    payload: Buffer.from(payload).toString('base64'),
    signatures: signers.map(({ keyid, privateKey }) => ({
      keyid,
      sig: sign(null, bytes, privateKey).toString('base64'),
    })),
  };
}

/** Reads one envelope as it comes from a file or a stranger. Never throws. */
export function decodeEnvelope(text: string | Uint8Array): Checked<Envelope> {
  if (text.length > MAX_ENVELOPE_CHARS) return refuse('oversize');
  const decoded = typeof text === 'string' ? text : decodeUtf8(text);
  const parsed = decoded === undefined ? undefined : parseStrictJson(decoded);
  const envelope = envelopeSchema.safeParse(parsed?.value);
  return envelope.success ? { ok: true, value: envelope.data } : refuse('malformed');
}

/** Checks the shape of an envelope that should hold the named document, and takes its bytes out. Never throws. */
export function openEnvelope(name: DocumentName, value: unknown): Checked<OpenedEnvelope> {
  const parsed = envelopeSchema.safeParse(value);
  if (!parsed.success) return refuse('malformed', name);
  const envelope = parsed.data;
  if (envelope.type !== DOCUMENT_TYPES[name]) return refuse('wrong-type', name);
  if (envelope.payload.length > Math.ceil(MAX_PAYLOAD_BYTES[name] / 3) * 4) return refuse('oversize', name);
  const payload = decodeBase64(envelope.payload);
  if (payload === undefined) return refuse('malformed', name);
  if (payload.length > MAX_PAYLOAD_BYTES[name]) return refuse('oversize', name);
  if (new Set(envelope.signatures.map(({ keyid }) => keyid)).size < envelope.signatures.length) {
    return refuse('repeated-signature', name);
  }
  return { ok: true, value: { envelope, payload } };
}

/**
 * Verifies every signature whose key is known.
 * @returns the ids of those that signed, each once; refused as soon as one known key's signature is wrong, so that an
 *   envelope is either whole or nothing
 */
export function verifySignatures(
  name: DocumentName,
  { envelope, payload }: OpenedEnvelope,
  keys: Readonly<Record<string, DocumentKey>>,
): Checked<ReadonlySet<string>> {
  const bytes = preAuthEncoding(envelope.type, payload);
  const signedBy = new Set<string>();
  for (const { keyid, sig } of envelope.signatures) {
    const key = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined;
    if (key === undefined) continue;
    const signature = decodeBase64(sig);
    if (signature?.length !== 64) return refuse('malformed', name);
    if (!verify(null, bytes, verifyingKey(Buffer.from(key.public, 'base64')), signature)) {
      return refuse('bad-signature', name);
    }
    signedBy.add(keyid);
  }
  return { ok: true, value: signedBy };
}
