/** The messages of `/townring/view/1` as they travel, see docs/protocol.md. */
import { bytesOf, decodeCbor, encodeCbor, integerOf, listOf, textOf } from '../node/strict-cbor.ts';
import { POSES, type Side, type ViewChange, type ViewFigure } from '../types.ts';
import { LOOK_MAX, PLATE_NAME_MAX_UNITS, SITE_ID_MAX_UNITS } from './offer.ts';

export const LOOKER_MESSAGE_MAX_BYTES = 256;
export const VIEW_MESSAGE_MAX_BYTES = 16_384;
export const VIEW_FIGURES_MAX = 60;
export const VIEW_LINES_MAX = 16;
export const LOOKERS_MAX = 99;

const LINE_MAX_UNITS = 140;
const COUNT_MAX = 1_000_000;
const COAT_MAX = 11;
const X_STEPS = 65_535;
const NAME_BYTES = 4;
/** Everybody who was drawn may go at once. */
const GONE_MAX = VIEW_FIGURES_MAX;

const SIDES: readonly Side[] = ['left', 'right'];
export const VIEW_ENDS = ['closed', 'busy', 'unknown'] as const;
export type ViewEnd = (typeof VIEW_ENDS)[number];

export interface ViewOpening {
  readonly ring: string;
  /** The site one looks from, the one that is looked at, and the gate of the first that is looked through. */
  readonly fromSite: string;
  readonly site: string;
  readonly side: Side;
}

export type LookerMessage =
  | ({ readonly kind: 'open' } & ViewOpening)
  | { readonly kind: 'lookers'; readonly count: number };

export type ViewMessage =
  | ({ readonly kind: 'change' } & ViewChange)
  | { readonly kind: 'end'; readonly reason: ViewEnd };

export function encodeLookerMessage(message: LookerMessage): Uint8Array {
  if (message.kind === 'lookers') return encodeCbor([1, message.count]);
  const { ring, fromSite, site, side } = message;
  return encodeCbor([0, new Uint8Array(Buffer.from(ring, 'hex')), fromSite, site, SIDES.indexOf(side)]);
}

/** @returns undefined for whatever is no message of a looking square; never throws */
export function decodeLookerMessage(bytes: Uint8Array): LookerMessage | undefined {
  const list = listOf(decodeCbor(bytes)?.value, 5);
  if (list?.[0] === 1 && list.length === 2) {
    const count = integerOf(list[1], 0, LOOKERS_MAX);
    return count === undefined ? undefined : { kind: 'lookers', count };
  }
  if (list?.[0] !== 0 || list.length !== 5) return undefined;
  const ring = bytesOf(list[1], 32);
  const fromSite = textOf(list[2], 1, SITE_ID_MAX_UNITS);
  const site = textOf(list[3], 1, SITE_ID_MAX_UNITS);
  const side = SIDES[integerOf(list[4], 0, 1) ?? -1];
  if (ring === undefined || fromSite === undefined || site === undefined || side === undefined) return undefined;
  return { kind: 'open', ring: Buffer.from(ring).toString('hex'), fromSite, site, side };
}

export function encodeViewMessage(message: ViewMessage): Uint8Array {
  if (message.kind === 'end') return encodeCbor([1, VIEW_ENDS.indexOf(message.reason)]);
  const { isWhole, count, figures, gone, said } = message;
  return encodeCbor([
    0,
    isWhole,
    count,
    figures.map(({ h, x, color, pose, walking, name, look }) => [
      nameBytes(h),
      Math.round(x * X_STEPS),
      color,
      POSES.indexOf(pose),
      walking,
      name ?? null,
      look ?? null,
    ]),
    gone.map(nameBytes),
    said.map(({ h, text }) => [nameBytes(h), text]),
  ]);
}

/** @returns undefined for whatever is no message of a square that is looked at; never throws */
export function decodeViewMessage(bytes: Uint8Array): ViewMessage | undefined {
  const list = listOf(decodeCbor(bytes)?.value, 6);
  if (list?.[0] === 1 && list.length === 2) {
    const reason = VIEW_ENDS[integerOf(list[1], 0, VIEW_ENDS.length - 1) ?? -1];
    return reason === undefined ? undefined : { kind: 'end', reason };
  }
  if (list?.[0] !== 0 || list.length !== 6) return undefined;
  const isWhole = list[1];
  const count = integerOf(list[2], 0, COUNT_MAX);
  const figures = allOf(list[3], VIEW_FIGURES_MAX, figureFrom);
  const gone = allOf(list[4], GONE_MAX, nameFrom);
  const said = allOf(list[5], VIEW_LINES_MAX, lineFrom);
  if (typeof isWhole !== 'boolean' || count === undefined) return undefined;
  if (figures === undefined || gone === undefined || said === undefined) return undefined;
  return { kind: 'change', isWhole, count, figures, gone, said };
}

function figureFrom(value: unknown): ViewFigure | undefined {
  const list = listOf(value, 7);
  const h = nameFrom(list?.[0]);
  const x = integerOf(list?.[1], 0, X_STEPS);
  const color = integerOf(list?.[2], 0, COAT_MAX);
  const pose = POSES[integerOf(list?.[3], 0, POSES.length - 1) ?? -1];
  const walking = list?.[4];
  if (list?.length !== 7 || h === undefined || x === undefined || color === undefined) return undefined;
  if (pose === undefined || typeof walking !== 'boolean') return undefined;
  const name = list[5] === null ? null : textOf(list[5], 0, PLATE_NAME_MAX_UNITS);
  const look = list[6] === null ? null : integerOf(list[6], 0, LOOK_MAX);
  if (name === undefined || look === undefined) return undefined;
  return {
    h,
    x: x / X_STEPS,
    color,
    pose,
    walking,
    ...(name !== null && { name }),
    ...(look !== null && { look }),
  };
}

function lineFrom(value: unknown): { readonly h: string; readonly text: string } | undefined {
  const list = listOf(value, 2);
  const h = nameFrom(list?.[0]);
  const text = textOf(list?.[1], 1, LINE_MAX_UNITS);
  return h === undefined || text === undefined || list?.length !== 2 ? undefined : { h, text };
}

function nameBytes(h: string): Uint8Array {
  return new Uint8Array(Buffer.from(h, 'hex'));
}

function nameFrom(value: unknown): string | undefined {
  const bytes = bytesOf(value, NAME_BYTES);
  return bytes && Buffer.from(bytes).toString('hex');
}

/** All of a list, or undefined when one of them is nothing. */
function allOf<T>(value: unknown, max: number, read: (entry: unknown) => T | undefined): readonly T[] | undefined {
  const items = listOf(value, max)?.map(read);
  return items?.every((item) => item !== undefined) === true ? items : undefined;
}
