import type { Clock } from '../lib/clock.ts';

/**
 * Addresses that are out of a scene for a while. Bounded: beyond its size the one that has been out longest is forgotten.
 * All last equally long, so they end in the order in which they began.
 */
export class Quarantines {
  readonly #clock: Clock;
  readonly #max: number;
  /** Until when, by the clock. */
  readonly #until = new Map<string, number>();

  /** @param max pairs of scene and address, at least 1 */
  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  get size(): number {
    return this.#until.size;
  }

  add(sceneKey: string, address: string, forMs: number): void {
    this.sweep();
    const key = keyOf(sceneKey, address);
    this.#until.delete(key);
    this.#until.set(key, this.#clock.monotonic() + forMs);
    for (const oldest of this.#until.keys()) {
      if (this.#until.size <= this.#max) break;
      this.#until.delete(oldest);
    }
  }

  has(sceneKey: string, address: string): boolean {
    if (this.#until.size === 0) return false;
    const until = this.#until.get(keyOf(sceneKey, address));
    return until !== undefined && until > this.#clock.monotonic();
  }

  /** Forgets those that are over. */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [key, until] of this.#until) {
      if (until > now) return;
      this.#until.delete(key);
    }
  }

  clear(): void {
    this.#until.clear();
  }
}

/** Neither a scene key nor an address holds a line break. */
export function keyOf(sceneKey: string, address: string): string {
  return `${sceneKey}\n${address}`;
}
