/** Who is next to whom: pure arithmetic on the signed list, the same at every square that holds the same list. */
import type { Member, Members, MemberSite } from '../documents/types.ts';

/** A site at its place in the ring. */
export interface Place {
  readonly site: MemberSite;
  readonly member: Member;
}

export interface Gates {
  readonly left: Place | null;
  readonly right: Place | null;
}

export interface Neighbourhood {
  /** Every site of the ring by its id. */
  readonly places: ReadonlyMap<string, Place>;
  /** Every member by its square, revoked ones left out. */
  readonly members: ReadonlyMap<string, Member>;
  /** Left and right of each local site. */
  readonly gates: ReadonlyMap<string, Gates>;
  /** Sites of other squares within {@link INTEREST_DISTANCE} of a local one: heard by gossip. */
  readonly interest: ReadonlySet<string>;
  /** The squares that host them: linked with directly. */
  readonly squares: ReadonlySet<string>;
}

/** How many steps along the ring a square listens: one is seen, two heals a cut link in between. */
export const INTEREST_DISTANCE = 2;

/** Order of the ring: members in list order, each member's sites in theirs. */
export function neighbourhoodOf(list: Members, self: string, localSites: ReadonlySet<string>): Neighbourhood {
  const revoked = new Set(list.revoked.map((entry) => entry.square));
  const present = list.members.filter((member) => !revoked.has(member.square));
  const order: readonly Place[] = present.flatMap((member) => member.sites.map((site) => ({ site, member })));
  const at = (index: number): Place | undefined => order[(index + order.length) % order.length];

  const gates = new Map<string, Gates>();
  const interest = new Set<string>();
  const squares = new Set<string>();
  for (const [index, { site, member }] of order.entries()) {
    if (member.square !== self) continue;
    for (let step = -INTEREST_DISTANCE; step <= INTEREST_DISTANCE; step += 1) {
      const other = at(index + step);
      if (other === undefined || other.member.square === self) continue;
      interest.add(other.site.id);
      squares.add(other.member.square);
    }
    if (!localSites.has(site.id)) continue;
    const gateAt = (step: number): Place | null => (order.length > 1 ? (at(index + step) ?? null) : null);
    gates.set(site.id, { left: gateAt(-1), right: gateAt(1) });
  }
  return {
    places: new Map(order.map((place) => [place.site.id, place])),
    members: new Map(present.map((member) => [member.square, member])),
    gates,
    interest,
    squares,
  };
}
