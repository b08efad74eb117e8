import { hasPassed } from './time.ts';

/** How long the documents live (federation.md, "Ring documents"). */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** 13 months of 365 / 12 days, rounded up. */
export const CHARTER_LIFE_MS = 396 * DAY_MS;
export const MEMBERS_LIFE_MS = 90 * DAY_MS;
/** With less than this left, a list is signed anew although nothing in it changes. */
export const MEMBERS_RENEWAL_MS = MEMBERS_LIFE_MS / 2;
/** With less than this left, the renewal has failed for weeks: operators are told. */
export const MEMBERS_WARNING_MS = 30 * DAY_MS;
/** A charter needs people: they are told two months ahead. */
export const CHARTER_WARNING_MS = 60 * DAY_MS;
export const BEAT_LIFE_MS = 72 * HOUR_MS;
/** Age at which a beat is renewed: five may fail before the last one has passed. */
export const BEAT_RENEWAL_MS = 12 * HOUR_MS;
/**
 * How much longer than its life a document may still last when it arrives. A longer one was made to keep a ring frozen on
 * it, or the clock here is behind by as much.
 */
export const CLOCK_GRACE_MS = DAY_MS;

/** Whether it lasts longer than its kind may from now on. @param lifeMs of its kind */
export function lastsTooLong(expires: string, lifeMs: number, now: number): boolean {
  return !hasPassed(expires, now + lifeMs + CLOCK_GRACE_MS);
}
