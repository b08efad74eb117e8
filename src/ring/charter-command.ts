import { existsSync } from 'node:fs';
import type { DocumentKey, RingDocuments, TrustedRing } from '../../federation/documents/types.ts';
import {
  cosignCharter,
  describeCharter,
  keyIdOfDocumentKey,
  missingSignatures,
  proposeCharter,
  readProposal,
  type CharterProposal,
  type KeyChange,
} from '../../federation/governance/change-charter.ts';
import type { Drafted } from '../../federation/governance/member-draft.ts';
import { keysWithRole } from '../../federation/governance/keyring.ts';
import { decodePaperKey } from '../../federation/governance/paper-key.ts';
import { makeSigningKey, type SigningKey } from '../../federation/governance/signing-key.ts';
import type { RandomBytes } from '../../federation/types.ts';
import { refused, type CommandOutcome } from './command-outcome.ts';
import { withRing, type RingContext, type SquareSession } from './desk-session.ts';
import { writeDocumentFile } from './document-files.ts';
import { applied, previewed } from './list-command.ts';
import { readRingKeys, writeRingKeys } from './ring-keys.ts';

export interface CharterContext extends RingContext {
  readonly random: RandomBytes;
  /** What is written on the paper, as it was typed. */
  readonly paper: string | undefined;
  /** Write the change, with the signatures at hand, into this file, for another admin to sign. */
  readonly proposeTo: string | undefined;
}

/** Key ids may be shortened to this many characters. */
const MIN_KEY_ID_CHARS = 8;

/**
 * Makes this square ready to be an admin's: an admin key and an online key of its own, whose public halves go to an admin.
 */
export function prepareAdmin(context: CharterContext): Promise<CommandOutcome> {
  return withRing(context, (ring) => {
    const held = readRingKeys(context.dataDir, ring.ringId);
    const [admin, online] = held.length >= 2 ? held : [makeSigningKey(context.random), makeSigningKey(context.random)];
    if (admin === undefined || online === undefined) return refused('a key of this square is missing');
    if (held.length < 2 && !context.isDryRun) writeRingKeys(context.dataDir, ring.ringId, { admin, online });
    const token = `${base64url(admin.public)}.${base64url(online.public)}`;
    return { ok: true, lines: [token], json: { ring: ring.ringId, token } };
  });
}

/**
 * Takes a second admin in. While one person holds enough keys for a charter alone, the newcomer's key takes the place of the
 * spare one: from then on it takes two people, or one and the paper.
 * @param token as `townring key --admin` prints it on the newcomer's square
 */
export function addAdmin(
  context: CharterContext,
  token: string,
  drop: readonly string[] = [],
): Promise<CommandOutcome> {
  const [admin, online, more] = token.split('.').map((part) => documentKey(part));
  if (admin === undefined || online === undefined || more !== undefined) {
    return Promise.resolve(refused('that is not what "townring key --admin" prints on the square of the new admin'));
  }
  return changeKeys(context, (ring, held) => {
    const own = keysWithRole(held, ring.charter, 'admin');
    const spare = own.slice(ring.charter.roles.admin.threshold - 1).map(({ keyid }) => keyid);
    const dropped = keyIdsFrom(ring, drop);
    if (!dropped.ok) return dropped;
    const change = { addAdmins: [admin], addOnline: [online], drop: [...new Set([...spare, ...dropped.value])] };
    return { ok: true, change, fresh: {} };
  });
}

export interface Rotation {
  /** Replace the online keys that this square holds. */
  readonly isOnline: boolean;
  /** Ids of keys that are lost or stolen, or their beginnings. */
  readonly drop: readonly string[];
}

/**
 * Renews the charter; keys that were lost or stolen go, and fresh ones of this square take their places where the ring would
 * otherwise hang on a single key.
 */
export function rotateKeys(context: CharterContext, { isOnline, drop }: Rotation): Promise<CommandOutcome> {
  return changeKeys(context, (ring, held) => {
    const { roles } = ring.charter;
    const named = keyIdsFrom(ring, drop);
    if (!named.ok) return named;
    const dropped = new Set(named.value);
    if (isOnline) for (const { keyid } of keysWithRole(held, ring.charter, 'online')) dropped.add(keyid);
    const fresh: Record<string, SigningKey> = {};
    const left = (keyids: readonly string[]) => keyids.filter((keyid) => !dropped.has(keyid)).length;
    if (left(roles.admin.keyids) <= roles.admin.threshold && left(roles.admin.keyids) < roles.admin.keyids.length) {
      fresh['spare'] = makeSigningKey(context.random);
    }
    if (isOnline || left(roles.online.keyids) === 0) fresh['online'] = makeSigningKey(context.random);
    const change: KeyChange = {
      drop: [...dropped],
      addAdmins: fresh['spare'] === undefined ? [] : [fresh['spare'].public],
      addOnline: fresh['online'] === undefined ? [] : [fresh['online'].public],
    };
    return { ok: true, change, fresh };
  });
}

