import { openEnvelope, signDocument, verifySignatures, type Signer } from '../documents/dsse.ts';
import { decodeBase64, isStrongKey, keyIdOf, sha256Hex } from '../documents/keys.ts';
import { CHARTER_LIFE_MS } from '../documents/lifetimes.ts';
import { parsePayload, verifyMembers } from '../documents/parse.ts';
import { refuse } from '../documents/refusal.ts';
import { charterSchema, checkCharter } from '../documents/schemas.ts';
import { formatInstant } from '../documents/time.ts';
import type { Charter, DocumentKey, Envelope, RingDocuments, TrustedRing } from '../documents/types.ts';
import { addSignatures } from './cosign.ts';
import { keysWithRole, type KeyRole } from './keyring.ts';
import type { DraftOptions, Drafted } from './member-draft.ts';
import { isListDue, publishMembers, signNextBeat } from './publish.ts';
import { payloadOf } from './sign-beat.ts';

/** Which keys come and go; every change of a charter also renews it for 13 months. */
export interface KeyChange {
  readonly addAdmins?: readonly DocumentKey[];
  readonly addOnline?: readonly DocumentKey[];
  /** Key ids, of either role. */
  readonly drop?: readonly string[];
}

/** Id of a key as documents hold it; undefined when it is no key that a charter may hold. */
export function keyIdOfDocumentKey({ public: text }: DocumentKey): string | undefined {
  const raw = decodeBase64(text);
  return raw !== undefined && isStrongKey(raw) ? keyIdOf(raw) : undefined;
}

/** A next charter and the signatures it has so far. */
export interface CharterProposal {
  readonly charter: Charter;
  readonly envelope: Envelope;
}

/** The next charter with the signatures at hand, however few; others may be added on other machines. */
export function proposeCharter(
  ring: TrustedRing,
  change: KeyChange,
  signers: readonly Signer[],
  now: number,
): Drafted<CharterProposal> {
  const next = draftCharter(ring, change, now);
  if (!next.ok) return next;
  const fault = checkCharter(next.value);
  if (fault !== undefined) return { ok: false, problems: [`every square would refuse this charter: ${fault.reason}`] };
  const unsigned = signDocument('charter', next.value, []);
  return { ok: true, value: cosignCharter(ring, { charter: next.value, envelope: unsigned }, signers) };
}

/**
 * Reads a next charter that somebody else has begun to sign.
 * @param charters the chain it ends, from anybody; an admin of the present charter must be among those who signed the last
 */
export function readProposal(ring: TrustedRing, charters: readonly Envelope[]): Drafted<CharterProposal> {
  const { charter: present, envelopes } = ring;
  const bad = (problem: string) => ({ ok: false as const, problems: [problem] });
  const known = charters.slice(0, envelopes.charters.length);
  const isOurs = known.every(({ payload }, index) => payload === envelopes.charters[index]?.payload);
  const last = charters[envelopes.charters.length];
  if (!isOurs || last === undefined || charters.length !== envelopes.charters.length + 1) {
    return bad(`the proposal is not for the charter after version ${present.version}: have it proposed again`);
  }
  const opened = openEnvelope('charter', last);
  const signedBy = opened.ok ? verifySignatures('charter', opened.value, present.keys) : opened;
  if (!opened.ok || !signedBy.ok) return bad('the proposal is damaged: a signature does not hold');
  if (!present.roles.admin.keyids.some((keyid) => signedBy.value.has(keyid))) {
    return bad('no admin of the ring has signed the proposal');
  }
  const parsed = parsePayload('charter', opened.value.payload, charterSchema);
  const previous = envelopes.charters.at(-1);
  if (!parsed.ok || previous === undefined) return bad('what the proposal holds is no charter');
  const charter = parsed.value;
  const isNext = charter.version === present.version + 1 && charter.prev === sha256Hex(payloadOf(previous));
  const fault = isNext && charter.follows === present.follows ? checkCharter(charter) : refuse('wrong-prev', 'charter');
  if (fault !== undefined) return bad(`every square would refuse this charter: ${fault.reason}`);
  const isSigned = verifySignatures('charter', opened.value, charter.keys);
  const allowed = new Set([...present.roles.admin.keyids, ...charter.roles.admin.keyids]);
  const isForeign = last.signatures.some(({ keyid }) => !allowed.has(keyid));
  return isSigned.ok && !isForeign
    ? { ok: true, value: { charter, envelope: last } }
    : bad('a signature does not hold');
}

/** The same with the signatures of those at hand who are admins by the present charter or by the proposed one. */
export function cosignCharter(
  ring: TrustedRing,
  { charter, envelope }: CharterProposal,
  signers: readonly Signer[],
): CharterProposal {
  const distinct = signers.filter(({ keyid }, index) => signers.findIndex((other) => other.keyid === keyid) === index);
  const admins = [...keysWithRole(distinct, ring.charter, 'admin'), ...keysWithRole(distinct, charter, 'admin')];
  return { charter, envelope: addSignatures(envelope, [...new Set(admins)]) };
}

