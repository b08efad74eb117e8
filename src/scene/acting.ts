/** What a joined visitor does with their body: walk, sit down, make a gesture (wire protocol section 4). */
import {
  ACTION_THROTTLE_MS,
  ACTIONS,
  HAND_RAISED_MS,
  HIGH_FIVE_DISTANCE,
  MOVE_THROTTLE_MS,
} from '../protocol/limits.ts';
import { PROP_RULES } from '../protocol/scene-kit.ts';
import { ROSTER_CHANGED, tell, tellAll } from './delivery.ts';
import { WALKING_MS } from './presence.ts';
import { nearestFreeSeat } from './seats.ts';
import { unsettlePresence, type Actor, type SceneState, type Turn } from './state.ts';
import { moveView, type SceneConnection, type Visitor } from './visitor.ts';

/** Two decimals subtracted in binary may miss the inclusive high-five distance by less than this. */
const ROUNDING = 1e-9;

/** A move inside the throttle waits for its end, and the newest that waits wins: the last step is never lost. */
export function move(state: SceneState, { connection, visitor }: Actor, x: number, turn: Turn): void {
  if (turn.now < connection.lastMoveAt + MOVE_THROTTLE_MS) {
    connection.pendingX = x;
    state.pendingMoves.add(connection);
    return;
  }
  acceptMove(state, connection, visitor, x, turn);
}

/** Applies the moves whose throttle has passed. */
export function flushMoves(state: SceneState, turn: Turn): void {
  for (const connection of state.pendingMoves) {
    const { visitor, pendingX } = connection;
    if (turn.now < connection.lastMoveAt + MOVE_THROTTLE_MS) continue;
    if (visitor === undefined || pendingX === undefined) dropPendingMove(state, connection);
    else acceptMove(state, connection, visitor, pendingX, turn);
  }
}

/** When the first of the waiting moves is due. */
export function nextMoveAt(state: SceneState): number | undefined {
  let at: number | undefined;
  for (const { lastMoveAt } of state.pendingMoves) {
    const dueAt = lastMoveAt + MOVE_THROTTLE_MS;
    if (at === undefined || dueAt < at) at = dueAt;
  }
  return at;
}

export function settle(state: SceneState, { connection, visitor }: Actor, propId: string, turn: Turn): void {
  const prop = (connection.ownProps ?? state.props).find(({ id }) => id === propId);
  if (prop === undefined) return;
  const seatX = nearestFreeSeat(prop, visitor.x, othersThan(state, visitor));
  if (seatX === undefined) return;
  dropPendingMove(state, connection);
  visitor.x = seatX;
  visitor.pose = PROP_RULES[prop.kind].pose;
  visitor.propId = prop.id;
  // To the sender too: the widget sits down on this echo.
  turn.effects.push(tellAll({ type: 'move', ...moveView(visitor) }), ROSTER_CHANGED);
}

export function act(
  state: SceneState,
  { connection, visitor }: Actor,
  verb: string,
  targetId: number | undefined,
  turn: Turn,
): void {
  const action = ACTIONS.find((known) => known === verb);
  if (action === undefined || turn.now - connection.lastActionAt < ACTION_THROTTLE_MS) return;
  const { id } = visitor;
  if (action === 'high-five') {
    const target = targetId === undefined ? undefined : state.roster.visitor(targetId);
    if (target === undefined || target === visitor) return;
    if (Math.abs(target.x - visitor.x) > HIGH_FIVE_DISTANCE + ROUNDING) return;
    standUp(target);
    lowerHand(target);
    lowerHand(visitor);
    turn.effects.push(tell({ type: 'action', id, action, targetId: target.id }, connection));
  } else {
    if (action === 'raise-hand') {
      visitor.handRaisedAt = turn.now;
      unsettlePresence(state, turn.now + HAND_RAISED_MS);
    }
    turn.effects.push(tell({ type: 'action', id, action }, connection));
  }
  connection.lastActionAt = turn.now;
  // Without a `move`: clients clear the pose when they see the gesture.
  standUp(visitor);
  turn.effects.push(ROSTER_CHANGED);
}

function acceptMove(state: SceneState, connection: SceneConnection, visitor: Visitor, x: number, turn: Turn): void {
  dropPendingMove(state, connection);
  connection.lastMoveAt = turn.now;
  visitor.lastMoveAt = turn.now;
  visitor.x = x;
  standUp(visitor);
  unsettlePresence(state, turn.now + WALKING_MS);
  turn.effects.push(tell({ type: 'move', ...moveView(visitor) }, connection), ROSTER_CHANGED);
}

function dropPendingMove(state: SceneState, connection: SceneConnection): void {
  connection.pendingX = undefined;
  state.pendingMoves.delete(connection);
}

function standUp(visitor: Visitor): void {
  visitor.pose = null;
  visitor.propId = null;
}

function lowerHand(visitor: Visitor): void {
  visitor.handRaisedAt = Number.NEGATIVE_INFINITY;
}

function* othersThan(state: SceneState, self: Visitor): Iterable<Visitor> {
  for (const visitor of state.roster.visitors) if (visitor !== self) yield visitor;
}
