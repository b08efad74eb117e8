/** Events counted since the first of them; begins anew when the window is over (wire protocol section 11). */
export interface FixedWindow {
  openedAt: number;
  count: number;
}

/** A window that the next event opens. */
export function newWindow(): FixedWindow {
  return { openedAt: Number.NEGATIVE_INFINITY, count: 0 };
}

/** Counts one event. @returns how many there are in this window now, this one included */
export function countEvent(window: FixedWindow, lengthMs: number, now: number): number {
  if (now - window.openedAt >= lengthMs) {
    window.openedAt = now;
    window.count = 0;
  }
  window.count += 1;
  return window.count;
}

/** Counts one event unless the budget is used up. @returns whether it was within the budget */
export function spend(window: FixedWindow, limit: number, lengthMs: number, now: number): boolean {
  if (now - window.openedAt < lengthMs && window.count >= limit) return false;
  return countEvent(window, lengthMs, now) <= limit;
}
