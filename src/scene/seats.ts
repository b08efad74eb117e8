import { PROP_RULES, SEAT_TAKEN_WITHIN, type Prop } from '../protocol/scene-kit.ts';

/** Somebody who sits, or who does not. */
export interface Sitter {
  readonly x: number;
  readonly propId: string | null;
}

/**
 * The free seat nearest to `x` on a prop, of equally near ones the first listed.
 * @param others everybody else in the scene, those in grace included
 * @returns undefined when `x` is outside the settle zone, the prop has no seats, or all are taken
 */
export function nearestFreeSeat(prop: Prop, x: number, others: Iterable<Sitter>): number | undefined {
  const rule = PROP_RULES[prop.kind];
  if (Math.abs(x - prop.x) >= rule.settleHalfWidth) return undefined;
  const taken = [...others].filter((sitter) => sitter.propId === prop.id).map((sitter) => sitter.x);
  let nearest: number | undefined;
  for (const offset of rule.seatOffsets) {
    const seat = prop.x + offset;
    if (taken.some((sitterX) => Math.abs(sitterX - seat) <= SEAT_TAKEN_WITHIN)) continue;
    if (nearest === undefined || Math.abs(seat - x) < Math.abs(nearest - x)) nearest = seat;
  }
  return nearest;
}
