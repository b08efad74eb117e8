import { checkCharter } from '../documents/schemas.ts';
import { signDocument, type Signer } from '../documents/dsse.ts';
import { decodeBase64, isStrongKey, keyIdOf, sha256Hex } from '../documents/keys.ts';
import { CHARTER_LIFE_MS } from '../documents/lifetimes.ts';
import { verifyMembers } from '../documents/parse.ts';
import { formatInstant } from '../documents/time.ts';
import type { Charter, DocumentKey, RingDocuments, TrustedRing } from '../documents/types.ts';
import { keysWithRole } from './keyring.ts';
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

/**
 * The next charter, signed by everybody at hand, with the list and the beat that go with it: what a removed key signed is
 * signed anew.
 * @param signers every key at hand; those that are in neither charter are left out
 */
export function changeCharter(
  ring: TrustedRing,
  change: KeyChange,
  signers: readonly Signer[],
  options: DraftOptions,
): Drafted<RingDocuments> {
  const { charter } = ring;
  const next = draftCharter(ring, change, options.now);
  if (!next.ok) return next;
  const fault = checkCharter(next.value);
  if (fault !== undefined) return { ok: false, problems: [`every square would refuse this charter: ${fault.reason}`] };

  const distinct = signers.filter(({ keyid }, index) => signers.findIndex((other) => other.keyid === keyid) === index);
  const old = keysWithRole(distinct, charter, 'admin');
  const fresh = keysWithRole(distinct, next.value, 'admin');
  const problems = [...missing(charter, old.length, 'present'), ...missing(next.value, fresh.length, 'new')];
  const [online] = keysWithRole(distinct, next.value, 'online');
  const [admin] = fresh;
  if (online === undefined) problems.push('no online key of the new charter is here: the beat could not be renewed');
  if (problems.length > 0 || online === undefined || admin === undefined) return { ok: false, problems };

  const envelope = signDocument('charter', next.value, [...new Set([...old, ...fresh])]);
  const under: TrustedRing = {
    ...ring,
    charter: next.value,
    envelopes: { ...ring.envelopes, charters: [...ring.envelopes.charters, envelope] },
  };
  const isListOrphaned = !verifyMembers(ring.envelopes.members, next.value).ok;
  if (!isListOrphaned && !isListDue(ring, options.now)) {
    return { ok: true, value: { ...under.envelopes, beat: signNextBeat(under, online, options.now) } };
  }
  const published = publishMembers(under, ring.members, { admin, online }, options);
  return published.ok ? { ok: true, value: { ...under.envelopes, ...published.value } } : published;
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
  return [`${keys} must sign for the ${which} charter: the paper key is one (--paper)`];
}
