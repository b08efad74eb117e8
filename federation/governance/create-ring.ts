import { isShowableText } from '../documents/addresses.ts';
import { signDocument } from '../documents/dsse.ts';
import { sha256Hex } from '../documents/keys.ts';
import { MAX_NAME_CHARS } from '../documents/limits.ts';
import { checkMembers } from '../documents/schemas.ts';
import { formatInstant } from '../documents/time.ts';
import type { Charter, Member, Members, RingDocuments, TrustedRing } from '../documents/types.ts';
import type { RandomBytes } from '../types.ts';
import { CHARTER_LIFE_MS, MEMBERS_LIFE_MS } from '../documents/lifetimes.ts';
import { draftMember, draftUrl, type DraftOptions, type Drafted, type MemberDraft } from './member-draft.ts';
import type { MembersDraft } from './members-list.ts';
import { payloadOf, signBeat } from './sign-beat.ts';
import { makeSigningKey, type SigningKey } from './signing-key.ts';

export interface RingKeys {
  readonly admin1: SigningKey;
  readonly admin2: SigningKey;
  /** The third admin key, kept on paper only. */
  readonly paper: SigningKey;
  readonly online: SigningKey;
}

export interface NewRing {
  readonly ringId: string;
  readonly documents: RingDocuments;
  readonly keys: RingKeys;
}

export interface CreateRingOptions extends DraftOptions {
  readonly name: string;
  /** URL of the ring's rules. */
  readonly rules?: string;
  /** At least the first; their order is the ring's. */
  readonly members: readonly MemberDraft[];
  readonly random: RandomBytes;
}

/** Two of the three admin keys make a charter, so that losing any one of them is no disaster. */
const ADMIN_THRESHOLD = 2;

/** Makes a ring: four keys, charter 1, members 1, beat 1. Same randomness and time, same ring. */
export function createRing(options: CreateRingOptions): Drafted<NewRing> {
  const { allowPrivate = false } = options;
  const problems: string[] = [];
  const name = options.name.trim();
  if (!isShowableText(name)) {
    problems.push(`name: a ring's name is 1 to ${MAX_NAME_CHARS} characters that can be shown`);
  }
  const rules = options.rules === undefined ? null : draftUrl(options.rules, allowPrivate);
  if (rules === undefined) problems.push('rules: must be an https URL without "#"');
  const members: Member[] = [];
  for (const draft of options.members) {
    const member = draftMember(draft, options);
    if (member.ok) members.push(member.value);
    else problems.push(...member.problems);
  }
  if (options.members.length === 0) problems.push('a ring begins with a first member');
  if (rules === undefined || problems.length > 0) return { ok: false, problems };

  return foundRing({ ...options, name, rules, members, revoked: [] });
}

/** A ring that goes on with the squares of another one under the keys of somebody new; its id is its own. */
export function createSuccessor(
  ring: TrustedRing,
  options: DraftOptions & { readonly random: RandomBytes },
): Drafted<NewRing> {
  const { name, rules } = ring.charter;
  const { members, revoked } = ring.members;
  return foundRing({ ...options, name, rules, follows: ring.ringId, members, revoked });
}

interface Founding extends DraftOptions, Pick<Charter, 'name' | 'rules' | 'follows'>, MembersDraft {
  readonly random: RandomBytes;
}

function foundRing({
  now,
  random,
  allowPrivate = false,
  name,
  rules,
  follows,
  members,
  revoked,
}: Founding): Drafted<NewRing> {
  const admin1 = makeSigningKey(random);
  const admin2 = makeSigningKey(random);
  const paper = makeSigningKey(random);
  const online = makeSigningKey(random);
  const admins = [admin1, admin2, paper];
  const charter: Charter = {
    version: 1,
    prev: null,
    ...(follows !== undefined && { follows }),
    name,
    rules,
    expires: formatInstant(now + CHARTER_LIFE_MS),
    keys: Object.fromEntries([...admins, online].map((key) => [key.keyid, key.public])),
    roles: {
      admin: { keyids: admins.map(({ keyid }) => keyid), threshold: ADMIN_THRESHOLD },
      online: { keyids: [online.keyid] },
    },
  };
  const charterEnvelope = signDocument('charter', charter, [admin1, admin2]);
  const ringId = sha256Hex(payloadOf(charterEnvelope));
  const list: Members = {
    ring: ringId,
    version: 1,
    prev: null,
    expires: formatInstant(now + MEMBERS_LIFE_MS),
    members,
    revoked,
  };
  const fault = checkMembers(list, { allowPrivate });
  if (fault !== undefined) return { ok: false, problems: [`the list of members is refused: ${fault.reason}`] };
  const membersEnvelope = signDocument('members', list, [admin1]);
  return {
    ok: true,
    value: {
      ringId,
      documents: {
        charters: [charterEnvelope],
        members: membersEnvelope,
        beat: signBeat({ ring: ringId, version: 1, list, membersEnvelope, now }, online),
      },
      keys: { admin1, admin2, paper, online },
    },
  };
}
