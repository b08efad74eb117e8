/** Path data of the ground: lines that look drawn by hand, the same on every visit. Pure. */
import type { Side } from '../../../src/protocol/limits.ts';
import { streetPx, type Layout } from '../model/layout.ts';

/** Height over the street's level, in px, at a scene position. */
type Rise = (px: number) => number;

const STEP_PX = 26;

/** Repeatable noise in [0, 1): the picture must not change between two draws. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/** The one line from hill to hill. */
export function groundPath(left: number, right: number, rise: Rise): string {
  const random = seeded(7);
  const points: [number, number][] = [];
  for (let x = left - STEP_PX; x <= right + 2 * STEP_PX; x += STEP_PX) {
    points.push([x, -rise(x) + (random() - 0.5) * 1.1]);
  }
  return smooth(points);
}

/** The back of a hill, behind which the neighbours live. */
export function ridgePath(layout: Layout, side: Side, height: number): string {
  const out = side === 'left' ? -1 : 1;
  const gateX = side === 'left' ? 0 : streetPx(layout);
  const start = 14 + height * 16;
  const random = seeded(side === 'left' ? 11 : 23);
  const points: [number, number][] = [];
  for (let beyond = start; beyond <= layout.horizonPx + STEP_PX; beyond += STEP_PX) {
    const part = Math.min((beyond - start) / (layout.horizonPx - start), 1);
    const y = -(part ** 0.8 * 22 * height) - 3 + (random() - 0.5) * 2;
    points.push([gateX + out * beyond, y]);
  }
  return smooth(points);
}

/** Tufts here and there, more on the hills. */
export function grassPath(left: number, right: number, rise: Rise): string {
  const random = seeded(31);
  let d = '';
  for (let x = left + 12; x < right; x += 46 + random() * 120) {
    const y = -rise(x);
    const tall = 4 + random() * 4;
    for (const lean of [-3, 0.4, 3]) {
      d += `M${fix(x + lean / 2)} ${fix(y)}q0-${fix(tall / 2)} ${lean}-${fix(tall - Math.abs(lean) / 2)}`;
    }
  }
  return d;
}

/** Short strokes under the line: a path that people walk. */
export function pebblePath(left: number, right: number, rise: Rise): string {
  const random = seeded(53);
  let d = '';
  for (let x = left + 20; x < right; x += 30 + random() * 90) {
    d += `M${fix(x)} ${fix(3.6 + random() * 2.4 - rise(x))}h${fix(3 + random() * 9)}`;
  }
  return d;
}

/** A curve through the middles between points. */
function smooth(points: readonly (readonly [number, number])[]): string {
  const [first] = points;
  if (first === undefined) return '';
  let d = `M${fix(first[0])} ${fix(first[1])}`;
  for (const [index, [x, y]] of points.entries()) {
    const next = points[index + 1];
    if (next !== undefined && index > 0)
      d += `Q${fix(x)} ${fix(y)} ${fix((x + next[0]) / 2)} ${fix((y + next[1]) / 2)}`;
  }
  return d;
}

function fix(value: number): string {
  return String(Math.round(value * 10) / 10);
}
