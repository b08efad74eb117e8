/** Time and chance as the federation uses them when nobody injects others. */
import { randomBytes } from 'node:crypto';
import type { Clock, RandomBytes } from './types.ts';

/** Timers of this clock never keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(run, delayMs) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

export const systemRandomBytes: RandomBytes = (length) => new Uint8Array(randomBytes(length));

/** A number in 0 ≤ n < 1 out of four random bytes: for jitter, never for secrets. */
export function randomFraction(random: RandomBytes): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32;
}
