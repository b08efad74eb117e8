/** One visitor, several tabs: what each tab says, and what the visitor is then (wire protocol sections 4, 6 and 7). */
import type { ServerFrame } from '../protocol/frames.ts';
import { RECONNECT_GRACE_MS, type Side } from '../protocol/limits.ts';
import { ROSTER_CHANGED, tell, tellAbout } from './delivery.ts';
import { leaveFootprints } from './footprints.ts';
import { noteAttention } from './idling.ts';
import { maySpendState } from './limiting.ts';
import type { Actor, SceneState, Turn } from './state.ts';
import type { ConnectionId } from './types.ts';
import type { Visitor } from './visitor.ts';

/** For so long after a passage a closed page means "walked out", not "will be back". */
const DEPARTURE_MS = 10_000;

/** Recomputes what a visitor's tabs amount to. A visitor without sockets keeps their last flags. */
export function aggregateTabs(visitor: Visitor): void {
  if (visitor.connections.size === 0) return;
  const tabs = [...visitor.connections];
  visitor.isReadingActive = tabs.some((tab) => tab.isReadingActive);
  visitor.isWidgetVisible = tabs.some((tab) => tab.isWidgetVisible);
}

export function readingFrame(visitor: Visitor): Extract<ServerFrame, { type: 'reading' }> {
  return {
    type: 'reading',
    id: visitor.id,
    readingLabel: visitor.readingLabel,
    readingUrl: visitor.readingUrl,
    readingActive: visitor.isReadingActive,
    widgetVisible: visitor.isWidgetVisible,
  };
}

/** A tab begins or ends typing; told only when that changes whether the visitor types in any tab. */
export function setTyping(state: SceneState, { connection, visitor }: Actor, isTyping: boolean, turn: Turn): void {
  connection.isTyping = isTyping;
  const isAny = isTypingInAnyTab(visitor);
  if (isAny === visitor.isTyping || !maySpendState(state, connection, turn)) return;
  visitor.isTyping = isAny;
  turn.effects.push(tell({ type: 'typing', id: visitor.id, typing: isAny }, visitor, connection));
}

/** A socket has ended, however it ended: the one place that reclaims what it held. */
export function closeConnection(state: SceneState, id: ConnectionId, turn: Turn): void {
  const connection = state.roster.connection(id);
  if (connection === undefined) return;
  state.roster.forget(connection);
  state.pendingMoves.delete(connection);
  state.unjoined.delete(connection);
  const { visitor } = connection;
  if (visitor === undefined) return;
  visitor.connections.delete(connection);
  const departing = visitor.departing;
  if (visitor.connections.size === 0 && departing !== undefined && turn.now <= departing.untilAt) {
    return leave(state, visitor, turn, departing.side);
  }
  if (visitor.isTyping && !isTypingInAnyTab(visitor)) {
    visitor.isTyping = false;
    turn.effects.push(tellAbout(visitor, { type: 'typing', id: visitor.id, typing: false }));
  }
  // A guest's home says when they are gone; there is nobody who might come back.
  if (visitor.connections.size === 0 && (visitor.isSentAway || visitor.isGuest)) return leave(state, visitor, turn);
  if (visitor.connections.size === 0) {
    const early = state.roster.beginGrace(visitor, turn.now + RECONNECT_GRACE_MS);
    turn.effects.push(ROSTER_CHANGED);
    if (early !== undefined) leave(state, early, turn);
    return;
  }
  const { isReadingActive, isWidgetVisible } = visitor;
  aggregateTabs(visitor);
  noteAttention(visitor, turn);
  if (visitor.isReadingActive !== isReadingActive || visitor.isWidgetVisible !== isWidgetVisible) {
    turn.effects.push(tellAbout(visitor, readingFrame(visitor)));
  }
}

/** The visitor was given a passage: a close soon after is a leave, not a blink. */
export function beginDeparture({ visitor }: Actor, side: Side, turn: Turn): void {
  visitor.departing = { side, untilAt: turn.now + DEPARTURE_MS };
}

/** Everybody whose grace has ended leaves. */
export function endGraces(state: SceneState, turn: Turn): void {
  for (const visitor of state.roster.graceEnded(turn.now)) leave(state, visitor, turn);
}

function leave(state: SceneState, visitor: Visitor, turn: Turn, toward?: Side): void {
  leaveFootprints(state, visitor, turn, toward);
  state.roster.remove(visitor);
  state.unconfirmed.delete(visitor);
  const { id } = visitor;
  const frame = { type: 'leave', id, ...(toward !== undefined && { toward }) } as const;
  turn.effects.push(tellAbout(visitor, frame), ROSTER_CHANGED);
}

function isTypingInAnyTab(visitor: Visitor): boolean {
  return [...visitor.connections].some((tab) => tab.isTyping);
}
