import { z } from 'zod';
import { siteCheckSchema, type SiteCheck } from './site-check.ts';

/** How a site has fared in the looks that this square took at it. */
export const careRecordSchema = z.strictObject({
  /** ms since the epoch, of the last look. */
  checkedAt: z.number(),
  found: siteCheckSchema.shape.found,
  /** Of the first failure in a row; null while all is well. */
  failingSince: z.number().nullable(),
  /** Failures in a row; a time-out counts half, since it is as often the way there that is to blame. */
  failures: z.number(),
  isAsleep: z.boolean(),
});
export type CareRecord = z.infer<typeof careRecordSchema>;

/** What the operator is told, once each. */
export type CareNews = 'failing' | 'asleep' | 'awake' | 'well';

/** Asleep after so many failures … */
export const FAILURES_TO_SLEEP = 3;
/** … over at least so long (federation.md, "Care"). */
export const FAILING_TO_SLEEP_MS = 72 * 60 * 60_000;
const TIMEOUT_WEIGHT = 0.5;

/** The record after one more look. A sleeping site is skipped, never forgotten, and the first good look wakes it. Pure. */
export function afterLook(
  before: CareRecord | undefined,
  { isGood, found }: SiteCheck,
  now: number,
): { readonly record: CareRecord; readonly news: CareNews | undefined } {
  const wasAsleep = before?.isAsleep ?? false;
  const failingBefore = before?.failingSince ?? null;
  if (isGood) {
    const record = { checkedAt: now, found, failingSince: null, failures: 0, isAsleep: false };
    if (wasAsleep) return { record, news: 'awake' };
    return { record, news: failingBefore === null ? undefined : 'well' };
  }
  const failingSince = failingBefore ?? now;
  const failures = (before?.failures ?? 0) + (found === 'timeout' ? TIMEOUT_WEIGHT : 1);
  const isAsleep = wasAsleep || (failures >= FAILURES_TO_SLEEP && now - failingSince >= FAILING_TO_SLEEP_MS);
  const record = { checkedAt: now, found, failingSince, failures, isAsleep };
  if (isAsleep && !wasAsleep) return { record, news: 'asleep' };
  return { record, news: failingBefore === null ? 'failing' : undefined };
}
