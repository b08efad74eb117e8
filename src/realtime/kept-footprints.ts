import type { Clock, Timer } from '../lib/clock.ts';
import { FOOTPRINTS_MS, type FootprintMemory, type Footprints } from '../scene/footprint-memory.ts';

/** Streets whose footprints are remembered; of more the oldest are forgotten. A hundred bytes each. */
const STREETS_MAX = 10_000;

/** The last footprints of every street of this process, for an hour, in memory only. One timer, for the oldest. */
export class KeptFootprints {
  readonly #clock: Pick<Clock, 'monotonic' | 'setTimer'>;
  /** In the order in which they were left. */
  readonly #streets = new Map<string, Footprints>();
  #timer: Timer | undefined;

  constructor(clock: Pick<Clock, 'monotonic' | 'setTimer'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#streets.size;
  }

  /** The memory of one scene. */
  of(sceneKey: string): FootprintMemory {
    return {
      recall: () => {
        const prints = this.#streets.get(sceneKey);
        return prints !== undefined && this.#freshForMs(prints) > 0 ? prints : undefined;
      },
      keep: (prints) => {
        this.#streets.delete(sceneKey);
        this.#streets.set(sceneKey, prints);
        this.#forget();
      },
    };
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** What is too old, and the oldest of too many. */
  #forget(): void {
    for (const [key, oldest] of this.#streets) {
      const freshForMs = this.#freshForMs(oldest);
      if (this.#streets.size <= STREETS_MAX && freshForMs > 0) {
        this.#timer ??= this.#clock.setTimer(() => {
          this.#timer = undefined;
          this.#forget();
        }, freshForMs);
        return;
      }
      this.#streets.delete(key);
    }
  }

  #freshForMs({ leftAt }: Footprints): number {
    return leftAt + FOOTPRINTS_MS - this.#clock.monotonic();
  }
}
