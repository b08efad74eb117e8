/** Where a scene asks its guard, and what comes of a refusal (wire protocol sections 2 and 11). */
import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import type { InitMessage } from '../protocol/frames.ts';
import type { Action } from '../protocol/limits.ts';
import { remembered } from './site.ts';
import { changeSite, type Actor, type SceneState, type Turn } from './state.ts';
import { isSameSecret } from './text.ts';
import type { SceneConnection, Visitor } from './visitor.ts';

/**
 * The join checks, in the protocol's order; spends one of the address's joins. Closes the connection when it may not join.
 * @returns whether it may
 */
export function mayJoin(state: SceneState, connection: SceneConnection, init: InitMessage, turn: Turn): boolean {
  const { guard, roster } = state;
  const { address } = connection;
  if (address === '') return true;
  if (guard.isQuarantined(address)) return refuse(connection, turn);
  // Who only watches is nobody, so there is nobody to count or to be again.
  if (connection.isSpectator) return guard.spendJoin(address, turn.now) || refuse(connection, turn);
  // Nobody new appears for a spectator, so only its coming counts.
  if (connection.isSpectator) return guard.spendJoin(address, turn.now) || refuse(connection, turn);
  const held = init.browserId === '' ? undefined : roster.byKey(init.browserId);
  const reused = held !== undefined && isSameSecret(held.secret, init.browserSecret) ? held : undefined;
  const isAnotherTab = reused !== undefined && isOnlineFrom(reused, address);
  if (!isAnotherTab && guard.maxIdentities > 0 && identitiesFrom(state, address) >= guard.maxIdentities) {
    return refuse(connection, turn);
  }
  if (reused === undefined && !guard.spendJoin(address, turn.now)) return refuse(connection, turn);
  return true;
}

/** Spends one state event of the actor's address; over the budget it closes the socket. @returns whether it may happen */
export function maySpendState({ guard }: SceneState, connection: SceneConnection, turn: Turn): boolean {
  const { address } = connection;
  return address === '' || guard.spendState(address, turn.now) || refuse(connection, turn);
}

/** Spends one line of chat likewise. */
export function maySpendChat({ guard }: SceneState, connection: SceneConnection, turn: Turn): boolean {
  const { address } = connection;
  return address === '' || guard.spendChat(address, turn.now) || refuse(connection, turn);
}

/**
 * Spends a state event for a gesture and notes it: two browsers of one address in lock-step are one puppeteer, and out.
 * @returns whether it may happen
 */
export function mayGesture(state: SceneState, { connection, visitor }: Actor, action: Action, turn: Turn): boolean {
  const { address } = connection;
  if (!maySpendState(state, connection, turn)) return false;
  if (address === '' || state.guard.noteAction(address, visitor.id, action, turn.now) === 'fine') return true;
  turn.effects.push({ kind: 'expel', address, reason: CLOSE.rateLimited });
  return false;
}

/** Notes a renaming or a line on a hosted site. @returns false when it got the address banned */
export function mayFlood(state: SceneState, { address, visitor }: SceneConnection, turn: Turn): boolean {
  const { guard, rules } = state;
  if (address === '' || rules.hosted === undefined || visitor?.isOwner === true) return true;
  if (guard.noteFlood(address, turn.now) !== 'banned') return true;
  turn.effects.push({ kind: 'expel', address, reason: CLOSE.blocked });
  changeSite(state, { blockedAddresses: remembered(rules.hosted.blockedAddresses, address) }, turn);
  return false;
}

/** Identities with a live socket from an address; those in reconnect grace have none. */
function identitiesFrom({ roster }: SceneState, address: string): number {
  let count = 0;
  for (const visitor of roster.visitors) if (isOnlineFrom(visitor, address)) count += 1;
  return count;
}

function isOnlineFrom(visitor: Visitor, address: string): boolean {
  for (const tab of visitor.connections) if (tab.address === address) return true;
  return false;
}

function refuse(connection: SceneConnection, turn: Turn, reason: CloseReason = CLOSE.rateLimited): false {
  turn.effects.push({ kind: 'close', to: connection.id, reason });
  return false;
}
