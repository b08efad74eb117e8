/** A neighbour's head-count as it is written on a sign: no flicker, yet never more than three seconds late. */

/** An increase that follows a change this closely waits. */
const CALM_MS = 3_000;

export interface HeadCount {
  /** What the sign says; undefined while nothing is known. */
  shown: number | undefined;
  changedAt: number;
  known: number | undefined;
}

export function createHeadCount(): HeadCount {
  return { shown: undefined, changedAt: -Infinity, known: undefined };
}

/** Call when a count is heard of, and again after {@link waitMs}. */
export function updateHeadCount(head: HeadCount, known: number | undefined, nowMs: number): void {
  head.known = known;
  if (known === head.shown) return;
  const isIncrease = known !== undefined && head.shown !== undefined && known > head.shown;
  if (isIncrease && nowMs - head.changedAt < CALM_MS) return;
  head.shown = known;
  head.changedAt = nowMs;
}

/** Ms until a waiting increase may be shown, undefined when nothing waits. */
export function waitMs(head: HeadCount, nowMs: number): number | undefined {
  return head.known === head.shown ? undefined : Math.max(0, head.changedAt + CALM_MS - nowMs);
}

/** At most two digits. */
export function headCountText(count: number): string {
  return count > 99 ? '99+' : String(count);
}
