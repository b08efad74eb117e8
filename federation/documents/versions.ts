import { hasPassed } from './time.ts';
import type { DocumentName, DocumentVersions, TrustedRing } from './types.ts';

export function documentVersions({ charter, members, beat }: TrustedRing): DocumentVersions {
  const head = Number.parseInt(beat.members.hash.slice(0, 8), 16);
  return { charter: charter.version, members: members.version, beat: beat.version, head };
}

/**
 * Whether it is worth asking the one who says `theirs` for documents. A new charter may begin the other numbers anew, so
 * they count only under the same one; no list is taken without a beat as new as itself; and of two lists that were published at
 * once with the same numbers the one with the lower hash counts (ADR 7), so whoever has the other must ask for it.
 */
export function isNewer(theirs: DocumentVersions, ours: DocumentVersions): boolean {
  if (theirs.charter !== ours.charter) return theirs.charter > ours.charter;
  if (theirs.beat !== ours.beat) return theirs.beat > ours.beat;
  return theirs.members !== ours.members ? theirs.members > ours.members : theirs.head < ours.head;
}

/**
 * Documents that have passed their date. A ring with any stays in use (fail static): operators are told, nobody new is
 * let in, nobody is disconnected.
 * @param now wall clock, ms
 */
export function expiredDocuments(ring: TrustedRing, now: number): readonly DocumentName[] {
  const names: readonly DocumentName[] = ['charter', 'members', 'beat'];
  return names.filter((name) => hasPassed(ring[name].expires, now));
}

export function isStale(ring: TrustedRing, now: number): boolean {
  return expiredDocuments(ring, now).length > 0;
}
