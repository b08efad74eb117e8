import { signDocument, type Signer } from '../documents/dsse.ts';
import { sha256Hex } from '../documents/keys.ts';
import { MAX_MEMBERS_BYTES } from '../documents/limits.ts';
import { verifyBeat, verifyMembers } from '../documents/parse.ts';
import { checkMembers } from '../documents/schemas.ts';
import { formatInstant, instantMs } from '../documents/time.ts';
import type { Envelope, Members, TrustedRing } from '../documents/types.ts';
import { payloadOf, signBeat } from './sign-beat.ts';
import {
  BEAT_LIFE_MS,
  BEAT_RENEWAL_MS,
  lastsTooLong,
  MEMBERS_LIFE_MS,
  MEMBERS_RENEWAL_MS,
} from '../documents/lifetimes.ts';
import type { DraftOptions, Drafted } from './member-draft.ts';
import type { MembersDraft } from './members-list.ts';

/** No honest ring gets here: a beat every second for 68 years. */
const FAR = 2 ** 31;

export interface Published {
  readonly members: Envelope;
  readonly beat: Envelope;
}

/**
 * Signs the next version of the members list, chained to the present one, and the beat that makes it current.
 * @param ring the present state, verified
 */
export function publishMembers(
  ring: TrustedRing,
  draft: MembersDraft,
  keys: { readonly admin: Signer; readonly online: Signer },
  { now, allowPrivate = false }: DraftOptions,
): Drafted<Published> {
  const problems = [...keyProblems(ring, 'admin', keys.admin), ...keyProblems(ring, 'online', keys.online)];
  const list: Members = {
    ring: ring.ringId,
    version: nextVersion(ring.members.version, verifyMembers(ring.envelopes.members, ring.charter).ok, 2),
    prev: sha256Hex(payloadOf(ring.envelopes.members)),
    expires: formatInstant(now + MEMBERS_LIFE_MS),
    members: draft.members,
    revoked: draft.revoked,
  };
  const fault = checkMembers(list, { allowPrivate });
  if (fault !== undefined) problems.push(`every square would refuse this list: ${fault.reason}`);
  if (problems.length > 0) return { ok: false, problems };
  const members = signDocument('members', list, [keys.admin]);
  if (payloadOf(members).length > MAX_MEMBERS_BYTES) {
    return { ok: false, problems: [`the list is larger than ${MAX_MEMBERS_BYTES} bytes`] };
  }
  const version = nextBeatVersion(ring);
  const beat = signBeat({ ring: ring.ringId, version, list, membersEnvelope: members, now }, keys.online);
  return { ok: true, value: { members, beat } };
}

/** The next beat for the present list, whatever the age of the last one. */
export function signNextBeat(ring: TrustedRing, online: Signer, now: number): Envelope {
  const { members: membersEnvelope } = ring.envelopes;
  const facts = { ring: ring.ringId, version: nextBeatVersion(ring), list: ring.members, membersEnvelope, now };
  return signBeat(facts, online);
}

/**
 * Whether the beat is older than 12 h. It carries its end, and lives 72 h. One that lasts longer was signed here while the
 * clock was ahead: no other square takes it.
 */
export function isBeatDue({ beat: { expires } }: TrustedRing, now: number): boolean {
  const renewAt = (instantMs(expires) ?? 0) - BEAT_LIFE_MS + BEAT_RENEWAL_MS;
  return now > renewAt || lastsTooLong(expires, BEAT_LIFE_MS, now);
}

/** Whether so little is left of the list's 90 days that the next publish should renew it, or too much. */
export function isListDue({ members: { expires } }: TrustedRing, now: number): boolean {
  return now > (instantMs(expires) ?? 0) - MEMBERS_RENEWAL_MS || lastsTooLong(expires, MEMBERS_LIFE_MS, now);
}

/** The next beat for the same list; undefined when the present one is younger than 12 h. */
export function renewBeat(ring: TrustedRing, online: Signer, now: number): Drafted<Envelope | undefined> {
  const problems = keyProblems(ring, 'online', online);
  if (problems.length > 0) return { ok: false, problems };
  if (!isBeatDue(ring, now)) return { ok: true, value: undefined };
  return { ok: true, value: signNextBeat(ring, online, now) };
}

function nextBeatVersion({ beat, envelopes, charter }: TrustedRing): number {
  return nextVersion(beat.version, verifyBeat(envelopes.beat, charter).ok, 1);
}

/**
 * One more than before. A version that a key set which is trusted no longer may have been run up to the end of the numbers:
 * then no floor binds (ADR 7), and counting begins anew.
 */
function nextVersion(version: number, isSignerTrusted: boolean, first: number): number {
  return isSignerTrusted || version < FAR ? version + 1 : first;
}

function keyProblems({ charter }: TrustedRing, role: 'admin' | 'online', { keyid }: Signer): string[] {
  return charter.roles[role].keyids.includes(keyid) ? [] : [`the ${role} key is not one of the ring's charter`];
}
