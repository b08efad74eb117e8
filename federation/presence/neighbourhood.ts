/** Who is next to whom: pure arithmetic on the signed list, the same at every square that holds the same list. */
import type { Member, Members, MemberSite } from '../documents/types.ts';

/** A site at its place in the ring. */
export interface Place {
  readonly site: MemberSite;
  readonly member: Member;
}

/** Where a gate leads. */
export interface GatePlace extends Place {
  /** Names of the sleeping sites that are passed over on the way, nearest first; at most {@link PAST_MAX}. */
  readonly past: readonly string[];
}

export interface Gates {
  readonly left: GatePlace | null;
  readonly right: GatePlace | null;
}

export interface Neighbourhood {
  /** Every site of the ring by its id. */
  readonly places: ReadonlyMap<string, Place>;
  /** Every member by its square, revoked ones left out. */
  readonly members: ReadonlyMap<string, Member>;
  /** Left and right of each local site. */
  readonly gates: ReadonlyMap<string, Gates>;
  /**
   * Sites of other squares within {@link INTEREST_DISTANCE} of a local one, by the list and by the same list without those
   * that sleep: heard by gossip.
   */
  readonly interest: ReadonlySet<string>;
  /** The squares that host them: linked with directly. */
  readonly squares: ReadonlySet<string>;
}

/** How many steps along the ring a square listens: one is seen, two heals a cut link in between. */
export const INTEREST_DISTANCE = 2;

/** Sleeping sites told of at a gate. */
const PAST_MAX = 8;

/**
 * Order of the ring: members in list order, each member's sites in theirs. Gates pass over who sleeps; when all others sleep,
 * they lead to the next one all the same.
 * @param isAsleep what this square knows of another's site; squares may know differently for a day
 */
export function neighbourhoodOf(
  list: Members,
  self: string,
  localSites: ReadonlySet<string>,
  isAsleep: (site: string) => boolean = () => false,
): Neighbourhood {
  const revoked = new Set(list.revoked.map((entry) => entry.square));
  const present = list.members.filter((member) => !revoked.has(member.square));
  const order: readonly Place[] = present.flatMap((member) => member.sites.map((site) => ({ site, member })));
  const at = (index: number): Place | undefined => order[(index + order.length) % order.length];
  const isAwake = ({ site, member }: Place): boolean => member.square === self || !isAsleep(site.id);
  /** Everybody on the way along the ring, one's own place left out: nearest first. */
  const wayFrom = (index: number, step: 1 | -1): readonly Place[] =>
    order.slice(1).flatMap((_, passed) => at((index + step * (passed + 1)) % order.length) ?? []);

  const gates = new Map<string, Gates>();
  const interest = new Set<string>();
  const squares = new Set<string>();
  for (const [index, { site, member }] of order.entries()) {
    if (member.square !== self) continue;
    const ways = { left: wayFrom(index, -1), right: wayFrom(index, 1) };
    for (const way of Object.values(ways)) {
      const near = [...way.slice(0, INTEREST_DISTANCE), ...way.filter(isAwake).slice(0, INTEREST_DISTANCE)];
      for (const other of near) {
        if (other.member.square === self) continue;
        interest.add(other.site.id);
        squares.add(other.member.square);
      }
    }
    if (localSites.has(site.id)) gates.set(site.id, { left: gateOn(ways.left), right: gateOn(ways.right) });
  }
  return {
    places: new Map(order.map((place) => [place.site.id, place])),
    members: new Map(present.map((member) => [member.square, member])),
    gates,
    interest,
    squares,
  };

  function gateOn(way: readonly Place[]): GatePlace | null {
    const skipped = Math.max(0, way.findIndex(isAwake));
    const place = way[skipped];
    if (place === undefined) return null;
    return { ...place, past: way.slice(0, Math.min(skipped, PAST_MAX)).map(({ site }) => site.name) };
  }
}
