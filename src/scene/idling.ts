/** Who is there without being there: visitors who do nothing for long, and sockets that never join (sections 6 and 16). */
import { CLOSE } from '../protocol/close-codes.ts';
import type { SceneState, Turn } from './state.ts';
import type { SceneConnection, Visitor } from './visitor.ts';

/** Something a visitor does, as opposed to something that happens to them. */
export function noteActivity(visitor: Visitor, { now }: Turn): void {
  visitor.activeAt = now;
}

/** Keeps the time since when none of a visitor's tabs is looked at. Called after every change of the aggregate. */
export function noteAttention(visitor: Visitor, { now }: Turn): void {
  if (visitor.isReadingActive) visitor.awayAt = undefined;
  else visitor.awayAt ??= now;
}

/** Somebody came: the scene has to look for idlers one day. Nobody can be due before the check that is set already. */
export function watchForIdlers(state: SceneState, { now }: Turn): void {
  const { inactiveMs } = state.tuning;
  if (inactiveMs > 0) state.idleCheckAt ??= now + inactiveMs;
}

/** Sends away everybody who has been idle for too long, and sets the next look. */
export function sendIdlersAway(state: SceneState, turn: Turn): void {
  if (state.idleCheckAt === undefined || state.idleCheckAt > turn.now) return;
  const { inactiveMs, inactiveCheckMs } = state.tuning;
  let nextAt: number | undefined;
  for (const visitor of state.roster.visitors) {
    // Whoever is away idles elsewhere.
    if (visitor.connections.size === 0 || visitor.isSentAway || visitor.away !== undefined) continue;
    const dueAt = Math.min(visitor.activeAt, visitor.awayAt ?? visitor.activeAt) + inactiveMs;
    if (dueAt <= turn.now) sendAway(visitor, turn);
    else if (nextAt === undefined || dueAt < nextAt) nextAt = dueAt;
  }
  // Whoever is in grace may come back without being new, and was active when they went.
  if (nextAt === undefined && state.roster.visitorCount > 0) nextAt = turn.now + inactiveMs;
  state.idleCheckAt = nextAt === undefined ? undefined : Math.max(nextAt, turn.now + inactiveCheckMs);
}

/** A socket opened: it has so long to join. */
export function awaitInit(state: SceneState, connection: SceneConnection): void {
  if (state.tuning.initTimeoutMs > 0) state.unjoined.add(connection);
}

/** When the first socket that has not joined is closed. */
export function nextInitTimeoutAt({ unjoined, tuning }: SceneState): number | undefined {
  for (const { openedAt } of unjoined) return openedAt + tuning.initTimeoutMs;
  return undefined;
}

export function closeUnjoined(state: SceneState, turn: Turn): void {
  for (const connection of state.unjoined) {
    if (connection.openedAt + state.tuning.initTimeoutMs > turn.now) return;
    state.unjoined.delete(connection);
    // Given back to its visitor from a snapshot, without an `init`.
    if (connection.visitor !== undefined || connection.isWatching) continue;
    turn.effects.push({ kind: 'close', to: connection.id, reason: CLOSE.neverJoined });
  }
}

function sendAway(visitor: Visitor, turn: Turn): void {
  visitor.isSentAway = true;
  for (const { id } of visitor.connections) turn.effects.push({ kind: 'close', to: id, reason: CLOSE.inactive });
}
