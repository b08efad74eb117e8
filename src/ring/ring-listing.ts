import type { TrustedRing } from '../../federation/documents/types.ts';
import type { SiteSight } from './ring-holder.ts';
import type { RingListing } from './ring-port.ts';

/** One ring as plain pages show it. @param self peer id of this square */
export function listingOf(
  { ringId, charter, members, envelopes }: TrustedRing,
  self: string,
  sightOf: (siteId: string) => SiteSight,
): RingListing {
  const shownOut = members.revoked.find(({ square }) => square === self)?.reason;
  return {
    ...(shownOut !== undefined && { shownOut }),
    id: ringId,
    name: charter.name,
    version: members.version,
    sites: members.members.flatMap(({ square, sites }) =>
      sites.map(({ id, name, entry }) => ({ id, name, entry, square, isOurs: square === self, ...sightOf(id) })),
    ),
    documents: envelopes,
  };
}
