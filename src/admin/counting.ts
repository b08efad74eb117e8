/** What visitors do, as it is counted for good. */
import { THROW_AWAY_PREFIX } from '../scene/text.ts';
import type { SceneEffect } from '../scene/types.ts';
import type { Store } from '../store/store.ts';

type Visit = Extract<SceneEffect, { kind: 'visit-confirmed' | 'visit-page' }>;

/** @returns whether it is the site's first visit ever, which verifies it */
export function countVisit(store: Store, siteKey: string, visit: Visit, now: number): boolean {
  if (store.find(siteKey) === undefined) return false;
  const { verifiedAt } = store.figures.of(siteKey);
  const page = visit.page === '' ? {} : { lastSeenUrl: visit.page };
  if (visit.kind === 'visit-page') {
    store.figures.change(siteKey, page);
    return false;
  }
  store.figures.change(siteKey, { verifiedAt: verifiedAt ?? now, lastSeenAt: now, ...page });
  if (!visit.browserId.startsWith(THROW_AWAY_PREFIX)) store.days.noteVisit(siteKey, visit.browserId, now);
  return verifiedAt === null;
}

export function countLines(
  store: Store,
  siteKey: string,
  { count, lastAt }: { readonly count: number; readonly lastAt: number },
): void {
  if (store.find(siteKey) === undefined) return;
  store.figures.change(siteKey, {
    messageCount: store.figures.of(siteKey).messageCount + count,
    lastMessageAt: lastAt,
  });
  store.days.noteMessages(siteKey, count, lastAt);
}
