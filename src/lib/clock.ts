/** Everything of time that the square uses, injected so that tests own it. */
export interface Clock {
  /** Wall clock, ms since the epoch. Shown to people and stored; never used to order or to wait. */
  now(): number;
  /** Monotonic ms from an arbitrary start. */
  monotonic(): number;
  /** Runs once after `delayMs` ≥ 0. A timer never keeps the process alive. */
  setTimer(run: () => void, delayMs: number): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(run, delayMs) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
