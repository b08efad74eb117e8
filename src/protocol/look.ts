import { COLORS, type Color } from './limits.ts';

/**
 * What a wayfarer wears: coat colour × headwear × carried thing. A look travels as one small integer,
 * `coat + 12 · (headwear + 8 · carried)`, in the fields that only ring clients see. Classic clients see the coat as
 * one of their six colours.
 */
export interface Look {
  /** Index into the coat palette, 0…11. Coats 0…5 are the classic colours in their order. */
  readonly coat: number;
  /** Index into {@link HEADWEAR}. */
  readonly headwear: number;
  /** Index into {@link CARRIED}. */
  readonly carried: number;
}

export const COAT_COUNT = 12;
export const HEADWEAR = ['none', 'cap', 'brim', 'hood', 'bun', 'bobble', 'cone', 'leaf'] as const;
export const CARRIED = ['none', 'scarf', 'satchel', 'lantern', 'umbrella', 'cat'] as const;

/** Number of distinct looks; a look code is an integer in 0 … LOOK_COUNT − 1. */
export const LOOK_COUNT = COAT_COUNT * HEADWEAR.length * CARRIED.length;

export function encodeLook(look: Look): number {
  return look.coat + COAT_COUNT * (look.headwear + HEADWEAR.length * look.carried);
}

/** @returns undefined when `code` is no integer in range */
export function decodeLook(code: unknown): Look | undefined {
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 0 || code >= LOOK_COUNT) return undefined;
  const rest = Math.floor(code / COAT_COUNT);
  return { coat: code % COAT_COUNT, headwear: rest % HEADWEAR.length, carried: Math.floor(rest / HEADWEAR.length) };
}

/** The classic colour that stands for a coat: the six repeat. */
export function colorOfCoat(coat: number): Color {
  return COLORS[coat % COLORS.length] ?? COLORS[0];
}

/** The coat of a visitor who only has a classic colour. */
export function coatOfColor(color: string): number {
  return Math.max(0, (COLORS as readonly string[]).indexOf(color));
}
