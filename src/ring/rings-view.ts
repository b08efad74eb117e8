import type { JoinDesk, KeptRequest } from './join-desk.ts';
import type { RingDesk } from './ring-desk.ts';
import type { RingDirectory } from './ring-port.ts';
import { FINDING_WORDS } from './site-check.ts';
import type { TermsDesk } from './terms-desk.ts';

/** The rings of this square as its operator sees them; JSON. */
export function ringsView(
  desk: RingDesk,
  joins: JoinDesk,
  terms: TermsDesk,
  directory: RingDirectory,
): readonly object[] {
  const listings = new Map(directory.rings().map((listing) => [listing.id, listing]));
  return desk.rings().map((ring) => {
    const { ringId, charter, members, beat } = ring;
    const muted = new Set(terms.terms(ringId).flatMap(({ square, isMuted }) => (isMuted ? [square] : [])));
    const seen = new Map((listings.get(ringId)?.sites ?? []).map((site) => [site.id, site]));
    return {
      id: ringId,
      name: charter.name,
      rules: charter.rules,
      version: members.version,
      listUntil: members.expires,
      beatUntil: beat.expires,
      canPublish: desk.canPublish(ring),
      keyWarning: desk.keyWarning(ring) ?? null,
      undo: desk.previewUndo(ringId)?.sentence ?? null,
      members: members.members.map((member) => ({
        square: member.square,
        origin: member.origin,
        since: member.since,
        isOurs: member.square === directory.square,
        isMuted: muted.has(member.square),
        sites: member.sites.map((site) => ({
          ...site,
          state: seen.get(site.id)?.state ?? 'unknown',
          count: seen.get(site.id)?.count ?? null,
        })),
      })),
      revoked: members.revoked,
      shownOut: listings.get(ringId)?.shownOut ?? null,
      requests: joins.requests(ringId).map(requestView),
    };
  });
}

function requestView({ request, receivedAt, invitation, isOverdue, declined, checks }: KeptRequest): object {
  const { kind, square, origin, sites, note } = request;
  return {
    kind,
    square,
    origin,
    sites: sites.map((site) => {
      const check = checks?.find((one) => one.site === site.id);
      const finding = check === undefined ? 'not looked at yet' : FINDING_WORDS[check.found];
      return { id: site.id, name: site.name, entry: site.entry, finding };
    }),
    note,
    receivedAt,
    invitation,
    isOverdue,
    declined: declined ?? null,
  };
}
