/** The street of a neighbour of the lab: what is seen of it over the hill. Pure. */
import type { HopSite, ViewFigure, ViewFrame, VisitorView } from '../../src/protocol/frames.ts';
import type { Side } from '../../src/protocol/limits.ts';
import { lookOver } from './over-the-hill.ts';

const PEER = '12D3KooWLab';

/** The site over a hill; `home` is where the strip belongs. */
export function siteOver(side: Side | 'home', seed: number): HopSite {
  if (side === 'home') return { site: 'garden', name: 'A small garden', url: 'https://garden.example/', square: PEER };
  const gate = lookOver(side, 'busy', 0, seed);
  return { site: gate?.site ?? '', name: gate?.name ?? '', url: gate?.url ?? '', square: PEER };
}

/** Everybody on that street, as a square shows them that shares `live`. */
export function viewOf(
  side: Side,
  people: readonly VisitorView[],
  count: number,
  isWhole: boolean,
  seed: number,
): ViewFrame {
  const figures = people.map((who): ViewFigure => {
    const pose = who.pose === 'sitting' ? 'sit' : who.pose === 'resting' ? 'lean' : 'stand';
    return {
      h: `h${who.id}`,
      x: who.x,
      color: (who.ring?.look ?? 0) % 12,
      pose,
      walking: false,
      name: who.displayName,
      ...(who.ring?.look !== undefined && { look: who.ring.look }),
    };
  });
  const { site } = siteOver(side, seed);
  return { type: 'view', side, site, isWhole, count, figures, gone: [], said: [] };
}
