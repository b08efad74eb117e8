import type { Side } from '../protocol/limits.ts';

/** After that long wind and rain have had them. */
export const FOOTPRINTS_MS = 3_600_000;

/** The newest prints of one street. */
export interface Footprints {
  /** Where they end, 0…1. */
  readonly x: number;
  /** Which way they lead. */
  readonly heading: Side;
  /** Monotonic ms. */
  readonly leftAt: number;
}

/** Remembers the footprints of one scene beyond its end: a street is empty exactly when they are wanted. */
export interface FootprintMemory {
  /** @returns undefined when there are none, or none that can still be seen */
  readonly recall: () => Footprints | undefined;
  readonly keep: (prints: Footprints) => void;
}

export const NO_FOOTPRINTS: FootprintMemory = { recall: () => undefined, keep: () => undefined };
