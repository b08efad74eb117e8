/** What of a scene its owner shows to those who look, and what of it has changed since they last heard. Pure. */
import type { SceneSight, SeenVisitor, Sharing, Side, ViewChange, ViewFigure } from '../types.ts';
import { VIEW_FIGURES_MAX, VIEW_LINES_MAX } from './view-messages.ts';

/** What lookers know: figures by their name, and the count. */
export interface Shown {
  readonly count: number;
  readonly figures: ReadonlyMap<string, ViewFigure>;
}

export interface ViewTerms {
  readonly sharing: Sharing;
  /** The end of the strip that faces those who look: whoever is nearest to it is drawn first. */
  readonly facing: Side;
  nameOf(visitor: number): string;
}

/** @returns what lookers know from here on, and what to tell them; no change when there is nothing to tell */
export function changeOf(
  known: Shown | undefined,
  sight: SceneSight,
  terms: ViewTerms,
): { readonly shown: Shown; readonly change: ViewChange | undefined } {
  const drawn = sight.figures.filter(({ drawn: isDrawn }) => isDrawn);
  const nearest = drawn
    .sort((a, b) => (terms.facing === 'left' ? a.x - b.x : b.x - a.x))
    .slice(0, VIEW_FIGURES_MAX)
    .map((figure) => figureOf(figure, terms));
  const shown: Shown = { count: sight.count, figures: new Map(nearest.map((figure) => [figure.h, figure])) };
  const figures = nearest.filter((figure) => !isSame(known?.figures.get(figure.h), figure));
  const gone = [...(known?.figures.keys() ?? [])].filter((h) => !shown.figures.has(h));
  const visible = new Set(drawn.map(({ visitor }) => visitor));
  const said =
    terms.sharing === 'live'
      ? sight.said
          .filter(({ visitor }) => visible.has(visitor))
          .slice(-VIEW_LINES_MAX)
          .map(({ visitor, text }) => ({ h: terms.nameOf(visitor), text }))
      : [];
  const isNew = figures.length > 0 || gone.length > 0 || said.length > 0 || known?.count !== shown.count;
  const change = isNew ? { isWhole: known === undefined, count: shown.count, figures, gone, said } : undefined;
  return { shown, change };
}

function figureOf({ visitor, x, color, pose, walking, name, look }: SeenVisitor, terms: ViewTerms): ViewFigure {
  const silhouette = { h: terms.nameOf(visitor), x, color, pose, walking };
  return terms.sharing === 'live' ? { ...silhouette, name, look } : silhouette;
}

function isSame(a: ViewFigure | undefined, b: ViewFigure): boolean {
  return (
    a !== undefined &&
    a.x === b.x &&
    a.color === b.color &&
    a.pose === b.pose &&
    a.walking === b.walking &&
    a.name === b.name &&
    a.look === b.look
  );
}
