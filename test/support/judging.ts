import assert from 'node:assert/strict';
import { judgeDocuments, type AcceptanceContext, type Judgement } from '../../federation/documents/acceptance.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import { makeSigningKey } from '../../federation/governance/signing-key.ts';
import { NOON, nextList, readRing, ringOf, seededBytes, squareId } from './ring-documents.ts';

/** The ring that the acceptance tests are about. */
export const ring = ringOf(['moss', 'lantern', 'quay']);
const { documents: v1 } = ring;
export const stranger = makeSigningKey(seededBytes('stranger'));
/** Its next two versions. */
export const v2 = nextList(ring, v1);
export const v3 = nextList(ring, v2);

/** What a square that trusts `trusted` (nothing, when null) says to `documents`. */
export function judge(
  documents: RingDocuments,
  {
    trusted = v1,
    ...context
  }: Partial<Omit<AcceptanceContext, 'trusted'>> & { readonly trusted?: RingDocuments | null } = {},
): Judgement {
  return judgeDocuments(documents, {
    trusted: trusted === null ? undefined : readRing(trusted),
    now: NOON,
    self: squareId('moss'),
    allowPrivate: false,
    ringId: undefined,
    ...context,
  });
}

export function assertRefused(judgement: Judgement, reason: string, document?: string): void {
  assert.equal(judgement.ok, false);
  assert.equal(judgement.reason, reason);
  if (document !== undefined) assert.equal(judgement.document, document);
}
