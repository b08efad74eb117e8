/** Which visits count: those that last (wire protocol section 6, "Visit confirmation"). Hosted sites only. */
import { pluginsSeeJoin } from './plugging.ts';
import type { SceneState, Turn } from './state.ts';
import type { Visitor } from './visitor.ts';

/** Longest page address remembered, in UTF-16 units. */
const PAGE_MAX_UNITS = 512;

/** An identity joined for the first time; in some seconds its visit counts. */
export function beginVisit(state: SceneState, visitor: Visitor): void {
  if (state.rules.hosted !== undefined && Number.isFinite(state.tuning.minVisitMs)) state.unconfirmed.add(visitor);
}

/** When the first visit is to be confirmed. */
export function nextVisitAt({ unconfirmed, tuning }: SceneState): number | undefined {
  for (const { joinedAt } of unconfirmed) return joinedAt + tuning.minVisitMs;
  return undefined;
}

/** Confirms the visits of those who are still there. Who has no socket at that moment had none. */
export function confirmVisits(state: SceneState, turn: Turn): void {
  for (const visitor of state.unconfirmed) {
    if (visitor.joinedAt + state.tuning.minVisitMs > turn.now) return;
    state.unconfirmed.delete(visitor);
    if (visitor.connections.size === 0) continue;
    visitor.isVisitConfirmed = true;
    pluginsSeeJoin(state, visitor, turn);
    turn.effects.push({
      kind: 'visit-confirmed',
      visitor: visitor.id,
      browserId: visitor.key,
      page: pageOf(visitor.readingUrl),
      isHidden: visitor.isHidden,
    });
  }
}

/** The visitor of a confirmed visit went to another page. */
export function notePage(visitor: Visitor, turn: Turn): void {
  const page = pageOf(visitor.readingUrl);
  if (visitor.isVisitConfirmed && page !== '') turn.effects.push({ kind: 'visit-page', visitor: visitor.id, page });
}

/** Origin and path: what stands after them is between a reader and the page. */
function pageOf(readingUrl: string): string {
  const url = URL.parse(readingUrl);
  return url === null ? '' : `${url.origin}${url.pathname}`.slice(0, PAGE_MAX_UNITS);
}
