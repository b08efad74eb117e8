import type { Clock, Timer } from './clock.ts';

/** Timers by purpose: setting one again moves it, and all end together. */
export class Timers {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(purpose: string, delayMs: number, run: () => void): void {
    this.end(purpose);
    this.#timers.set(
      purpose,
      this.#clock.setTimer(() => {
        this.#timers.delete(purpose);
        run();
      }, delayMs),
    );
  }

  has(purpose: string): boolean {
    return this.#timers.has(purpose);
  }

  end(purpose: string): void {
    this.#timers.get(purpose)?.cancel();
    this.#timers.delete(purpose);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
