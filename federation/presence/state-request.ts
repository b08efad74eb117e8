/**
 * `state?`: what a square asks a neighbour for when their link comes up, instead of waiting for the next publish. The nonce
 * stands in the signed answer, so an answer captured earlier answers nobody else.
 */
import type { RequestLimits } from '../node/request.ts';
import { bytesOf, decodeCbor, encodeCbor, listOf, recordOf } from '../node/strict-cbor.ts';
import { SUMMARY_MAX_BYTES, type Signer } from './summary.ts';

export const STATE_DOMAIN = 'townring/state/1';
export const STATE_NONCE_BYTES = 16;

/** Sites told of in one answer: as many as a square may have within a ring. */
export const STATE_SUMMARIES_MAX = 32;

export const STATE_LIMITS: RequestLimits & { readonly maxStreams: number } = {
  questionMaxBytes: 128,
  answerMaxBytes: STATE_SUMMARIES_MAX * (SUMMARY_MAX_BYTES + 8) + 256,
  timeoutMs: 3_000,
  maxStreams: 4,
};

export interface StateQuestion {
  readonly ring: string;
  readonly nonce: Uint8Array;
}

export function encodeStateQuestion(question: StateQuestion): Uint8Array {
  return encodeCbor({ r: new Uint8Array(Buffer.from(question.ring, 'hex')), n: question.nonce });
}

export function decodeStateQuestion(bytes: Uint8Array): StateQuestion | undefined {
  const map = recordOf(decodeCbor(bytes)?.value, ['r', 'n']);
  const ring = bytesOf(map?.r, 32);
  const nonce = bytesOf(map?.n, STATE_NONCE_BYTES);
  return ring === undefined || nonce === undefined ? undefined : { ring: Buffer.from(ring).toString('hex'), nonce };
}

/** @param summaries sealed summaries of the answering square's own sites */
export function sealStateAnswer(question: StateQuestion, summaries: readonly Uint8Array[], signer: Signer): Uint8Array {
  const body = encodeCbor({
    d: STATE_DOMAIN,
    r: new Uint8Array(Buffer.from(question.ring, 'hex')),
    n: question.nonce,
    s: summaries.slice(0, STATE_SUMMARIES_MAX),
  });
  return encodeCbor([body, signer.sign(body)]);
}

/**
 * @param verify checks a signature of the square that was asked
 * @returns the sealed summaries, or undefined for whatever is not its answer to this question
 */
export function openStateAnswer(
  bytes: Uint8Array,
  question: StateQuestion,
  verify: (body: Uint8Array, signature: Uint8Array) => boolean,
): readonly Uint8Array[] | undefined {
  const parts = listOf(decodeCbor(bytes)?.value, 2);
  const body = parts?.[0];
  const signature = bytesOf(parts?.[1], 64);
  if (!(body instanceof Uint8Array) || signature === undefined || !verify(body, signature)) return undefined;
  const map = recordOf(decodeCbor(body)?.value, ['d', 'r', 'n', 's']);
  const ring = bytesOf(map?.r, 32);
  const nonce = bytesOf(map?.n, STATE_NONCE_BYTES);
  const list = listOf(map?.s, STATE_SUMMARIES_MAX);
  if (map?.d !== STATE_DOMAIN || ring === undefined || nonce === undefined || list === undefined) return undefined;
  if (Buffer.from(ring).toString('hex') !== question.ring || Buffer.compare(nonce, question.nonce) !== 0)
    return undefined;
  const summaries = list.filter((item) => item instanceof Uint8Array);
  return summaries.length === list.length ? summaries : undefined;
}
