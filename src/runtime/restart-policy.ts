/** Restarts without a pause: this many in this time. */
export const RESTARTS_MAX = 5;
export const RESTART_WINDOW_MS = 60_000;

/** Then the shard rests, each time twice as long. */
const HOLD_FIRST_MS = 10_000;
const HOLD_MAX_MS = 300_000;

/**
 * When a process that ended is started again: at once, at most 5 times in 60 s; then after a rest of 10 s, 20 s … 5 min.
 * A process that ran for a minute after a rest begins with a clean record. Pure but for what it remembers, at most five
 * times.
 */
export class RestartPolicy {
  #restarts: number[] = [];
  #holds = 0;
  #heldUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param now monotonic ms of the exit
   * @returns ms to wait; 0: at once
   */
  delayAfterExit(now: number): number {
    this.#restarts = this.#restarts.filter((at) => at > now - RESTART_WINDOW_MS);
    if (this.#holds > 0 && now - this.#heldUntil >= RESTART_WINDOW_MS) this.#holds = 0;
    if (this.#holds === 0 && this.#restarts.length < RESTARTS_MAX) {
      this.#restarts.push(now);
      return 0;
    }
    const delayMs = Math.min(HOLD_MAX_MS, HOLD_FIRST_MS * 2 ** this.#holds);
    this.#holds += 1;
    this.#heldUntil = now + delayMs;
    return delayMs;
  }
}
