import type { Clock, Timer } from './clock.ts';

/**
 * Gathers keys and hands each on at most once per interval: at once after a quiet time, then all that gathered meanwhile.
 * One timer, none while nothing changes. Holds no more than there are keys.
 */
export class Gathering {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #onDue: (keys: readonly string[]) => void;
  readonly #keys = new Set<string>();
  #timer: Timer | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, intervalMs: number, onDue: (keys: readonly string[]) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#onDue = onDue;
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#timer !== undefined) return;
    // Never within the caller's own turn: what it is changing may not be whole yet.
    const waitMs = Math.max(0, Math.ceil(this.#lastAt + this.#intervalMs - this.#clock.monotonic()));
    this.#timer = this.#clock.setTimer(() => this.flush(), waitMs);
  }

  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#lastAt = this.#clock.monotonic();
    const keys = [...this.#keys];
    this.#keys.clear();
    if (keys.length > 0) this.#onDue(keys);
  }
}
