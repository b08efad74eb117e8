import type { TrustedRing } from '../../federation/documents/types.ts';
import { neighbourhoodOf } from '../../federation/presence/neighbourhood.ts';
import type { PairedSite } from './ring-holder.ts';
import type { SquareTerms } from './square-terms.ts';

interface SharingViewDeps {
  readonly rings: readonly TrustedRing[];
  /** Peer id of this square. */
  readonly self: string;
  readonly sites: readonly PairedSite[];
  readonly terms: readonly SquareTerms[];
  readonly isAsleep: (ringId: string, siteId: string) => boolean;
}

/**
 * What our sites share with whom, ring by ring, as the operator's page shows it; JSON. A row for each of our sites, a column
 * for each square next door to one of them; a cell is null where the two are not next door.
 */
export function sharingView({ rings, self, sites, terms, isAsleep }: SharingViewDeps): readonly object[] {
  return rings.map(({ ringId, charter, members }) => {
    const ours = sites.filter((site) => site.ringId === ringId);
    const around = neighbourhoodOf(members, self, new Set(ours.map(({ siteId }) => siteId)), (site) =>
      isAsleep(ringId, site),
    );
    const nextDoor = (siteId: string): readonly string[] => {
      const { left, right } = around.gates.get(siteId) ?? {};
      return [left, right].flatMap((gate) => (gate && gate.member.square !== self ? [gate.member.square] : []));
    };
    const squares = [...new Set(ours.flatMap(({ siteId }) => nextDoor(siteId)))];
    const known = new Map(terms.flatMap((each) => (each.ringId === ringId ? [[each.square, each] as const] : [])));
    return {
      ring: ringId,
      name: charter.name,
      neighbours: squares.map((square) => ({
        square,
        names: around.members.get(square)?.sites.map(({ name }) => name) ?? [],
        isMuted: known.get(square)?.isMuted ?? false,
      })),
      sites: ours.map(({ siteId, sceneKey, sharing, admitsGuests, letsVisitorsOut }) => ({
        id: siteId,
        name: around.places.get(siteId)?.site.name ?? siteId,
        key: sceneKey ?? null,
        sharing,
        admitsGuests,
        letsVisitorsOut,
        cells: squares.map((square) => {
          if (!nextDoor(siteId).includes(square)) return null;
          const { sees = null, gate = null } = known.get(square)?.sites[siteId] ?? {};
          return { sees, gate };
        }),
      })),
    };
  });
}
