/** A frame waits this long at most for others to share its write (architecture.md, "How a frame travels"). */
export const GATHER_MAX_MS = 50;

/** Socket writes a second that go out at once, and how many in a row after a rest. */
export interface PaceOptions {
  readonly writesPerSecond: number;
  readonly burst: number;
}

/**
 * One scene writes at once up to this: 8 visitors who all walk at 5 Hz need 280 writes a second, 10 need 450. Each write
 * costs some 10 µs (docs/benchmarks.md), so a scene spends half a percent of a core on being immediate, then gathers.
 */
export const SCENE_PACE: PaceOptions = { writesPerSecond: 500, burst: 500 };

/** All scenes of a process together: about a twentieth of a core. */
export const HOST_PACE: PaceOptions = { writesPerSecond: 5_000, burst: 2_000 };

/**
 * Says when to write: at once while there is credit, later the more was written lately, and never later than
 * {@link GATHER_MAX_MS}. Credit comes back with time; a debt is never larger than what that wait repays.
 */
export class WritePace {
  readonly #perMs: number;
  readonly #burst: number;
  #credit: number;
  #at = 0;

  constructor({ writesPerSecond, burst }: PaceOptions) {
    this.#perMs = writesPerSecond / 1_000;
    this.#burst = burst;
    this.#credit = burst;
  }

  /** @param now monotonic ms; never goes back */
  spend(writes: number, now: number): void {
    this.#refill(now);
    this.#credit = Math.max(this.#credit - writes, -this.#perMs * GATHER_MAX_MS);
  }

  /** How long a write should wait from now on, ms; 0: write at once. */
  waitMs(now: number): number {
    this.#refill(now);
    return this.#credit > 0 ? 0 : Math.min(GATHER_MAX_MS, Math.ceil(-this.#credit / this.#perMs));
  }

  #refill(now: number): void {
    this.#credit = Math.min(this.#burst, this.#credit + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
