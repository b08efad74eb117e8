const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * ms since the epoch of an ISO 8601 UTC instant to the second, `2026-11-23T12:00:00Z`.
 * @returns undefined for any other spelling and for days that no calendar has
 */
export function instantMs(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) || formatInstant(ms) !== text ? undefined : ms;
}

/** The instant as documents write it; parts of a second are cut. */
export function formatInstant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Whether the instant is not in the future. Text that is no instant has passed. */
export function hasPassed(instant: string, now: number): boolean {
  const ms = instantMs(instant);
  return ms === undefined || ms <= now;
}
