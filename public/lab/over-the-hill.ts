/** What neighbours of the lab send over the hill. Pure. */
import type { Gate, HorizonFigure } from '../../src/protocol/frames.ts';
import type { Side } from '../../src/protocol/limits.ts';
import { seeded } from './seeded.ts';
import type { GateKind } from './states.ts';

const NEIGHBOURS = {
  left: { site: 'moss', name: 'Moss & Ink', url: 'https://moss.example/', count: 4 },
  right: { site: 'lantern', name: 'Lantern Diary', url: 'https://lantern.example/', count: 11 },
} as const;
/** A square sends those who stand in the part of its street that faces ours, so many at most. */
const FIGURES_MAX = 8;
const PART = 0.4;

/**
 * @param step counts the frames sent so far: figures walk a little with each
 * @returns null for no gate
 */
export function lookOver(side: Side, kind: Exclude<GateKind, 'own'>, step: number, seed: number): Gate | null {
  if (kind === 'none') return null;
  const { site, name, url, count } = NEIGHBOURS[side];
  const gate: Gate = { site, name, url, state: 'live', count: kind === 'quiet' ? 0 : count, figures: [] };
  if (kind === 'quiet') return gate;
  if (kind === 'dark') return { site, name, url, state: 'dark', figures: [] };
  const figures = Array.from({ length: Math.min(count, FIGURES_MAX) }, (_, index) => figure(side, index, step, seed));
  if (kind === 'dim') return { ...gate, state: 'dim', figures };
  return kind === 'past' ? { ...gate, figures, past: ['Third Place'] } : { ...gate, figures };
}

function figure(side: Side, index: number, step: number, seed: number): HorizonFigure {
  const random = seeded(seed * 97 + index * 13 + (side === 'left' ? 1 : 2));
  const place = random();
  const walking = index % 3 === 0;
  // To and fro within the part that is seen.
  const phase = (place + (walking ? step * 0.02 : 0)) % 2;
  const depth = PART * (phase > 1 ? 2 - phase : phase);
  return {
    h: `${side}-${index}`,
    x: Math.round((side === 'left' ? 1 - depth : depth) * 1e3) / 1e3,
    color: Math.floor(random() * 12),
    pose: index % 5 === 4 ? 'wave' : index % 7 === 2 ? 'sit' : 'stand',
    walking,
  };
}
