import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isLoopbackUrl } from '../../federation/documents/addresses.ts';
import { judgeDocuments } from '../../federation/documents/acceptance.ts';
import { TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { RingDocuments, TrustedRing } from '../../federation/documents/types.ts';
import { keysWithRole } from '../../federation/governance/keyring.ts';
import { loadSquareKey, SquareKeyError } from '../../federation/node/identity.ts';
import { ensureDataDir } from '../store/data-dir.ts';
import { openStore } from '../store/store.ts';
import type { CommandOutcome } from './commands.ts';
import { fetchDocuments } from './documents-fetch.ts';
import { hasKey, readKey, readRingFolder, RingFilesError } from './documents-files.ts';
import { refusalText } from './refusal-text.ts';
import { readRingKeys, writeRingKeys } from './ring-keys.ts';
import { trustedStateStore } from './trusted-state-store.ts';

export interface SquareContext {
  readonly dataDir: string;
  /** Wall clock, ms. */
  readonly now: number;
  /** ALLOW_PRIVATE_RING */
  readonly allowPrivate: boolean;
}

/** This square's peer id; its key is made when there is none. */
export async function showSquareKey({ dataDir }: Pick<SquareContext, 'dataDir'>): Promise<CommandOutcome> {
  const loaded = await squareOf(dataDir);
  if (!loaded.ok) return loaded;
  const { square } = loaded;
  return { ok: true, lines: [square], json: { square } };
}

/**
 * Puts the verified documents of a ring into this square's store. A square that runs takes them up by itself.
 * @param source a ring folder, or the web origin of any square of the ring
 * @param ringId refuses any other ring
 */
export async function installRing(
  { dataDir, now, allowPrivate }: SquareContext,
  source: string,
  ringId: string | undefined,
): Promise<CommandOutcome> {
  const documents = await documentsFrom(source, ringId, allowPrivate);
  if (!documents.ok) return documents;
  const key = await squareOf(dataDir);
  if (!key.ok) return key;
  const self = key.square;

  // A ring whose list does not name this square would take it in and give it no neighbours.
  const reader = { trusted: undefined, now: undefined, self, allowPrivate, ringId };
  const read = judgeDocuments(documents.value, reader);
  if (!read.ok) return refused(refusalText(read));
  if (!read.ring.members.members.some(({ square }) => square === self) && read.selfRevoked === undefined) {
    return refused(`this square is not in the ring's list: ask its admin to add ${self} (not-a-member)`);
  }

  const store = openStore(dataDir);
  try {
    const rings = new TrustedRings(trustedStateStore(store), { self, allowPrivate });
    const outcome = rings.install(documents.value, now, ringId);
    if (!outcome.ok) return refused(refusalText(outcome));
    const { ring, changed, selfRevoked } = outcome;
    const renews = takeOnlineKey(dataDir, source, ring);
    const state = `"${ring.charter.name}" version ${ring.members.version}, ${ring.members.members.length} squares`;
    return {
      ok: true,
      lines: [
        `${changed ? 'Installed' : 'Already here:'} ${state}.`,
        `Ring id  ${ring.ringId}`,
        ...(renews ? ['This square holds an online key and renews the beat by itself.'] : []),
        ...(selfRevoked === undefined ? [] : [`The list shows this square out: ${selfRevoked.reason}`]),
        ...(ringId === undefined ? ["Compare the ring id with what the ring's admin told you."] : []),
      ],
      json: {
        ring: ring.ringId,
        name: ring.charter.name,
        changed,
        renews,
        members: ring.members.version,
        revoked: selfRevoked?.reason ?? null,
      },
    };
  } finally {
    store.close();
  }
}

/** An admin's folder brings the online key along: with it the square renews the beat while its people sleep. */
function takeOnlineKey(dataDir: string, source: string, ring: TrustedRing): boolean {
  if (!isUrl(source) && hasKey(source, 'online')) {
    writeRingKeys(dataDir, ring.ringId, { online: readKey(source, 'online') });
  }
  return keysWithRole(readRingKeys(dataDir, ring.ringId), ring.charter, 'online').length > 0;
}

function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

type Source = { readonly ok: true; readonly value: RingDocuments } | Extract<CommandOutcome, { readonly ok: false }>;

async function documentsFrom(source: string, ringId: string | undefined, allowPrivate: boolean): Promise<Source> {
  if (isUrl(source)) {
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
    return { ok: true, value: readRingFolder(source) };
  } catch (err) {
    if (err instanceof RingFilesError) return refused(err.message);
    throw err;
  }
}

async function squareOf(
  dataDir: string,
): Promise<{ readonly ok: true; readonly square: string } | Extract<CommandOutcome, { readonly ok: false }>> {
  ensureDataDir(dataDir);
  try {
    const { square } = await loadSquareKey(join(dataDir, 'square.key'));
    return { ok: true, square };
  } catch (err) {
    if (err instanceof SquareKeyError) return refused(err.message);
    throw err;
  }
}

function refused(problem: string): Extract<CommandOutcome, { readonly ok: false }> {
  return { ok: false, problems: [problem] };
}
