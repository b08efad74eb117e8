/**
 * The offer of a page hop, square to square: "somebody with this plate is coming from my site to yours". Nothing is signed:
 * the link itself says who asks, and the answer goes back over it.
 */
import type { RequestLimits } from '../node/request.ts';
import { bytesOf, decodeCbor, encodeCbor, integerOf, recordOf, textOf } from '../node/strict-cbor.ts';
import type { Plate, Side } from '../types.ts';
import { CODE_BYTES } from './codes.ts';

/** After this long the visitor walks without the plate. They always get there. */
export const OFFER_TIMEOUT_MS = 1_500;

export const OFFER_LIMITS: RequestLimits & { readonly maxStreams: number } = {
  questionMaxBytes: 256,
  answerMaxBytes: 64,
  timeoutMs: OFFER_TIMEOUT_MS,
  maxStreams: 8,
};

/** Longest name on a plate, in UTF-16 units, and the number of looks (wire protocol). */
export const PLATE_NAME_MAX_UNITS = 18;
export const LOOK_MAX = 575;
export const SITE_ID_MAX_UNITS = 32;

const SIDES: readonly Side[] = ['left', 'right'];
const REFUSALS = ['closed', 'busy', 'unknown'] as const;

/** `closed`: the owner lets no guests in. `busy`: limits. `unknown`: not the site, or not the square, of the list. */
export type OfferRefusal = (typeof REFUSALS)[number];

export interface Offer {
  readonly ring: string;
  readonly plate: Plate;
  readonly fromSite: string;
  readonly toSite: string;
  /** The gate of `fromSite` that the visitor goes through. */
  readonly side: Side;
}

export type OfferAnswer =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly reason: OfferRefusal };

export function encodeOffer(offer: Offer): Uint8Array {
  return encodeCbor({
    r: new Uint8Array(Buffer.from(offer.ring, 'hex')),
    n: offer.plate.name,
    l: offer.plate.look,
    f: offer.fromSite,
    t: offer.toSite,
    s: SIDES.indexOf(offer.side),
  });
}

export function decodeOffer(bytes: Uint8Array): Offer | undefined {
  const map = recordOf(decodeCbor(bytes)?.value, ['r', 'n', 'l', 'f', 't', 's']);
  const ring = bytesOf(map?.r, 32);
  const name = textOf(map?.n, 0, PLATE_NAME_MAX_UNITS);
  const look = integerOf(map?.l, 0, LOOK_MAX);
  const fromSite = textOf(map?.f, 1, SITE_ID_MAX_UNITS);
  const toSite = textOf(map?.t, 1, SITE_ID_MAX_UNITS);
  const side = SIDES[integerOf(map?.s, 0, 1) ?? -1];
  if (ring === undefined || name === undefined || look === undefined) return undefined;
  if (fromSite === undefined || toSite === undefined || side === undefined) return undefined;
  return { ring: Buffer.from(ring).toString('hex'), plate: { name, look }, fromSite, toSite, side };
}

export function encodeOfferAnswer(answer: OfferAnswer): Uint8Array {
  return encodeCbor(
    answer.ok ? { c: new Uint8Array(Buffer.from(answer.code, 'base64url')) } : { n: REFUSALS.indexOf(answer.reason) },
  );
}

export function decodeOfferAnswer(bytes: Uint8Array): OfferAnswer | undefined {
  const value = decodeCbor(bytes)?.value;
  const code = bytesOf(recordOf(value, ['c'])?.c, CODE_BYTES);
  if (code !== undefined) return { ok: true, code: Buffer.from(code).toString('base64url') };
  const reason = REFUSALS[integerOf(recordOf(value, ['n'])?.n, 0, REFUSALS.length - 1) ?? -1];
  return reason === undefined ? undefined : { ok: false, reason };
}
