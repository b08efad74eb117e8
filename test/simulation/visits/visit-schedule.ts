/** Walks over hills, and what befalls the squares meanwhile: plain data, made from a seed. */
import { Chance } from '../chance.ts';

/** Machines and visitors are numbered from 0; numbers wrap around. */
export type VisitBlow =
  | { readonly kind: 'come'; readonly machine: number }
  | { readonly kind: 'walk'; readonly visitor: number; readonly side: 'left' | 'right' }
  | { readonly kind: 'home'; readonly visitor: number }
  | { readonly kind: 'say'; readonly visitor: number }
  /** The same person in one more tab. */
  | { readonly kind: 'tab'; readonly visitor: number }
  | { readonly kind: 'close'; readonly visitor: number }
  /** Whoever looks after the scene in which they are sends them away. */
  | { readonly kind: 'kick'; readonly visitor: number }
  | { readonly kind: 'cut'; readonly from: number; readonly to: number; readonly oneWay: boolean }
  | { readonly kind: 'heal'; readonly from: number; readonly to: number }
  | { readonly kind: 'partition'; readonly border: number }
  | { readonly kind: 'heal-all' }
  | { readonly kind: 'weather'; readonly isSlow: boolean }
  | { readonly kind: 'crash'; readonly machine: number; readonly powerLost: boolean }
  | { readonly kind: 'shut-down'; readonly machine: number }
  | { readonly kind: 'boot'; readonly machine: number }
  | { readonly kind: 'freeze'; readonly machine: number }
  | { readonly kind: 'thaw'; readonly machine: number }
  /** A home that lies says once more what it said before on one of its streams. */
  | { readonly kind: 'replay'; readonly machine: number };

export interface VisitStep {
  readonly atMs: number;
  readonly blow: VisitBlow;
}

export interface VisitSchedule {
  readonly seed: number;
  readonly squares: number;
  readonly steps: readonly VisitStep[];
  /** Then everything is mended, and has {@link REST_MS} to come right. */
  readonly mendedAtMs: number;
}

/** A lease, a link that is missed and made anew, and a way. */
export const REST_MS = 12_000;

/** Links stand by then. */
const FIRST_AT_MS = 1_000;

const BLOWS: readonly (readonly [number, (chance: Chance, one: number, other: number) => VisitBlow])[] = [
  [2, (_chance, machine) => ({ kind: 'come', machine })],
  [14, (chance, visitor) => ({ kind: 'walk', visitor, side: chance.oneOf(['left', 'right']) })],
  [4, (_chance, visitor) => ({ kind: 'home', visitor })],
  [5, (_chance, visitor) => ({ kind: 'say', visitor })],
  [2, (_chance, visitor) => ({ kind: 'tab', visitor })],
  [2, (_chance, visitor) => ({ kind: 'close', visitor })],
  [2, (_chance, visitor) => ({ kind: 'kick', visitor })],
  [3, (chance, from, to) => ({ kind: 'cut', from, to, oneWay: chance.happens(0.5) })],
  [3, (_chance, from, to) => ({ kind: 'heal', from, to })],
  [1, (_chance, border) => ({ kind: 'partition', border })],
  [2, () => ({ kind: 'heal-all' })],
  [1, (chance) => ({ kind: 'weather', isSlow: chance.happens(0.5) })],
  [2, (chance, machine) => ({ kind: 'crash', machine, powerLost: chance.happens(0.4) })],
  [1, (_chance, machine) => ({ kind: 'shut-down', machine })],
  [4, (_chance, machine) => ({ kind: 'boot', machine })],
  [1.5, (_chance, machine) => ({ kind: 'freeze', machine })],
  [3, (_chance, machine) => ({ kind: 'thaw', machine })],
  [3, (_chance, machine) => ({ kind: 'replay', machine })],
];

export function visitScheduleOf(seed: number): VisitSchedule {
  const chance = new Chance(seed);
  const squares = 2 + chance.whole(3);
  const mendedAtMs = Math.round(chance.between(6_000, 24_000));
  const count = 6 + chance.whole(30);
  const weights = BLOWS.reduce((sum, [weight]) => sum + weight, 0);
  const steps = Array.from({ length: count }, (): VisitStep => {
    const atMs = Math.round(chance.between(FIRST_AT_MS, mendedAtMs));
    const [one, other] = [chance.whole(12), chance.whole(12)];
    let at = chance.between(0, weights);
    for (const [weight, make] of BLOWS) {
      if (at < weight) return { atMs, blow: make(chance, one, other) };
      at -= weight;
    }
    return { atMs, blow: { kind: 'heal-all' } };
  });
  return { seed, squares, steps: steps.sort((a, b) => a.atMs - b.atMs), mendedAtMs };
}
