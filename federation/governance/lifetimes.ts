/** How long the documents live (federation.md, "Ring documents"). */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** 13 months of 365 / 12 days, rounded up. */
export const CHARTER_LIFE_MS = 396 * DAY_MS;
export const MEMBERS_LIFE_MS = 90 * DAY_MS;
/** With less than this left, publishing makes a new version even when nothing is staged. */
export const MEMBERS_RENEWAL_MS = MEMBERS_LIFE_MS / 2;
export const BEAT_LIFE_MS = 72 * HOUR_MS;
/** Age at which a beat is renewed: five may fail before the last one has passed. */
export const BEAT_RENEWAL_MS = 12 * HOUR_MS;
