import { isShowableText } from '../documents/addresses.ts';
import { MAX_MEMBERS, MAX_REASON_CHARS, MAX_REVOCATIONS } from '../documents/limits.ts';
import { formatInstant } from '../documents/time.ts';
import type { Member, Members, Revocation } from '../documents/types.ts';
import { draftMember, type DraftOptions, type Drafted, type MemberDraft } from './member-draft.ts';

/** The part of a members list that an admin edits before signing. */
export type MembersDraft = Pick<Members, 'members' | 'revoked'>;

/**
 * Adds a square at the end of the list, where the ring closes: only the last and the first site get a new neighbour. A
 * square that had been shown out is let in again.
 */
export function addMember(list: MembersDraft, draft: MemberDraft, options: DraftOptions): Drafted<MembersDraft> {
  const drafted = draftMember(draft, options);
  if (!drafted.ok) return drafted;
  const member = drafted.value;
  const problems: string[] = [];
  if (list.members.some(({ square }) => square === member.square)) {
    problems.push(`square: ${member.square} is in the ring already`);
  }
  const taken = new Set(list.members.flatMap(({ sites }) => sites.map(({ id }) => id)));
  for (const { id } of member.sites) if (taken.has(id)) problems.push(`site: the id "${id}" is taken in this ring`);
  if (list.members.length >= MAX_MEMBERS) problems.push(`the ring is full: it has ${MAX_MEMBERS} members`);
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    value: {
      members: [...list.members, member],
      revoked: list.revoked.filter(({ square }) => square !== member.square),
    },
  };
}

/**
 * Takes a square out and says so in the list, which is what lets that square itself accept it: a square refuses a list
 * that drops it without a word.
 * @param reason 1 to 200 characters, read by the operator of that square
 */
export function removeMember(
  list: MembersDraft,
  square: string,
  { now, reason = 'left the ring' }: { readonly now: number; readonly reason?: string },
): Drafted<MembersDraft> {
  const problems: string[] = [];
  const members: readonly Member[] = list.members.filter((member) => member.square !== square);
  if (members.length === list.members.length) problems.push(`square: ${JSON.stringify(square)} is not in the ring`);
  else if (members.length === 0) problems.push('the last member cannot leave: a ring is never empty');
  if (!isShowableText(reason, MAX_REASON_CHARS)) {
    problems.push(`reason: 1 to ${MAX_REASON_CHARS} characters that can be shown`);
  }
  if (problems.length > 0) return { ok: false, problems };
  const entry: Revocation = { square, reason, at: formatInstant(now) };
  // The oldest go first: a square that is in no list is refused anyway.
  const kept = list.revoked.filter((revocation) => revocation.square !== square).slice(1 - MAX_REVOCATIONS);
  return { ok: true, value: { members, revoked: [...kept, entry] } };
}
