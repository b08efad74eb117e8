/** How long to wait before dialling a neighbour again. */
const FIRST_DELAY_MS = 250;

/** For this long an outage is expected to end any moment: a returning square must be live within 5 s. */
export const EAGER_PERIOD_MS = 10 * 60_000;
const EAGER_MAX_DELAY_MS = 2_500;
const PATIENT_MAX_DELAY_MS = 30_000;

/** Delays vary by this much either way, so that a ring that fell together does not return together. */
const JITTER = 0.2;

/**
 * @param failures dials that failed since the link was last up
 * @param outageMs how long the link has been down
 * @param chance 0 ≤ chance < 1
 * @returns ms until the next dial; at most 3 s in the first ten minutes of an outage, 36 s later
 */
export function redialDelayMs(failures: number, outageMs: number, chance: number): number {
  const cap = outageMs < EAGER_PERIOD_MS ? EAGER_MAX_DELAY_MS : PATIENT_MAX_DELAY_MS;
  const base = Math.min(cap, FIRST_DELAY_MS * 2 ** Math.min(failures, 16));
  return base * (1 - JITTER + 2 * JITTER * chance);
}
