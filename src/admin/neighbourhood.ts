import type { SiteRecord } from '../store/site-record.ts';

export type NeighbourState = 'mutual' | 'incoming' | 'outgoing';

export interface Neighbourhood {
  readonly summary: Readonly<Record<NeighbourState, number>>;
  readonly connections: readonly { readonly name: string; readonly url: string; readonly state: NeighbourState }[];
}

const ORDER: readonly NeighbourState[] = ['mutual', 'incoming', 'outgoing'];

/** Who links to a site of this square, and whom it links to: sites are known by their web origins, first come first known. */
export function neighbourhoodOf(site: SiteRecord, sites: readonly SiteRecord[]): Neighbourhood {
  const byOrigin = new Map<string, SiteRecord>();
  for (const each of sites) {
    for (const origin of each.allowedOrigins) if (!byOrigin.has(origin)) byOrigin.set(origin, each);
  }
  const isOwn = (url: string): boolean => site.allowedOrigins.includes(new URL(url).origin);
  /** By key of the other site, or by origin where it is not registered here. */
  const found = new Map<string, { readonly name: string; readonly url: string; readonly state: NeighbourState }>();
  for (const { label, url } of site.connections) {
    if (isOwn(url)) continue;
    const { origin } = new URL(url);
    const other = byOrigin.get(origin);
    if (other === undefined) found.set(origin, { name: label, url, state: 'outgoing' });
    else found.set(other.key, { name: other.name, url: other.origin, state: 'outgoing' });
  }
  for (const other of sites) {
    if (other.key === site.key || !other.connections.some(({ url }) => isOwn(url))) continue;
    const state = found.has(other.key) ? 'mutual' : 'incoming';
    found.set(other.key, { name: other.name, url: other.origin, state });
  }
  const connections = [...found.values()].toSorted(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name),
  );
  const count = (state: NeighbourState): number => connections.filter((each) => each.state === state).length;
  return {
    summary: { mutual: count('mutual'), incoming: count('incoming'), outgoing: count('outgoing') },
    connections,
  };
}
