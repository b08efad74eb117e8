/**
 * What travels with the ring's bird, see docs/protocol.md: the *round*, signed by the roost that lets it out, and the
 * hand-over of one flight, which nobody signs: the link itself says who hands over.
 */
import type { RequestLimits } from '../node/request.ts';
import { bytesOf, decodeCbor, encodeCbor, integerOf, recordOf, textOf } from '../node/strict-cbor.ts';
import { SITE_ID_MAX_UNITS } from '../passage/offer.ts';
import { unsealSummary, type Signer } from '../presence/summary.ts';
import type { Side } from '../types.ts';

const ROUND_DOMAIN = 'townring/bird/1';

/** Key, body and signature of a round take about 190 bytes. */
const ROUND_MAX_BYTES = 256;

export const BIRD_LIMITS: RequestLimits & { readonly maxStreams: number } = {
  questionMaxBytes: 512,
  answerMaxBytes: 16,
  timeoutMs: 5_000,
  maxStreams: 4,
};

const NUMBER_MAX = 2 ** 32 - 1;
const SIDES: readonly Side[] = ['left', 'right'];

/** One outing of the bird: from its roost round the ring, until it is back there or its time is over. */
export interface Round {
  readonly ring: string;
  /** Grows from round to round: when it began by the roost's clock, in seconds since the epoch. */
  readonly number: number;
  /** By the roost's wall clock, ms since the epoch: nobody shows the bird of this round any longer. */
  readonly until: number;
}

/** A bird that is handed on: one flight of its round. */
export interface HandOver {
  /** As sealed by the roost; whoever takes it opens it. */
  readonly round: Uint8Array;
  readonly fromSite: string;
  readonly toSite: string;
  /** The gate of `fromSite` that it leaves by. */
  readonly side: Side;
  /** Counts the flights of a round, from 1. */
  readonly flight: number;
  /** What is left of the round, ms. */
  readonly leftMs: number;
}

export type Verify = (square: string, bytes: Uint8Array, signature: Uint8Array) => boolean;

export function sealRound({ ring, number, until }: Round, signer: Signer): Uint8Array {
  const body = encodeCbor({ d: ROUND_DOMAIN, r: new Uint8Array(Buffer.from(ring, 'hex')), n: number, u: until });
  return encodeCbor([signer.publicKey, body, signer.sign(body)]);
}

/**
 * @param author square that must have signed it
 * @returns undefined for whatever is not exactly a round under that square's signature; never throws
 */
export function openRound(bytes: Uint8Array, author: string, verify: Verify): Round | undefined {
  const sealed = bytes.byteLength > ROUND_MAX_BYTES ? undefined : unsealSummary(bytes);
  if (sealed === undefined || sealed.author !== author) return undefined;
  if (!verify(author, sealed.body, sealed.signature)) return undefined;
  const map = recordOf(decodeCbor(sealed.body)?.value, ['d', 'r', 'n', 'u']);
  const ring = bytesOf(map?.r, 32);
  const number = integerOf(map?.n, 1, NUMBER_MAX);
  const until = integerOf(map?.u, 0, Number.MAX_SAFE_INTEGER);
  if (map?.d !== ROUND_DOMAIN || ring === undefined || number === undefined || until === undefined) return undefined;
  return { ring: Buffer.from(ring).toString('hex'), number, until };
}

export function encodeHandOver(ring: string, { round, fromSite, toSite, side, flight, leftMs }: HandOver): Uint8Array {
  return encodeCbor({
    r: new Uint8Array(Buffer.from(ring, 'hex')),
    b: round,
    f: fromSite,
    t: toSite,
    s: SIDES.indexOf(side),
    n: flight,
    e: leftMs,
  });
}

/** @returns undefined for whatever is no hand-over; never throws */
export function decodeHandOver(bytes: Uint8Array): { readonly ring: string; readonly handed: HandOver } | undefined {
  const map = recordOf(decodeCbor(bytes)?.value, ['r', 'b', 'f', 't', 's', 'n', 'e']);
  const ring = bytesOf(map?.r, 32);
  const round = map?.b;
  const fromSite = textOf(map?.f, 1, SITE_ID_MAX_UNITS);
  const toSite = textOf(map?.t, 1, SITE_ID_MAX_UNITS);
  const side = SIDES[integerOf(map?.s, 0, 1) ?? -1];
  const flight = integerOf(map?.n, 1, NUMBER_MAX);
  const leftMs = integerOf(map?.e, 0, NUMBER_MAX);
  if (ring === undefined || !(round instanceof Uint8Array) || fromSite === undefined || toSite === undefined)
    return undefined;
  if (side === undefined || flight === undefined || leftMs === undefined) return undefined;
  return { ring: Buffer.from(ring).toString('hex'), handed: { round, fromSite, toSite, side, flight, leftMs } };
}

export function encodeTaken(isTaken: boolean): Uint8Array {
  return encodeCbor({ k: isTaken });
}

/** @returns undefined for whatever is no answer to a hand-over; never throws */
export function decodeTaken(bytes: Uint8Array): boolean | undefined {
  const isTaken = recordOf(decodeCbor(bytes)?.value, ['k'])?.k;
  return typeof isTaken === 'boolean' ? isTaken : undefined;
}
