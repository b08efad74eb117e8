/**
 * What a square has done wrong lately, as one number. It is gossipsub's application score (P5), because topics come and go
 * with the members list while gossipsub's own penalty for invalid messages (P4) knows only the topics of its construction.
 * Its shape is P4's: the square of a decaying counter, so that single mistakes are forgiven and a stream of them is not.
 */
export interface Conduct {
  /** Counts `weight` offences. @returns true when the square must be cut off now */
  blame(square: string, weight?: number): boolean;
  /** 0 for the blameless, falling towards −10,000. */
  score(square: string): number;
  /** True while a square that was cut off may not come back. */
  isBanished(square: string): boolean;
  forget(square: string): void;
}

/** Scores under these end gossip with a peer, publishing to it, and listening to it. About 3, 7 and 9 fresh offences. */
export const SCORE_THRESHOLDS = { gossip: -10, publish: -50, graylist: -80 } as const;

/** How long a square that was cut off stays away: long enough to make a flood pointless, short enough for a mended bug. */
export const BANISHMENT_MS = 60_000;

/** Half of an offence is forgotten in this time. */
const HALF_LIFE_MS = 30_000;
const COUNTER_MAX = 100;
const SQUARES_MAX = 1_024;

interface Entry {
  counter: number;
  atMs: number;
  banishedUntilMs: number;
}

export function createConduct(monotonic: () => number): Conduct {
  const entries = new Map<string, Entry>();

  const current = (square: string): Entry => {
    const nowMs = monotonic();
    const known = entries.get(square);
    if (known === undefined) return { counter: 0, atMs: nowMs, banishedUntilMs: Number.NEGATIVE_INFINITY };
    known.counter *= 2 ** (-(nowMs - known.atMs) / HALF_LIFE_MS);
    known.atMs = nowMs;
    return known;
  };
  const scoreOf = (counter: number): number => (counter < 0.1 ? 0 : -(counter * counter));

  return {
    blame(square, weight = 1) {
      const entry = current(square);
      entry.counter = Math.min(COUNTER_MAX, entry.counter + weight);
      entries.delete(square);
      entries.set(square, entry);
      if (entries.size > SQUARES_MAX) {
        const [oldest] = entries.keys();
        if (oldest !== undefined) entries.delete(oldest);
      }
      if (scoreOf(entry.counter) >= SCORE_THRESHOLDS.graylist) return false;
      entry.banishedUntilMs = entry.atMs + BANISHMENT_MS;
      return true;
    },
    score: (square) => scoreOf(current(square).counter),
    isBanished: (square) => (entries.get(square)?.banishedUntilMs ?? Number.NEGATIVE_INFINITY) > monotonic(),
    forget: (square) => void entries.delete(square),
  };
}
