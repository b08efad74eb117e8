/** Visitors of this scene whose strip is in another square's: their place is kept, and they are who they were. */
import { WALK_MAX, WALK_MIN, type Side } from '../protocol/limits.ts';
import { standUp } from './acting.ts';
import { ROSTER_CHANGED, tellStrangers } from './delivery.ts';
import { leaveFootprints } from './footprints.ts';
import { noteActivity } from './idling.ts';
import type { Actor, SceneState, Turn } from './state.ts';
import { visitorView } from './views.ts';
import { isUnseen, type Visitor } from './visitor.ts';
import { welcome } from './welcoming.ts';

/** For so long somebody who comes home stands where they stood; after that at the end they left by (federation.md). */
const PLACE_KEPT_MS = 60_000;

/** All tabs of the visitor are elsewhere from here on. Everybody else sees them walk out. */
export function walkOut(state: SceneState, { visitor }: Actor, side: Side, turn: Turn): void {
  if (visitor.away !== undefined) return;
  for (const tab of visitor.connections) {
    tab.pendingX = undefined;
    state.pendingMoves.delete(tab);
    tab.isTyping = false;
  }
  visitor.isTyping = false;
  standUp(visitor);
  leaveFootprints(state, visitor, turn, side);
  const frame = { type: 'leave', id: visitor.id, toward: side } as const;
  if (!isUnseen(visitor)) turn.effects.push(tellStrangers(state.roster.connections, visitor, frame));
  turn.effects.push(ROSTER_CHANGED);
  visitor.away = { side, sinceAt: turn.now };
}

/** Their tabs are told where they are, everybody else that they came. */
export function comeHome(state: SceneState, visitor: Visitor, turn: Turn): void {
  if (visitor.away === undefined) return;
  showAgain(state, visitor, turn);
  noteActivity(visitor, turn);
  for (const tab of visitor.connections) welcome(state, tab, visitor, undefined, turn);
}

/** Ends an absence, if there is one. */
export function showAgain(state: SceneState, visitor: Visitor, turn: Turn): void {
  const { away } = visitor;
  if (away === undefined) return;
  visitor.away = undefined;
  if (turn.now - away.sinceAt > PLACE_KEPT_MS) visitor.x = away.side === 'left' ? WALK_MIN : WALK_MAX;
  turn.effects.push(ROSTER_CHANGED);
  if (isUnseen(visitor)) return;
  turn.effects.push(
    tellStrangers(state.roster.connections, visitor, { type: 'join', peer: visitorView(state, visitor) }),
  );
}
