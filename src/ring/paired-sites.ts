import type { TrustedRing } from '../../federation/documents/types.ts';
import type { Sharing } from '../../federation/types.ts';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import type { SiteRecord } from '../store/site-record.ts';
import type { PairedSite } from './ring-holder.ts';
import { termsOf, type SquareTerms } from './square-terms.ts';

/** The sites this square hosts, from its store. */
export interface HostedSites {
  sites(): readonly SiteRecord[];
}

/**
 * The sites that signed lists give to this square, paired with its scenes, ring by ring: a hosted site says itself which
 * ring site it is; the first one of a ring that none claims is the shared scene. A ring site without a scene has no one in it.
 * @param self peer id of this square
 * @param sharing of the shared scene
 * @param terms with single squares; those with squares that a list does not name wait until it does
 */
export function pairedSites(
  rings: readonly Pick<TrustedRing, 'ringId' | 'members'>[],
  self: string,
  hosted: HostedSites,
  sharing: Sharing,
  terms: readonly SquareTerms[] = [],
): readonly PairedSite[] {
  const claims = new Map(hosted.sites().flatMap((site) => (site.ringSite === null ? [] : [[site.ringSite, site]])));
  return rings.flatMap(({ ringId, members }) => {
    const ours = members.members.filter(({ square }) => square === self).flatMap(({ sites }) => sites);
    const isMember = (square: string): boolean => members.members.some((member) => member.square === square);
    const ownTerms = terms.filter((each) => each.ringId === ringId && isMember(each.square));
    const shared = ours.find(({ id }) => !claims.has(id))?.id;
    return ours.map(({ id: siteId }): PairedSite => {
      const site = claims.get(siteId);
      const withAll = {
        ringId,
        siteId,
        sceneKey: site?.key ?? (siteId === shared ? DEFAULT_SCENE_KEY : undefined),
        sharing: site?.sharing ?? (siteId === shared ? sharing : 'nothing'),
        admitsGuests: site?.admitsGuests ?? true,
        letsVisitorsOut: site?.letsVisitorsOut ?? true,
      };
      const squares = ownTerms.flatMap((each) => {
        const holds = termsOf(withAll, siteId, each);
        return holds === undefined ? [] : [{ square: each.square, ...holds }];
      });
      return Object.assign(withAll, { squares });
    });
  });
}
