/**
 * When a site is sampled and when what was sampled is published. Pure: time comes in as numbers.
 * The rules: a change after a quiet second goes out at once, then at most two changes a second while things move, and every
 * 5 s ± 20 % when nothing does. Whoever was published as walking is looked at again until they stand.
 */

/** Shortest time between two samples that are not refreshes, hence between two changes. */
export const SAMPLE_GAP_MS = 500;
export const REFRESH_MS = 5_000;
const REFRESH_JITTER = 0.2;

export interface Cadence {
  /** Monotonic time of the last sample; undefined before the first. A refresh that found nothing new does not count. */
  readonly sampledAtMs: number | undefined;
  readonly refreshAtMs: number;
  /** Something may have changed since the last sample. */
  readonly isTouched: boolean;
  /** Somebody was walking in the last sample. */
  readonly isMoving: boolean;
}

export const INITIAL_CADENCE: Cadence = {
  sampledAtMs: undefined,
  refreshAtMs: Number.NEGATIVE_INFINITY,
  isTouched: true,
  isMoving: false,
};

export function touched(cadence: Cadence): Cadence {
  return cadence.isTouched ? cadence : { ...cadence, isTouched: true };
}

/** The monotonic time at which to sample next; in the past when that is now. */
export function nextSampleAtMs(cadence: Cadence): number {
  if (cadence.sampledAtMs === undefined) return Number.NEGATIVE_INFINITY;
  const soonest = cadence.sampledAtMs + SAMPLE_GAP_MS;
  // A refresh is at least 4 s after the last summary: it waits for no sample in between that found nothing new.
  return cadence.isTouched || cadence.isMoving ? Math.min(soonest, cadence.refreshAtMs) : cadence.refreshAtMs;
}

/**
 * Takes a sample into account.
 * @param sample.hasChanged it differs from what was last published
 * @param chance 0 ≤ chance < 1, for the jitter of the next refresh
 */
export function sampled(
  cadence: Cadence,
  nowMs: number,
  sample: { readonly hasChanged: boolean; readonly isMoving: boolean },
  chance: number,
): { readonly cadence: Cadence; readonly publish: boolean } {
  const publish = sample.hasChanged || nowMs >= cadence.refreshAtMs;
  const refreshAtMs = publish
    ? nowMs + REFRESH_MS * (1 - REFRESH_JITTER + 2 * REFRESH_JITTER * chance)
    : cadence.refreshAtMs;
  // Repeating what is known makes nobody wait who comes right after.
  const wasRefresh = cadence.sampledAtMs !== undefined && !cadence.isTouched && !cadence.isMoving && !sample.hasChanged;
  const sampledAtMs = wasRefresh ? cadence.sampledAtMs : nowMs;
  return { publish, cadence: { sampledAtMs, refreshAtMs, isTouched: false, isMoving: sample.isMoving } };
}
