/**
 * What a square asks of a ring over `/townring/join/1`: to be let in, or to be let go. The request is signed with the square's
 * own key, so that it can be kept, shown, and acted on later.
 */
import { verify } from 'node:crypto';
import { z } from 'zod';
import { isShowableText } from '../documents/addresses.ts';
import { checkDocumentSet } from '../documents/document-set.ts';
import { preAuthEncoding } from '../documents/dsse.ts';
import { decodeBase64, publicKeyFromPeerId, verifyingKey } from '../documents/keys.ts';
import {
  MAX_ADDRS_PER_MEMBER,
  MAX_DOCUMENTS_BYTES,
  MAX_REASON_CHARS,
  MAX_SITES_PER_MEMBER,
} from '../documents/limits.ts';
import { decodeUtf8, parseStrictJson } from '../documents/strict-json.ts';
import { instantMs } from '../documents/time.ts';
import type { MemberSite, RingDocuments } from '../documents/types.ts';
import type { AnswerLimits } from '../node/square-node.ts';
import { MAX_INVITE_CHARS } from './invite.ts';

const MAX_REQUEST_BYTES = 48 * 1_024;

export const JOIN_LIMITS: AnswerLimits = {
  questionMaxBytes: MAX_REQUEST_BYTES,
  answerMaxBytes: MAX_DOCUMENTS_BYTES + 1_024,
  timeoutMs: 8_000,
  maxStreams: 1,
  isForStrangers: true,
};

export interface RingRequest {
  readonly kind: 'join' | 'leave';
  readonly ring: string;
  /** Peer id of the square that asks. */
  readonly square: string;
  /** ISO 8601 UTC. A later request of a square replaces an earlier one. */
  readonly at: string;
  /** "" without. */
  readonly invite: string;
  /** What the admins should know, 0 to 200 characters. */
  readonly note: string;
  /** The member it would be. Empty for one that leaves. */
  readonly origin: string;
  readonly addrs: readonly string[];
  readonly sites: readonly MemberSite[];
}

/** A square's own hand: its peer id is in the request. */
export interface SquareSigner {
  sign(bytes: Uint8Array): Uint8Array;
}

/** What becomes of a request. */
export type RequestAnswer =
  /** The admins will see it. */
  | { readonly status: 'waiting' }
  | { readonly status: 'declined'; readonly reason: string }
  /** The square is in the list: here are the documents that say so. */
  | { readonly status: 'welcome'; readonly documents: RingDocuments }
  /** The square is in the list no more. */
  | { readonly status: 'gone' }
  /** It is not even kept. `reason` is one of a few words. */
  | { readonly status: 'refused'; readonly reason: string };

const REQUEST_TYPE = 'townring/request/1';
const text = (max: number) => z.string().max(max);

// What would make a member is judged by `draftMember` when an admin approves; here it only has to have an end.
const requestSchema = z.strictObject({
  kind: z.enum(['join', 'leave']),
  ring: z.string().regex(/^[0-9a-f]{64}$/),
  square: z.string().refine((id) => publicKeyFromPeerId(id) !== undefined),
  at: z.string().refine((instant) => instantMs(instant) !== undefined),
  invite: text(MAX_INVITE_CHARS),
  note: z.string().refine((note) => note === '' || isShowableText(note, MAX_REASON_CHARS)),
  origin: text(512),
  addrs: z.array(text(256)).max(MAX_ADDRS_PER_MEMBER),
  sites: z.array(z.strictObject({ id: text(64), name: text(80), entry: text(512) })).max(MAX_SITES_PER_MEMBER),
});

const sealedSchema = z.strictObject({ payload: text(2 * MAX_REQUEST_BYTES), signature: z.string().length(88) });

const answerSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('waiting') }),
  z.strictObject({ status: z.literal('declined'), reason: text(MAX_REASON_CHARS * 2) }),
  z.strictObject({ status: z.literal('welcome'), documents: z.unknown() }),
  z.strictObject({ status: z.literal('gone') }),
  z.strictObject({ status: z.literal('refused'), reason: text(64) }),
]);

export function sealRequest(request: RingRequest, key: SquareSigner): Uint8Array {
  const payload = Buffer.from(JSON.stringify(request));
  const signature = Buffer.from(key.sign(preAuthEncoding(REQUEST_TYPE, payload)));
  return Buffer.from(JSON.stringify({ payload: payload.toString('base64'), signature: signature.toString('base64') }));
}

/** A request whose signature holds. From anybody; never throws. */
export function openRequest(bytes: Uint8Array): RingRequest | undefined {
  if (bytes.byteLength > MAX_REQUEST_BYTES) return undefined;
  const sealed = sealedSchema.safeParse(strictJson(bytes));
  const payload = sealed.success ? decodeBase64(sealed.data.payload) : undefined;
  const signature = sealed.success ? decodeBase64(sealed.data.signature) : undefined;
  const request = requestSchema.safeParse(payload === undefined ? undefined : strictJson(payload));
  if (payload === undefined || signature?.length !== 64 || !request.success) return undefined;
  const raw = publicKeyFromPeerId(request.data.square);
  if (raw === undefined) return undefined;
  const holds = verify(null, preAuthEncoding(REQUEST_TYPE, payload), verifyingKey(raw), signature);
  return holds ? request.data : undefined;
}

export function encodeRequestAnswer(answer: RequestAnswer): Uint8Array {
  return Buffer.from(JSON.stringify(answer));
}

/** Never throws. The documents in a welcome are not verified yet. */
export function decodeRequestAnswer(bytes: Uint8Array): RequestAnswer | undefined {
  if (bytes.byteLength > JOIN_LIMITS.answerMaxBytes) return undefined;
  const parsed = answerSchema.safeParse(strictJson(bytes));
  if (!parsed.success) return undefined;
  if (parsed.data.status !== 'welcome') return parsed.data;
  const documents = checkDocumentSet(parsed.data.documents);
  return documents.ok ? { status: 'welcome', documents: documents.value } : undefined;
}

function strictJson(bytes: Uint8Array): unknown {
  const decoded = decodeUtf8(bytes);
  return decoded === undefined ? undefined : parseStrictJson(decoded)?.value;
}
