import { isShowableText } from '../documents/addresses.ts';
import { MAX_NAME_CHARS } from '../documents/limits.ts';
import type { Member, Members } from '../documents/types.ts';
import { draftMember, draftUrl, type DraftOptions, type Drafted, type MemberDraft } from './member-draft.ts';
import { addMember, removeMember, type MembersDraft } from './members-list.ts';

/** What an admin can do to a list: each one command, one button and one new version. */
export type ListChange =
  | { readonly kind: 'add'; readonly member: MemberDraft }
  /** `reason` is read by the operator of that square. */
  | { readonly kind: 'revoke'; readonly square: string; readonly reason?: string }
  /** `place` counts from 1, in the order of the ring. */
  | { readonly kind: 'reorder'; readonly square: string; readonly place: number }
  | { readonly kind: 'rename'; readonly site: string; readonly name: string }
  /** What is absent stays. */
  | {
      readonly kind: 'rehouse';
      readonly square: string;
      readonly origin?: string;
      readonly addrs?: readonly string[];
      /** New entry pages by site id. */
      readonly entries?: Readonly<Record<string, string>>;
    }
  /** The square goes on under another key; its old one is shown out, so that nobody speaks with it. */
  | { readonly kind: 'rekey'; readonly square: string; readonly successor: string }
  /** Puts an earlier state back. */
  | ({ readonly kind: 'restore' } & MembersDraft)
  /** Nothing but a new date. */
  | { readonly kind: 'renew' };

/** The list after a change; everything that is wrong with it as sentences. Pure. */
export function changeList(list: Members, change: ListChange, options: DraftOptions): Drafted<MembersDraft> {
  switch (change.kind) {
    case 'add':
      return addMember(list, change.member, options);
    case 'revoke': {
      const { square, reason } = change;
      return removeMember(list, square, reason === undefined ? options : { now: options.now, reason });
    }
    case 'reorder':
      return reorder(list, change.square, change.place);
    case 'rename':
      return rename(list, change.site, change.name);
    case 'rehouse':
      return replaceMember(list, change.square, (member) => rehouse(member, change, options));
    case 'rekey':
      return rekey(list, change.square, change.successor, options);
    case 'restore':
      return { ok: true, value: { members: change.members, revoked: change.revoked } };
    default:
      return { ok: true, value: list };
  }
}

/** Members that stay keep their neighbours but for the place that is left and the place that is taken. */
function reorder({ members, revoked }: MembersDraft, square: string, place: number): Drafted<MembersDraft> {
  const member = members.find((candidate) => candidate.square === square);
  if (member === undefined) return unknownSquare(square);
  if (!Number.isInteger(place) || place < 1 || place > members.length) {
    return { ok: false, problems: [`place: the ring has places 1 to ${members.length}`] };
  }
  const others = members.filter((candidate) => candidate !== member);
  return { ok: true, value: { members: others.toSpliced(place - 1, 0, member), revoked } };
}

function rename({ members, revoked }: MembersDraft, site: string, text: string): Drafted<MembersDraft> {
  const name = text.trim();
  const problems: string[] = [];
  if (!members.some(({ sites }) => sites.some(({ id }) => id === site))) problems.push(`site: the ring has no ${site}`);
  if (!isShowableText(name)) problems.push(`name: 1 to ${MAX_NAME_CHARS} characters that can be shown`);
  if (problems.length > 0) return { ok: false, problems };
  const renamed = members.map((member) => ({
    ...member,
    sites: member.sites.map((known) => (known.id === site ? { ...known, name } : known)),
  }));
  return { ok: true, value: { members: renamed, revoked } };
}

function rehouse(
  member: Member,
  { origin, addrs, entries = {} }: Extract<ListChange, { readonly kind: 'rehouse' }>,
  options: DraftOptions,
): Drafted<Member> {
  const unknown = Object.keys(entries).filter((id) => !member.sites.some((site) => site.id === id));
  if (unknown.length > 0) return { ok: false, problems: unknown.map((id) => `site: the square has no ${id}`) };
  const badEntry = Object.values(entries).find((entry) => draftUrl(entry, options.allowPrivate ?? false) === undefined);
  if (badEntry !== undefined) return { ok: false, problems: [`entry: ${badEntry} is not an https URL without "#"`] };
  const drafted = draftMember(
    {
      square: member.square,
      origin: origin ?? member.origin,
      addrs: addrs ?? member.addrs,
      sites: member.sites.map((site) => ({ ...site, entry: entries[site.id] ?? site.entry })),
    },
    options,
  );
  return drafted.ok ? { ok: true, value: { ...drafted.value, since: member.since } } : drafted;
}

function rekey(list: Members, square: string, successor: string, options: DraftOptions): Drafted<MembersDraft> {
  if (list.members.some((member) => member.square === successor)) {
    return { ok: false, problems: [`square: ${successor} is in the ring already`] };
  }
  const renamed = replaceMember(list, square, (member) => {
    // Addresses may end in the old peer id.
    const addrs = member.addrs.map((addr) => addr.replace(`/p2p/${square}`, `/p2p/${successor}`));
    const drafted = draftMember({ ...member, square: successor, addrs }, options);
    return drafted.ok ? { ok: true, value: { ...drafted.value, since: member.since } } : drafted;
  });
  if (!renamed.ok) return renamed;
  const shownOut = removeMember(list, square, { now: options.now, reason: `goes on as ${successor}` });
  // The only member of a ring may change its key, too.
  const revoked = shownOut.ok ? shownOut.value.revoked : list.revoked;
  return { ok: true, value: { members: renamed.value.members, revoked } };
}

function replaceMember(
  { members, revoked }: MembersDraft,
  square: string,
  change: (member: Member) => Drafted<Member>,
): Drafted<MembersDraft> {
  const member = members.find((candidate) => candidate.square === square);
  if (member === undefined) return unknownSquare(square);
  const changed = change(member);
  if (!changed.ok) return changed;
  return { ok: true, value: { members: members.map((other) => (other === member ? changed.value : other)), revoked } };
}

function unknownSquare(square: string): { readonly ok: false; readonly problems: readonly string[] } {
  return { ok: false, problems: [`square: ${JSON.stringify(square)} is not in the ring`] };
}
