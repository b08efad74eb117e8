/** What a joined visitor does with their body: walk, sit down, make a gesture (wire protocol section 4). */
import {
  ACTION_THROTTLE_MS,
  ACTIONS,
  HAND_RAISED_MS,
  HIGH_FIVE_DISTANCE,
  MOVE_THROTTLE_MS,
} from '../protocol/limits.ts';
import { PROP_RULES } from '../protocol/scene-kit.ts';
import { ROSTER_CHANGED, tell, tellAbout, tellAll } from './delivery.ts';
import { noteActivity } from './idling.ts';
import { mayGesture, maySpendState } from './limiting.ts';
import { pluginsSeeMove } from './plugging.ts';
import { WALKING_MS } from './presence.ts';
import { nearestFreeSeat } from './seats.ts';
import { unsettlePresence, type Actor, type SceneState, type Turn } from './state.ts';
import { moveView } from './views.ts';
import type { SceneConnection, Visitor } from './visitor.ts';

/** Two decimals subtracted in binary may miss the inclusive high-five distance by less than this. */
const ROUNDING = 1e-9;

/** A move inside the throttle waits for its end, and the newest that waits wins: the last step is never lost. */
export function move(state: SceneState, { connection, visitor }: Actor, x: number, turn: Turn): void {
  if (turn.now < visitor.lastMoveAt + MOVE_THROTTLE_MS) {
    // One visitor, one place: what another tab of theirs still wanted is older.
    for (const tab of visitor.connections) dropPendingMove(state, tab);
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
    if (visitor === undefined || pendingX === undefined) dropPendingMove(state, connection);
    else if (turn.now < visitor.lastMoveAt + MOVE_THROTTLE_MS) continue;
    else acceptMove(state, connection, visitor, pendingX, turn);
  }
}

/** When the first of the waiting moves is due. */
export function nextMoveAt(state: SceneState): number | undefined {
  let at: number | undefined;
  for (const { visitor } of state.pendingMoves) {
    const dueAt = (visitor?.lastMoveAt ?? Number.NEGATIVE_INFINITY) + MOVE_THROTTLE_MS;
    if (at === undefined || dueAt < at) at = dueAt;
  }
  return at;
}

export function settle(state: SceneState, { connection, visitor }: Actor, propId: string, turn: Turn): void {
  const prop = (connection.ownProps ?? state.props).find(({ id }) => id === propId);
  if (prop === undefined) return;
  const seatX = nearestFreeSeat(prop, visitor.x, othersThan(state, visitor));
  if (seatX === undefined || !maySpendState(state, connection, turn)) return;
  dropPendingMove(state, connection);
  visitor.x = seatX;
  visitor.pose = PROP_RULES[prop.kind].pose;
  visitor.propId = prop.id;
  noteActivity(visitor, turn);
  // To the sender too: the widget sits down on this echo.
  turn.effects.push(tellAbout(visitor, { type: 'move', ...moveView(visitor) }), ROSTER_CHANGED);
}

export function act(
  state: SceneState,
  { connection, visitor }: Actor,
  verb: string,
  targetId: number | undefined,
  turn: Turn,
): void {
  const action = ACTIONS.find((known) => known === verb);
  if (action === undefined || turn.now - visitor.lastActionAt < ACTION_THROTTLE_MS) return;
  const { id } = visitor;
  if (action === 'high-five') {
    const target = targetId === undefined ? undefined : state.roster.visitor(targetId);
    if (target === undefined || target === visitor || target.away !== undefined) return;
    if (Math.abs(target.x - visitor.x) > HIGH_FIVE_DISTANCE + ROUNDING) return;
    if (!mayGesture(state, { connection, visitor }, action, turn)) return;
    standUp(target);
    lowerHand(target);
    lowerHand(visitor);
    turn.effects.push(tell({ type: 'action', id, action, targetId: target.id }, visitor, connection));
  } else {
    if (!mayGesture(state, { connection, visitor }, action, turn)) return;
    if (action === 'raise-hand') {
      visitor.handRaisedAt = turn.now;
      unsettlePresence(state, turn.now + HAND_RAISED_MS);
    }
    turn.effects.push(tell({ type: 'action', id, action }, visitor, connection));
  }
  visitor.lastActionAt = turn.now;
  noteActivity(visitor, turn);
  // Without a `move`: clients clear the pose when they see the gesture.
  standUp(visitor);
  turn.effects.push(ROSTER_CHANGED);
}

function acceptMove(state: SceneState, connection: SceneConnection, visitor: Visitor, x: number, turn: Turn): void {
  dropPendingMove(state, connection);
  if (!maySpendState(state, connection, turn)) return;
  for (const tab of visitor.connections) dropPendingMove(state, tab);
  const before = { x: visitor.x, at: visitor.lastMoveAt };
  visitor.lastMoveAt = turn.now;
  if (x !== visitor.x) visitor.heading = x < visitor.x ? 'left' : 'right';
  visitor.x = x;
  standUp(visitor);
  noteActivity(visitor, turn);
  unsettlePresence(state, turn.now + WALKING_MS);
  turn.effects.push(tell({ type: 'move', ...moveView(visitor) }, visitor, connection), ROSTER_CHANGED);
  pluginsSeeMove(state, visitor, before, turn);
  const scared = state.birds.scare(x, turn);
  if (scared !== undefined) turn.effects.push(tellAll(scared));
}

function dropPendingMove(state: SceneState, connection: SceneConnection): void {
  connection.pendingX = undefined;
  state.pendingMoves.delete(connection);
}

export function standUp(visitor: Visitor): void {
  visitor.pose = null;
  visitor.propId = null;
}

function lowerHand(visitor: Visitor): void {
  visitor.handRaisedAt = Number.NEGATIVE_INFINITY;
}

function* othersThan(state: SceneState, self: Visitor): Iterable<Visitor> {
  for (const visitor of state.roster.visitors) if (visitor !== self) yield visitor;
}
