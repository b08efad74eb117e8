/**
 * dag-cbor with exactly one accepted encoding for every value: what is decoded must encode to the same bytes again, so
 * map order, integer width, duplicate keys, floats for integers and trailing bytes leave no second form to sign or hash.
 */
import { decode, encode } from '@ipld/dag-cbor';

export const encodeCbor: (value: unknown) => Uint8Array = encode;

/** @returns undefined for bytes that are not the canonical encoding of one value; never throws */
export function decodeCbor(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const value: unknown = decode(bytes);
    const again: Uint8Array = encode(value);
    return Buffer.compare(again, bytes) === 0 ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** The value as a map with exactly these keys, else undefined. */
export function recordOf<K extends string>(value: unknown, keys: readonly K[]): Record<K, unknown> | undefined {
  return hasExactKeys(value, keys) ? value : undefined;
}

function hasExactKeys<K extends string>(value: unknown, keys: readonly K[]): value is Record<K, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return false;
  const own = Object.keys(value);
  return own.length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

/** An integer in min…max, else undefined. */
export function integerOf(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
}

/** A byte string of exactly this length, else undefined. */
export function bytesOf(value: unknown, length: number): Uint8Array | undefined {
  return value instanceof Uint8Array && value.byteLength === length ? value : undefined;
}

/** A text of min…max UTF-16 units, else undefined. */
export function textOf(value: unknown, min: number, max: number): string | undefined {
  return typeof value === 'string' && value.length >= min && value.length <= max ? value : undefined;
}

/** A list of at most `max` items, else undefined. */
export function listOf(value: unknown, max: number): readonly unknown[] | undefined {
  return Array.isArray(value) && value.length <= max ? value : undefined;
}
