/** What befalls a ring: plain data, made from a seed, so that it can be printed, replayed and shortened. */
import { Chance } from './chance.ts';
import { HOSTILE_ACTS, type HostileAct } from './hostile-member.ts';

/** Machines are numbered from 0 along the ring; numbers wrap around. */
export type Blow =
  | { readonly kind: 'populate'; readonly machine: number; readonly figures: number }
  | { readonly kind: 'cut'; readonly from: number; readonly to: number; readonly oneWay: boolean }
  | { readonly kind: 'heal'; readonly from: number; readonly to: number }
  /** Everybody below `border` is cut off from everybody else. */
  | { readonly kind: 'partition'; readonly border: number }
  | { readonly kind: 'heal-all' }
  | { readonly kind: 'mute'; readonly from: number; readonly to: number }
  | { readonly kind: 'weather'; readonly weather: 'calm' | 'slow' | 'lossy' | 'doubling' | 'overtaking' | 'foul' }
  | { readonly kind: 'crash'; readonly machine: number; readonly powerLost: boolean; readonly diskLost: boolean }
  | { readonly kind: 'shut-down'; readonly machine: number }
  | { readonly kind: 'boot'; readonly machine: number }
  | { readonly kind: 'freeze'; readonly machine: number }
  | { readonly kind: 'thaw'; readonly machine: number }
  | { readonly kind: 'clock-jump'; readonly machine: number; readonly byMs: number }
  | { readonly kind: 'disk-full'; readonly machine: number; readonly isFull: boolean }
  /** A copy of the machine's key and disk starts elsewhere. */
  | { readonly kind: 'double'; readonly machine: number }
  /** The admin's square takes the next list. */
  | { readonly kind: 'publish'; readonly machine: number; readonly change: 'nothing' | 'show-out' | 'let-back-in' }
  /** Two admins publish in the same moment. */
  | { readonly kind: 'fork'; readonly machine: number; readonly other: number }
  | { readonly kind: 'hop'; readonly machine: number; readonly side: 'left' | 'right'; readonly redeems: number }
  | { readonly kind: 'hostile'; readonly act: HostileAct };

export interface Step {
  readonly atMs: number;
  readonly blow: Blow;
}

export interface Schedule {
  readonly seed: number;
  readonly squares: number;
  /** Wall clocks at the beginning, one for each square, ms. */
  readonly skewsMs: readonly number[];
  readonly hasHostile: boolean;
  readonly steps: readonly Step[];
  /** Blows stop and everything is mended; then what must come back has {@link CALM_MS} to do so. */
  readonly mendedAtMs: number;
}

export const CALM_MS = 16_000;

/** Weights: what is common in the world is common here, what is rare is not. */
const BLOWS: readonly (readonly [number, (chance: Chance, machine: number, other: number) => Blow])[] = [
  [10, (chance, machine) => ({ kind: 'populate', machine, figures: chance.whole(4) })],
  [3, (chance, from, to) => ({ kind: 'cut', from, to, oneWay: chance.happens(0.5) })],
  [3, (_chance, from, to) => ({ kind: 'heal', from, to })],
  [1, (_chance, border) => ({ kind: 'partition', border })],
  [2, () => ({ kind: 'heal-all' })],
  [1, (_chance, from, to) => ({ kind: 'mute', from, to })],
  [
    2,
    (chance) => ({
      kind: 'weather',
      weather: chance.oneOf(['calm', 'slow', 'lossy', 'doubling', 'overtaking', 'foul']),
    }),
  ],
  [
    3,
    (chance, machine) => ({
      kind: 'crash',
      machine,
      powerLost: chance.happens(0.3),
      diskLost: chance.happens(0.15),
    }),
  ],
  [1, (_chance, machine) => ({ kind: 'shut-down', machine })],
  [5, (_chance, machine) => ({ kind: 'boot', machine })],
  [1, (_chance, machine) => ({ kind: 'freeze', machine })],
  [2, (_chance, machine) => ({ kind: 'thaw', machine })],
  [1, (chance, machine) => ({ kind: 'clock-jump', machine, byMs: Math.round(chance.between(-80_000, 80_000)) })],
  [1, (chance, machine) => ({ kind: 'disk-full', machine, isFull: chance.happens(0.5) })],
  [0.15, (_chance, machine) => ({ kind: 'double', machine })],
  [
    0.7,
    (chance, machine) => ({ kind: 'publish', machine, change: chance.oneOf(['nothing', 'show-out', 'let-back-in']) }),
  ],
  [0.4, (_chance, machine, other) => ({ kind: 'fork', machine, other })],
  [
    1.5,
    (chance, machine) => ({
      kind: 'hop',
      machine,
      side: chance.oneOf(['left', 'right']),
      redeems: 1 + chance.whole(3),
    }),
  ],
];
const HOSTILE_WEIGHT = 12;

export function scheduleOf(seed: number): Schedule {
  const chance = new Chance(seed);
  const squares = 2 + chance.whole(5);
  const hasHostile = chance.happens(0.35);
  const mendedAtMs = Math.round(chance.between(8_000, 34_000));
  const count = 4 + chance.whole(22);
  const weights = BLOWS.reduce((sum, [weight]) => sum + weight, 0) + (hasHostile ? HOSTILE_WEIGHT : 0);
  const steps = Array.from({ length: count }, (): Step => {
    const atMs = Math.round(chance.between(0, mendedAtMs));
    const [machine, other] = [chance.whole(squares), chance.whole(squares)];
    let at = chance.between(0, weights);
    for (const [weight, make] of BLOWS) {
      if (at < weight) return { atMs, blow: make(chance, machine, other) };
      at -= weight;
    }
    return { atMs, blow: { kind: 'hostile', act: chance.oneOf(HOSTILE_ACTS) } };
  });
  return {
    seed,
    squares,
    skewsMs: Array.from({ length: squares }, () =>
      chance.happens(0.2) ? Math.round(chance.between(-40_000, 40_000)) : 0,
    ),
    hasHostile,
    steps: steps.sort((a, b) => a.atMs - b.atMs),
    mendedAtMs,
  };
}
