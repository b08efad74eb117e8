/**
 * `digests?`: what a square asks somebody of another region for while its own map is looked at. Every digest in the answer is
 * signed by its author.
 */
import type { RequestLimits } from '../node/request.ts';
import { bytesOf, decodeCbor, encodeCbor, integerOf, listOf, recordOf } from '../node/strict-cbor.ts';
import { DIGEST_MAX_BYTES } from './digest.ts';
import { REGION_SQUARES_MAX } from './region.ts';

/** A region of 256 squares with a site each takes 60 kB; what is beyond this is left out. */
const ANSWER_MAX_BYTES = 256 * 1_024;

/** Older ones are nobody's presence any more. */
export const HELD_MAX_AGE_MS = 60_000;

export const DIGESTS_LIMITS: RequestLimits & { readonly maxStreams: number } = {
  questionMaxBytes: 64,
  answerMaxBytes: ANSWER_MAX_BYTES,
  timeoutMs: 4_000,
  maxStreams: 2,
};

export interface DigestsQuestion {
  readonly ring: string;
  /** Number of the region. */
  readonly region: number;
}

/** A sealed digest, and how long ago the square that hands it on received it. */
export interface HeldDigest {
  readonly ageMs: number;
  readonly bytes: Uint8Array;
}

export function encodeDigestsQuestion({ ring, region }: DigestsQuestion): Uint8Array {
  return encodeCbor({ r: new Uint8Array(Buffer.from(ring, 'hex')), g: region });
}

/** @returns undefined for whatever is no question; never throws */
export function decodeDigestsQuestion(bytes: Uint8Array): DigestsQuestion | undefined {
  const map = recordOf(decodeCbor(bytes)?.value, ['r', 'g']);
  const ring = bytesOf(map?.r, 32);
  const region = integerOf(map?.g, 0, 2 ** 32 - 1);
  return ring === undefined || region === undefined ? undefined : { ring: Buffer.from(ring).toString('hex'), region };
}

/** As many as one answer takes, in the order given. */
export function encodeHeldDigests(held: readonly HeldDigest[]): Uint8Array {
  const fitting: (readonly [number, Uint8Array])[] = [];
  let bytesLeft = ANSWER_MAX_BYTES - 8;
  for (const { ageMs, bytes } of held.slice(0, REGION_SQUARES_MAX)) {
    // Three bytes for the length, five for the age, one for the pair.
    bytesLeft -= bytes.byteLength + 9;
    if (bytesLeft < 0) break;
    fitting.push([Math.min(HELD_MAX_AGE_MS, Math.round(ageMs)), bytes]);
  }
  return encodeCbor(fitting);
}

/** @returns undefined for whatever is no answer; never throws. Nothing in it is verified yet */
export function decodeHeldDigests(bytes: Uint8Array): readonly HeldDigest[] | undefined {
  const list = listOf(decodeCbor(bytes)?.value, REGION_SQUARES_MAX);
  const held = list?.map((item) => {
    const pair = listOf(item, 2);
    const ageMs = integerOf(pair?.[0], 0, HELD_MAX_AGE_MS);
    const digest = pair?.[1];
    const isDigest = digest instanceof Uint8Array && digest.byteLength <= DIGEST_MAX_BYTES;
    return pair?.length === 2 && ageMs !== undefined && isDigest ? { ageMs, bytes: digest } : undefined;
  });
  const whole = held?.filter((each) => each !== undefined);
  return whole?.length === held?.length ? whole : undefined;
}
