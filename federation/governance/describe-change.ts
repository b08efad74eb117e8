import type { Member, MemberSite } from '../documents/types.ts';
import type { MembersDraft } from './members-list.ts';

/** How many names a sentence bears. */
const MAX_NAMES = 4;

/** One sentence for an admin: what a new list changes, and for whom. */
export function describeChange(before: MembersDraft, after: MembersDraft): string {
  const doings = [...comingAndGoing(before, after), ...stayingButChanged(before, after)];
  const affected = changedNeighbours(before, after);
  const others =
    affected.length === 0
      ? "nobody's neighbours change"
      : `${join(affected)} ${affected.length === 1 ? 'gets' : 'get'} a new neighbour`;
  if (doings.length > 0) return `${capital(join(doings))}: ${others}.`;
  return affected.length > 0 || order(before) !== order(after)
    ? `Changes the order: ${others}.`
    : 'Changes no place in the ring and only renews the list or what is said of its members.';
}

function order({ members }: MembersDraft): string {
  return members.map(({ square }) => square).join(' ');
}

function comingAndGoing(before: MembersDraft, after: MembersDraft): string[] {
  const added = without(after.members, before.members);
  const removed = without(before.members, after.members);
  const doings: string[] = [];
  // A square that goes on under another key keeps its sites.
  for (const member of removed.filter((old) => added.some((fresh) => sameSites(old, fresh)))) {
    doings.push(`gives the square of ${join(siteNames(member))} a new key and shows the old one out`);
  }
  const coming = added.filter((fresh) => !removed.some((old) => sameSites(old, fresh)));
  const going = removed.filter((old) => !added.some((fresh) => sameSites(old, fresh)));
  if (coming.length > 0) doings.push(`adds ${join(coming.flatMap(siteNames))}`);
  if (going.length > 0) doings.push(`takes out ${join(going.flatMap(siteNames))}`);
  return doings;
}

function stayingButChanged(before: MembersDraft, after: MembersDraft): string[] {
  const doings: string[] = [];
  for (const member of after.members) {
    const old = before.members.find(({ square }) => square === member.square);
    if (old === undefined) continue;
    for (const site of member.sites) {
      const known = old.sites.find(({ id }) => id === site.id);
      if (known === undefined) doings.push(`adds ${site.name}`);
      else {
        if (known.name !== site.name) doings.push(`renames ${known.name} to ${site.name}`);
        if (known.entry !== site.entry) doings.push(`sends visitors of ${site.name} to ${site.entry}`);
      }
    }
    for (const { id, name } of old.sites) {
      if (!member.sites.some((site) => site.id === id)) doings.push(`takes out ${name}`);
    }
    if (member.origin !== old.origin || member.addrs.join(' ') !== old.addrs.join(' ')) {
      doings.push(`says where the square of ${join(siteNames(member))} is reached from now on`);
    }
  }
  return doings;
}

/** Names of sites that were there before and stay, and that have another site to the left or right than before. */
function changedNeighbours(before: MembersDraft, after: MembersDraft): string[] {
  const old = neighbours(before);
  return [...neighbours(after)]
    .filter(([id, { key }]) => old.has(id) && old.get(id)?.key !== key)
    .map(([, { name }]) => name);
}

function neighbours({ members }: MembersDraft): Map<string, { name: string; key: string }> {
  const sites = members.flatMap((member): readonly MemberSite[] => member.sites);
  return new Map(
    sites.map(({ id, name }, index) => {
      const left = sites.at(index - 1)?.id ?? '';
      const right = sites[(index + 1) % sites.length]?.id ?? '';
      return [id, { name, key: `${left} ${right}` }];
    }),
  );
}

function without(members: readonly Member[], others: readonly Member[]): Member[] {
  const there = new Set(others.map(({ square }) => square));
  return members.filter(({ square }) => !there.has(square));
}

function sameSites(one: Member, other: Member): boolean {
  return one.sites.map(({ id }) => id).join(' ') === other.sites.map(({ id }) => id).join(' ');
}

function siteNames({ sites }: Member): string[] {
  return sites.map(({ name }) => name);
}

function join(names: readonly string[]): string {
  const shown = names.length > MAX_NAMES ? names.slice(0, MAX_NAMES - 1) : names;
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} others`] : shown;
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
