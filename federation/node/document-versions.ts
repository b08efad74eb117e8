/** Document versions on the wire, the same in every message: a list of four unsigned integers of 32 bits. */
import type { DocumentVersions } from '../documents/types.ts';
import { integerOf, listOf } from './strict-cbor.ts';

const MAX = 2 ** 32 - 1;

export function versionsList({ charter, members, beat, head }: DocumentVersions): readonly number[] {
  return [charter, members, beat, head];
}

export function parseVersions(value: unknown): DocumentVersions | undefined {
  const parts = listOf(value, 4);
  const [charter, members, beat, head] = [0, 1, 2, 3].map((index) => integerOf(parts?.[index], 0, MAX));
  return charter === undefined || members === undefined || beat === undefined || head === undefined
    ? undefined
    : { charter, members, beat, head };
}
