/** Where the bird can fly, and which square lets it out: pure arithmetic on the signed list. */
import { INTEREST_DISTANCE, type Neighbourhood, type Place } from '../presence/neighbourhood.ts';
import type { Side } from '../types.ts';

/** The sites it can reach from one, nearest first: as far as squares link with each other. Never the site itself. */
export function sitesBeyond({ places }: Neighbourhood, site: string, side: Side): Place[] {
  const order = [...places.values()];
  const at = order.findIndex((place) => place.site.id === site);
  if (at < 0) return [];
  const direction = side === 'left' ? -1 : 1;
  const found: Place[] = [];
  for (let step = 1; step <= Math.min(INTEREST_DISTANCE, order.length - 1); step += 1) {
    const place = order[(at + direction * step + order.length) % order.length];
    if (place !== undefined) found.push(place);
  }
  return found;
}

/** The square of the list's first site keeps the roost: it alone lets the bird out. New squares join at the list's end. */
export function roostOf({ places }: Neighbourhood): string | undefined {
  const [first] = places.values();
  return first?.member.square;
}
