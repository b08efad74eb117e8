/** A wave over the hill as it travels, see docs/protocol.md. Nothing is signed: the link itself says who waves. */
import type { RequestLimits } from '../node/request.ts';
import { bytesOf, decodeCbor, encodeCbor, integerOf, recordOf, textOf } from '../node/strict-cbor.ts';
import type { Side } from '../types.ts';
import { SITE_ID_MAX_UNITS } from './offer.ts';

export const WAVE_LIMITS: RequestLimits & { readonly maxStreams: number } = {
  questionMaxBytes: 256,
  answerMaxBytes: 1,
  timeoutMs: 1_500,
  maxStreams: 4,
};

/** The answer to every wave that is in order, whatever becomes of it. */
export const WAVE_ANSWER: Uint8Array = Uint8Array.of(0);

const NAME_BYTES = 4;
const SIDES: readonly Side[] = ['left', 'right'];

export interface Wave {
  readonly ring: string;
  readonly fromSite: string;
  readonly toSite: string;
  /** The gate of `fromSite` at which somebody waves. */
  readonly side: Side;
  /** The figure at `toSite` whose raised hand is answered, 8 hex digits. */
  readonly h?: string;
}

export function encodeWave({ ring, fromSite, toSite, side, h }: Wave): Uint8Array {
  return encodeCbor({
    r: new Uint8Array(Buffer.from(ring, 'hex')),
    f: fromSite,
    t: toSite,
    s: SIDES.indexOf(side),
    h: h === undefined ? null : new Uint8Array(Buffer.from(h, 'hex')),
  });
}

/** @returns undefined for whatever is no wave; never throws */
export function decodeWave(bytes: Uint8Array): Wave | undefined {
  const map = recordOf(decodeCbor(bytes)?.value, ['r', 'f', 't', 's', 'h']);
  const ring = bytesOf(map?.r, 32);
  const fromSite = textOf(map?.f, 1, SITE_ID_MAX_UNITS);
  const toSite = textOf(map?.t, 1, SITE_ID_MAX_UNITS);
  const side = SIDES[integerOf(map?.s, 0, 1) ?? -1];
  const name = map?.h === null ? null : bytesOf(map?.h, NAME_BYTES);
  if (ring === undefined || fromSite === undefined || toSite === undefined) return undefined;
  if (side === undefined || name === undefined) return undefined;
  const wave = { ring: Buffer.from(ring).toString('hex'), fromSite, toSite, side };
  return name === null ? wave : { ...wave, h: Buffer.from(name).toString('hex') };
}
