import type { Refused, RefusalReason } from '../../federation/documents/refusal.ts';

/** Each reason in words for an operator. */
const WORDS: Record<RefusalReason, string> = {
  oversize: 'it is larger than any honest one',
  malformed: 'it is not a signed ring document',
  'wrong-type': 'it is a document of another kind',
  'repeated-signature': 'one key signed it twice',
  'unknown-signer': 'somebody signed it who may not',
  'bad-signature': 'a signature does not hold: it was changed after signing',
  'below-threshold': 'too few admins signed it',
  'bad-document': 'what is signed does not have the form of a ring document',
  'weak-key': 'it brings in a key that anybody could sign for',
  'no-spare-key': 'it would take every admin key to change it, so one lost key would end the ring',
  'wrong-ring': 'it belongs to another ring',
  'empty-ring': 'it leaves nobody in the ring',
  'repeated-square': 'it names a square twice',
  'repeated-site': 'it names a site id twice',
  'revoked-member': 'it names a square both as member and as shown out',
  'private-address': 'it leads visitors to loopback; ALLOW_PRIVATE_RING=1 allows that for development',
  'charter-version-skipped': 'a version is missing in its chain',
  'wrong-prev': 'it does not follow the version before it',
  'charter-rollback': 'this square knows a newer one',
  'charter-expired': 'it has expired: the admins have to sign a new one',
  'beat-rollback': 'this square knows a newer one',
  'beat-expired': 'it has expired: ask for the present documents, or look at the clock of this machine',
  'expires-too-late':
    'it would last longer than any may: it was made to freeze the ring, or the clock of this machine is behind',
  'hash-mismatch': 'it is not the list that the beat names',
  'members-rollback': 'this square knows a newer one',
  'members-expired': 'it has expired: an admin has to publish the list again',
  equivocation: 'there are two different ones with the same version: a key of the ring says two things',
  'locks-reader-out': 'it drops this square without saying so',
  'unknown-ring': 'this square does not know the ring',
  'no-majority': 'it follows a ring of this square, and fewer than half of the squares of that ring have signed it',
  succeeded: 'this square has gone over to the ring that follows it',
  'too-many-rings': 'this square is in as many rings as it can be in',
  'not-saved': 'the data folder could not be written',
};

/** One line: which document, why not, and the stable name of the reason. */
export function refusalText({ reason, document }: Refused): string {
  return `${document ?? 'documents'} refused: ${WORDS[reason]} (${reason})`;
}
