/** What a local site holds with each square of its ring: the same with all, but for the ones its operator named. */
import type { LocalSite, Terms } from './ring-service.ts';

export function termsWith(site: LocalSite, square: string): Terms {
  return site.squares?.find((each) => each.square === square) ?? { ...site, isMuted: false };
}

/** Squares that none of these sites, the local ones of one ring, has to do with. */
export function mutedSquares(sites: readonly LocalSite[]): ReadonlySet<string> {
  return new Set(sites.flatMap(({ squares = [] }) => squares.flatMap((each) => (each.isMuted ? [each.square] : []))));
}