/** What keeps a proposal from being the ring's next charter: signatures, a sentence for each side. Empty when nothing does. */
export function missingSignatures(ring: TrustedRing, { charter, envelope }: CharterProposal): readonly string[] {
  const signed = ({ roles }: Charter) =>
    roles.admin.keyids.filter((keyid) => envelope.signatures.some((signature) => signature.keyid === keyid)).length;
  return [...missing(ring.charter, signed(ring.charter), 'present'), ...missing(charter, signed(charter), 'new')];
}

/**
 * A proposal with all its signatures, and the list and the beat that go with it: what a removed key signed is signed anew.
 * @param signers every key at hand; those that are not in the new charter are left out
 */
export function completeCharter(
  ring: TrustedRing,
  proposal: CharterProposal,
  signers: readonly Signer[],
  options: DraftOptions,
): Drafted<RingDocuments> {
  const { charter, envelope } = proposal;
  const problems = [...missingSignatures(ring, proposal)];
  const [online] = keysWithRole(signers, charter, 'online');
  const [admin] = keysWithRole(signers, charter, 'admin');
  if (online === undefined) problems.push('no online key of the new charter is here: the beat could not be renewed');
  if (admin === undefined) problems.push('no admin key of the new charter is here: the list could not be signed');
  if (problems.length > 0 || online === undefined || admin === undefined) return { ok: false, problems };

  const under: TrustedRing = {
    ...ring,
    charter,
    envelopes: { ...ring.envelopes, charters: [...ring.envelopes.charters, envelope] },
  };
  const isListOrphaned = !verifyMembers(ring.envelopes.members, charter).ok;
  if (!isListOrphaned && !isListDue(ring, options.now)) {
    return { ok: true, value: { ...under.envelopes, beat: signNextBeat(under, online, options.now) } };
  }
  const published = publishMembers(under, ring.members, { admin, online }, options);
  return published.ok ? { ok: true, value: { ...under.envelopes, ...published.value } } : published;
}

/** One sentence for an admin: what a next charter changes. Everything that it can change is in it. */
export function describeCharter(before: Charter, after: Charter): string {
  const doings: string[] = [];
  for (const role of ['admin', 'online'] as const) {
    const [old, fresh] = [before.roles[role].keyids, after.roles[role].keyids];
    const added = fresh.filter((keyid) => !old.includes(keyid)).length;
    const gone = old.filter((keyid) => !fresh.includes(keyid)).length;
    if (added > 0) doings.push(`takes in ${keysOf(added, role)}`);
    if (gone > 0) doings.push(`takes ${keysOf(gone, role)} out`);
  }
  const { threshold } = after.roles.admin;
  if (threshold !== before.roles.admin.threshold) doings.push(`has ${threshold} admins sign a charter`);
  if (after.name !== before.name) doings.push(`names the ring "${after.name}"`);
  if (after.rules !== before.rules) doings.push(`says that its rules are at ${after.rules ?? 'no page'}`);
  const what = doings.length === 0 ? 'renews the charter with the keys it has' : doings.join(' and ');
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}: nobody's neighbours change.`;
}

function keysOf(number: number, role: KeyRole): string {
  return number === 1 ? `one ${role} key` : `${number} ${role} keys`;
}

function draftCharter(ring: TrustedRing, change: KeyChange, now: number): Drafted<Charter> {
  const { charter, envelopes } = ring;
  const { addAdmins = [], addOnline = [], drop = [] } = change;
  const problems: string[] = [];
  const admins = new Map<string, DocumentKey>();
  const online = new Map<string, DocumentKey>();
  for (const [role, keys] of [
    ['admin', admins],
    ['online', online],
  ] as const) {
    for (const keyid of charter.roles[role].keyids) {
      const key = charter.keys[keyid];
      if (key !== undefined && !drop.includes(keyid)) keys.set(keyid, key);
    }
  }
  for (const keyid of drop) {
    if (charter.keys[keyid] === undefined) problems.push(`key: ${keyid} is not in the charter`);
  }
  for (const [added, keys] of [
    [addAdmins, admins],
    [addOnline, online],
  ] as const) {
    for (const key of added) {
      const keyid = keyIdOfDocumentKey(key);
      if (keyid === undefined) problems.push(`key: ${key.public} is not a key that can sign`);
      else if (charter.keys[keyid] !== undefined) problems.push(`key: ${keyid} is in the charter already`);
      else keys.set(keyid, key);
    }
  }
  const last = envelopes.charters.at(-1);
  if (last === undefined || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    value: {
      ...charter,
      version: charter.version + 1,
      prev: sha256Hex(payloadOf(last)),
      expires: formatInstant(now + CHARTER_LIFE_MS),
      keys: Object.fromEntries([...admins, ...online]),
      roles: {
        admin: { keyids: [...admins.keys()], threshold: charter.roles.admin.threshold },
        online: { keyids: [...online.keys()] },
      },
    },
  };
}

function missing({ roles }: Charter, signatures: number, which: string): string[] {
  const lacks = roles.admin.threshold - signatures;
  if (lacks <= 0) return [];
  const keys = lacks === 1 ? 'one more admin key' : `${lacks} more admin keys`;
  return [
    `${keys} must sign for the ${which} charter: the paper key (--paper), or another admin (--propose FILE, ring cosign)`,
  ];
}
