import type { DocumentName } from './types.ts';

/** Why a document was refused. Stable: shown to operators, counted in metrics, quoted by tests. */
export type RefusalReason =
  // the envelope
  | 'oversize'
  | 'malformed'
  | 'wrong-type'
  | 'repeated-signature'
  | 'unknown-signer'
  | 'bad-signature'
  | 'below-threshold'
  // what is in it
  | 'bad-document'
  | 'weak-key'
  | 'no-spare-key'
  | 'wrong-ring'
  | 'empty-ring'
  | 'repeated-square'
  | 'repeated-site'
  | 'revoked-member'
  | 'private-address'
  // against what is trusted already
  | 'charter-version-skipped'
  | 'wrong-prev'
  | 'charter-rollback'
  | 'charter-expired'
  | 'beat-rollback'
  | 'beat-expired'
  | 'expires-too-late'
  | 'hash-mismatch'
  | 'members-rollback'
  | 'members-expired'
  | 'equivocation'
  | 'locks-reader-out'
  // the reader
  | 'unknown-ring'
  | 'no-majority'
  | 'succeeded'
  | 'too-many-rings'
  | 'not-saved';

export interface Refused {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** Which of the three was at fault, when it was one. */
  readonly document?: DocumentName;
}

export type Checked<T> = { readonly ok: true; readonly value: T } | Refused;

export function refuse(reason: RefusalReason, document?: DocumentName): Refused {
  return document === undefined ? { ok: false, reason } : { ok: false, reason, document };
}
