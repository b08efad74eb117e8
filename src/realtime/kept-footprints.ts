import type { Clock } from '../lib/clock.ts';
import { FOOTPRINTS_MS, type FootprintMemory, type Footprints } from '../scene/footprint-memory.ts';

/** Streets whose footprints are remembered; of more the oldest are forgotten. A hundred bytes each. */
const STREETS_MAX = 10_000;

/**
 * The last footprints of every street of this process, for an hour, in memory only. Nothing sweeps it: what is too old is
 * dropped from the front whenever somebody leaves anywhere.
 */
export class KeptFootprints {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** In the order in which they were left. */
  readonly #streets = new Map<string, Footprints>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
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
        return prints !== undefined && this.#isFresh(prints) ? prints : undefined;
      },
      keep: (prints) => {
        this.#streets.delete(sceneKey);
        this.#streets.set(sceneKey, prints);
        for (const [key, oldest] of this.#streets) {
          if (this.#streets.size <= STREETS_MAX && this.#isFresh(oldest)) break;
          this.#streets.delete(key);
        }
      },
    };
  }

  #isFresh({ leftAt }: Footprints): boolean {
    return this.#clock.monotonic() - leftAt < FOOTPRINTS_MS;
  }
}
