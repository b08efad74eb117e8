import { statSync } from 'node:fs';
import { judgeDocuments } from '../../federation/documents/acceptance.ts';
import { isLoopbackUrl } from '../../federation/documents/addresses.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import type { Drafted } from '../../federation/governance/member-draft.ts';
import { refused, type CommandOutcome } from './command-outcome.ts';
import { withSquare, type SquareContext } from './desk-session.ts';
import { DocumentFilesError, readDocumentFiles } from './document-files.ts';
import { fetchDocuments } from './documents-fetch.ts';
import { refusalText } from './refusal-text.ts';

/** This square's peer id; its key is made when there is none. */
export function showSquareKey(context: SquareContext): Promise<CommandOutcome> {
  return withSquare(context, ({ key: { square } }) => ({ ok: true, lines: [square], json: { square } }));
}

export interface InstallWish {
  /** A folder that `ring export` wrote, or the web origin of any square of the ring. */
  readonly source: string;
  /** Refuses any other ring. */
  readonly ringId: string | undefined;
  /** On the operator's own word this ring takes the place of the one that it follows. */
  readonly isSuccession: boolean;
}

/** Puts the verified documents of a ring into this square's store. A square that runs takes them up by itself. */
export async function installRing(
  context: SquareContext,
  { source, ringId, isSuccession }: InstallWish,
): Promise<CommandOutcome> {
  const { now, allowPrivate } = context;
  const documents = await documentsFrom(source, ringId, allowPrivate);
  if (!documents.ok) return documents;
  return withSquare(context, ({ key, rings }) => {
    const self = key.square;
    // A ring whose list does not name this square would take it in and give it no neighbours.
    const read = judgeDocuments(documents.value, { trusted: undefined, now: undefined, self, allowPrivate, ringId });
    if (!read.ok) return refused(refusalText(read));
    if (!read.ring.members.members.some(({ square }) => square === self) && read.selfRevoked === undefined) {
      return refused(`this square is not in the ring's list: ask its admin to add ${self} (not-a-member)`);
    }
    const outcome = isSuccession
      ? rings.succeed(documents.value, now, ringId)
      : rings.install(documents.value, now, ringId);
    if (!outcome.ok) return refused(refusalText(outcome));
    const { ring, changed, selfRevoked } = outcome;
    const state = `"${ring.charter.name}" version ${ring.members.version}, ${ring.members.members.length} squares`;
    return {
      ok: true,
      lines: [
        `${changed ? 'Installed' : 'Already here:'} ${state}.`,
        `Ring id  ${ring.ringId}`,
        ...(selfRevoked === undefined ? [] : [`The list shows this square out: ${selfRevoked.reason}`]),
        ...(ringId === undefined ? ["Compare the ring id with what the ring's admin told you."] : []),
      ],
      json: {
        ring: ring.ringId,
        name: ring.charter.name,
        changed,
        members: ring.members.version,
        revoked: selfRevoked?.reason ?? null,
      },
    };
  });
}

async function documentsFrom(
  source: string,
  ringId: string | undefined,
  allowPrivate: boolean,
): Promise<Drafted<RingDocuments>> {
  if (/^https?:\/\//i.test(source)) {
    const url = URL.parse(source);
    if (url === null || url.username !== '' || url.password !== '')
      return refused(`${source} is not the URL of a square`);
    if (url.protocol !== 'https:' && !(allowPrivate && isLoopbackUrl(source))) {
      return refused('a square is asked over https; http on loopback needs ALLOW_PRIVATE_RING=1');
    }
    const fetched = await fetchDocuments(url.origin, ringId);
    return fetched.ok ? { ok: true, value: fetched.documents } : refused(fetched.problem);
  }
  try {
    if (statSync(source, { throwIfNoEntry: false })?.isDirectory() !== true)
      return refused(`${source} is not a folder`);
    return { ok: true, value: readDocumentFiles(source) };
  } catch (err) {
    if (err instanceof DocumentFilesError) return refused(err.message);
    throw err;
  }
}