type PlannedChange =
  | { readonly ok: true; readonly change: KeyChange; readonly fresh: Readonly<Record<string, SigningKey>> }
  | ReturnType<typeof refused>;

function changeKeys(
  context: CharterContext,
  plan: (ring: TrustedRing, held: readonly SigningKey[]) => PlannedChange,
): Promise<CommandOutcome> {
  return withRing(context, (ring, { desk }) => {
    const { dataDir, isDryRun } = context;
    const paper = context.paper === undefined ? undefined : decodePaperKey(context.paper);
    if (context.paper !== undefined && paper === undefined) return refused('a letter of the paper key is wrong');
    if (paper !== undefined && !ring.charter.roles.admin.keyids.includes(paper.keyid)) {
      return refused('that paper key is not one of this ring');
    }
    const planned = plan(ring, readRingKeys(dataDir, ring.ringId));
    if (!planned.ok) return planned;
    const { change, fresh } = planned;
    const extra = [...(paper === undefined ? [] : [paper]), ...Object.values(fresh)];
    if (context.proposeTo !== undefined) {
      const signers = [...readRingKeys(dataDir, ring.ringId), ...extra];
      const proposed = proposeCharter(ring, change, signers, context.now);
      if (!proposed.ok) return proposed;
      if (proposed.value.envelope.signatures.length === 0) {
        return refused(`this square holds no admin key of the ring "${ring.charter.name}": only its admins propose`);
      }
      if (existsSync(context.proposeTo)) return refused(`${context.proposeTo} is there already`);
      if (!isDryRun && Object.keys(fresh).length > 0) writeRingKeys(dataDir, ring.ringId, fresh);
      return handOn(ring, proposed.value, context.proposeTo, isDryRun);
    }
    const preview = desk.previewRekey(ring.ringId, change, extra);
    if (isDryRun || !preview.ok) return previewed(ring, preview);
    // On the disk before anything is signed with them.
    if (Object.keys(fresh).length > 0) writeRingKeys(dataDir, ring.ringId, fresh);
    return applied(desk.rekey(ring.ringId, change, extra));
  });
}

/** Signs a charter that another admin has proposed, and publishes it when that was the last signature it took. */
export function cosignCharterProposal(
  { dataDir, isDryRun }: { readonly dataDir: string; readonly isDryRun: boolean },
  { desk }: SquareSession,
  ring: TrustedRing,
  documents: RingDocuments,
  file: string,
): CommandOutcome {
  const proposal = readProposal(ring, documents.charters);
  if (!proposal.ok) return proposal;
  const held = readRingKeys(dataDir, ring.ringId);
  const isAdmin = [ring.charter, proposal.value.charter].some((charter) => keysWithRole(held, charter, 'admin')[0]);
  if (!isAdmin) return refused('this square holds no admin key that could sign it');
  const signed = cosignCharter(ring, proposal.value, held);
  if (isDryRun || missingSignatures(ring, signed).length > 0) return handOn(ring, signed, file, isDryRun);
  return applied(desk.recharter(ring.ringId, signed));
}

function handOn(ring: TrustedRing, proposal: CharterProposal, file: string, isDryRun: boolean): CommandOutcome {
  const change = describeCharter(ring.charter, proposal.charter);
  const json = { ring: ring.ringId, change, isDryRun };
  if (isDryRun) return { ok: true, lines: [change, 'Dry run, nothing was written.'], json };
  writeDocumentFile(file, { ...ring.envelopes, charters: [...ring.envelopes.charters, proposal.envelope] });
  const { threshold } = ring.charter.roles.admin;
  const count = proposal.envelope.signatures.length;
  return {
    ok: true,
    lines: [
      change,
      `Signed with ${count} of ${threshold} keys. Hand on to another admin: townring ring cosign ${file}`,
    ],
    json: { ...json, file, signed: count, needed: threshold, missing: missingSignatures(ring, proposal) },
  };
}

/** Keys of a charter by their ids or the beginnings of these. */
function keyIdsFrom({ charter: { roles } }: TrustedRing, texts: readonly string[]): Drafted<readonly string[]> {
  const all = [...roles.admin.keyids, ...roles.online.keyids];
  const found: string[] = [];
  for (const text of texts) {
    const [keyid, other] = text.length < MIN_KEY_ID_CHARS ? [] : all.filter((known) => known.startsWith(text));
    if (keyid === undefined || other !== undefined) return refused(`the charter has no key ${JSON.stringify(text)}`);
    found.push(keyid);
  }
  return { ok: true, value: found };
}

function base64url({ public: text }: DocumentKey): string {
  return Buffer.from(text, 'base64').toString('base64url');
}

function documentKey(text: string): DocumentKey | undefined {
  const raw = Buffer.from(text, 'base64url');
  const key: DocumentKey = { suite: 'ed25519', public: raw.toString('base64') };
  return raw.toString('base64url') === text && keyIdOfDocumentKey(key) !== undefined ? key : undefined;
}
