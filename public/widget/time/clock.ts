/** Time as the widget uses it, injected so that tests own it. */
export interface Clock {
  /** Monotonic ms from an arbitrary start. */
  now(): number;
  /** Runs once after `delayMs` ≥ 0. */
  setTimer(run: () => void, delayMs: number): Timer;
}

export interface Timer {
  cancel(): void;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  setTimer(run, delayMs) {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
