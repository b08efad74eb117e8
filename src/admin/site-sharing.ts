import { SHARING, type SiteRecord } from '../store/site-record.ts';

/** What an owner decides about neighbours. */
export type SiteSharing = Pick<SiteRecord, 'sharing' | 'admitsGuests' | 'letsVisitorsOut'>;

/** @returns the settings that are named; undefined when one of them cannot be read, or none is named */
export function sharingFrom(body: Readonly<Record<string, unknown>>): Partial<SiteSharing> | undefined {
  const { sharing, admitsGuests, letsVisitorsOut } = body;
  const level = SHARING.find((known) => known === sharing);
  if (sharing !== undefined && level === undefined) return undefined;
  const patch = {
    ...(level !== undefined && { sharing: level }),
    ...(typeof admitsGuests === 'boolean' && { admitsGuests }),
    ...(typeof letsVisitorsOut === 'boolean' && { letsVisitorsOut }),
  };
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** What the settings of a site mean for those next to it, in one breath. */
export function describeSharing({
  name,
  sharing,
  admitsGuests,
  letsVisitorsOut,
}: SiteSharing & { name: string }): string {
  const seen = {
    nothing: 'see nothing of it',
    count: 'see how many are there, and nobody',
    figures: 'see grey figures, no names',
    live: 'see figures, and over the hill their names and what they say',
  }[sharing];
  const gate =
    admitsGuests && letsVisitorsOut
      ? 'Guests may walk in, and visitors out.'
      : admitsGuests
        ? 'Guests may walk in; visitors stay.'
        : letsVisitorsOut
          ? 'Nobody walks in from elsewhere; visitors may walk out.'
          : 'Nobody walks in or out: its gates are shut.';
  return `Neighbours of ${name} ${seen}. ${gate}`;
}
