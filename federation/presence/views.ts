/** What local sites see through their gates: built from the list and the register, told on when it is another than before. */
import type { TrustedRing } from '../documents/types.ts';
import type { GateView, RingView, Sight } from '../types.ts';
import type { Shown } from './figures.ts';
import type { GatePlace, Neighbourhood, Place } from './neighbourhood.ts';
import type { Register } from './register.ts';
import { remoteFigure } from './summary.ts';

/** Heads above one ridge; more are not told apart. */
const LOOKERS_MAX = 99;

export interface ViewSources {
  readonly self: string;
  readonly register: Register;
  ring(): TrustedRing;
  neighbourhood(): Neighbourhood;
  /** What a site of this very square shows; undefined when it is not served here. */
  ownShown(site: string): Shown | undefined;
  /** How many at another site look at a local one now. */
  lookers(site: string, fromSite: string): number;
  /** Whose sites are not shown here, whatever is heard of them. */
  isMuted(square: string): boolean;
  /** What is known of a site that is not heard as a neighbour. */
  farSight(site: string): Sight;
}

export interface Views {
  view(site: string): RingView | undefined;
  /** What is known of any site of the ring, for the map. */
  sight(site: string): Sight;
  /** Tells of every local site that sees `site` and sees it changed. */
  siteChanged(site: string): void;
  /** The list or the local sites changed. */
  allChanged(): void;
}

export function createViews(sources: ViewSources, onView: (site: string, view: RingView) => void): Views {
  /** What each local site was last told, as JSON. Bounded by the local sites. */
  const told = new Map<string, string>();

  const gate = (place: Place | null): GateView | null => {
    if (place === null) return null;
    const { id, name, entry } = place.site;
    const head = { site: id, name, url: entry };
    if (sources.isMuted(place.member.square)) return { ...head, state: 'dark', figures: [] };
    if (place.member.square === sources.self) {
      const shown = sources.ownShown(id);
      return shown === undefined
        ? { ...head, state: 'dark', figures: [] }
        : { ...head, state: 'live', ...crowd(shown) };
    }
    const { state, summary } = sources.register.heard(id);
    return summary === undefined ? { ...head, state: 'dark', figures: [] } : { ...head, state, ...crowd(summary) };
  };

  const view = (site: string): RingView | undefined => {
    const gates = sources.neighbourhood().gates.get(site);
    if (gates === undefined) return undefined;
    const ring = sources.ring();
    const seen = (place: GatePlace | null): GateView | null => {
      const found = gate(place);
      const base = found === null || place === null || place.past.length === 0 ? found : { ...found, past: place.past };
      const lookers = place === null ? 0 : Math.min(LOOKERS_MAX, sources.lookers(site, place.site.id));
      return base === null || lookers === 0 ? base : { ...base, lookers };
    };
    return { ring: { id: ring.ringId, name: ring.charter.name }, left: seen(gates.left), right: seen(gates.right) };
  };

  const sight = (site: string): Sight => {
    const { interest, places } = sources.neighbourhood();
    const place = places.get(site);
    if (place === undefined || sources.isMuted(place.member.square)) return { state: 'unknown' };
    if (place.member.square !== sources.self && !interest.has(site)) return sources.farSight(site);
    const { state, count } = gate(place) ?? { state: 'unknown' };
    return { state, ...(count === undefined ? {} : { count }) };
  };

  const tell = (site: string): void => {
    const next = view(site);
    if (next === undefined) return;
    const json = JSON.stringify(next);
    if (told.get(site) === json) return;
    told.set(site, json);
    onView(site, next);
  };

  return {
    view,
    sight,
    siteChanged(changed) {
      for (const [site, { left, right }] of sources.neighbourhood().gates) {
        if (left?.site.id === changed || right?.site.id === changed) tell(site);
      }
    },
    allChanged() {
      const { gates } = sources.neighbourhood();
      for (const site of told.keys()) if (!gates.has(site)) told.delete(site);
      for (const site of gates.keys()) tell(site);
    },
  };
}

function crowd({ count, figures }: Pick<Shown, 'count' | 'figures'>): Pick<GateView, 'count' | 'figures'> {
  return { ...(count === null ? {} : { count }), figures: figures.map(remoteFigure) };
}
