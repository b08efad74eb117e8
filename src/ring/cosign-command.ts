import { followedBy } from '../../federation/documents/succession.ts';
import { ringIdOf } from '../../federation/documents/document-set.ts';
import { cosignCharterProposal } from './charter-command.ts';
import { refused, type CommandOutcome } from './command-outcome.ts';
import { withSquare, type SquareContext } from './desk-session.ts';
import { readDocumentFile } from './document-files.ts';
import { cosignSuccession } from './succession-command.ts';

export interface CosignContext extends SquareContext {
  readonly isDryRun: boolean;
  /** Although this square has signed another successor of the same ring. */
  readonly isInstead: boolean;
}

/** Signs what somebody else has proposed for a ring of this square, and does it when that was the last signature it took. */
export function cosignProposal(context: CosignContext, file: string): Promise<CommandOutcome> {
  return withSquare(context, (session) => {
    const documents = readDocumentFile(file);
    const old = session.rings.get(followedBy(documents) ?? '');
    if (old !== undefined) return cosignSuccession(context, session, old, documents, file);
    const ring = session.rings.get(ringIdOf(documents) ?? '');
    if (ring === undefined) return refused('that proposal is for no ring of this square');
    if (ring.charter.follows !== undefined && documents.charters.length === 1) {
      return refused('this square has gone over already');
    }
    return cosignCharterProposal(context, session, ring, documents, file);
  });
}
