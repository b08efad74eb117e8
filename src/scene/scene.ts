import { CHAT_THROTTLE_DEFAULT_MS } from '../protocol/limits.ts';
import type { ClientMessage } from '../protocol/frames.ts';
import { propsOf } from '../protocol/scene-kit.ts';
import { act, flushMoves, move, nextMoveAt, settle } from './acting.ts';
import { ROSTER_CHANGED } from './delivery.ts';
import { join } from './joining.ts';
import { presenceOf } from './presence.ts';
import { Roster } from './roster.ts';
import type { Site } from './site.ts';
import { changeProfile, choosePrivacy, read, say } from './speaking.ts';
import { propsFor, type Actor, type SceneState, type Turn } from './state.ts';
import { beginDeparture, closeConnection, endGraces, setTyping } from './tabs.ts';
import type { Moment, SceneEffect, SceneInput, ScenePresence, SceneRandom, SceneRules, SecretFor } from './types.ts';
import { lookOf, type SceneConnection } from './visitor.ts';

export interface SceneDeps {
  readonly random: SceneRandom;
  readonly secretFor: SecretFor;
}

/**
 * The authoritative live scene of one site: a state machine without I/O, timers or clocks. It is stepped by one caller,
 * one input at a time; whoever holds it performs the effects in order and wakes it at `nextWakeAt`.
 */
export class Scene {
  readonly #state: SceneState;

  constructor(key: string, rules: SceneRules, { random, secretFor }: SceneDeps) {
    this.#state = {
      key,
      roster: new Roster(),
      random,
      secretFor,
      rules,
      props: propsFor(rules),
      pendingMoves: new Set(),
      presenceSettlesAt: undefined,
    };
  }

  /** Handles one input. Times of successive inputs never go back. */
  step(input: SceneInput, { now, wall }: Moment): readonly SceneEffect[] {
    const turn: Turn = { now, wall, effects: [] };
    const state = this.#state;
    switch (input.kind) {
      case 'opened':
        state.roster.open(input.connection, input.origin);
        break;
      case 'message':
        this.#hear(input, turn);
        break;
      case 'closed':
        closeConnection(state, input.connection, turn);
        break;
      case 'departing': {
        const actor = actorOf(state.roster.connection(input.connection));
        if (actor !== undefined) beginDeparture(actor, input.side, turn);
        break;
      }
      case 'rules':
        state.rules = input.rules;
        state.props = propsFor(input.rules);
        break;
      case 'woken':
        wake(state, turn);
        break;
    }
    return turn.effects;
  }

  /** When this scene next wants to be woken, on the clock of `Moment.now`; undefined when nothing is due. */
  get nextWakeAt(): number | undefined {
    const { roster, presenceSettlesAt } = this.#state;
    return earliest(earliest(roster.nextGraceEndsAt, presenceSettlesAt), nextMoveAt(this.#state));
  }

  /** Nobody is here and no socket is open: the scene can be dropped, and visitor ids may start anew. */
  get isEmpty(): boolean {
    return this.#state.roster.isEmpty;
  }

  get visitorCount(): number {
    return this.#state.roster.visitorCount;
  }

  presence(now: number): ScenePresence {
    return presenceOf(this.#state.roster, now);
  }

  /** What the visitor behind a connection takes along through a gate; undefined before they joined. */
  plateOf(connection: number): { readonly name: string; readonly look: number } | undefined {
    const visitor = this.#state.roster.connection(connection)?.visitor;
    return visitor && { name: visitor.displayName, look: lookOf(visitor) };
  }

  #hear(input: Extract<SceneInput, { kind: 'message' }>, turn: Turn): void {
    const connection = this.#state.roster.connection(input.connection);
    if (connection === undefined) return;
    if (input.message.type === 'init') return join(this.#state, connection, input.message, input.arrival, turn);
    const actor = actorOf(connection);
    if (actor !== undefined) obey(this.#state, actor, input.message, turn);
  }
}

/** The rules of a hosted site's scene, or of the default scene. */
export function rulesOf(site: Site | undefined, minHumanSayMs: number): SceneRules {
  if (site === undefined) return { chatThrottleMs: CHAT_THROTTLE_DEFAULT_MS, isChatDisabled: false, minHumanSayMs };
  const { allowedOrigins, scene, connections, messageBoard, chatThrottleMs, isChatDisabled } = site;
  return {
    hosted: { allowedOrigins, scene, connections, messageBoard },
    chatThrottleMs,
    isChatDisabled,
    minHumanSayMs,
  };
}

function obey(state: SceneState, actor: Actor, message: Exclude<ClientMessage, { type: 'init' }>, turn: Turn): void {
  switch (message.type) {
    case 'move':
      return move(state, actor, message.x, turn);
    case 'settle':
      return settle(state, actor, message.propId, turn);
    case 'action':
      return act(state, actor, message.action, message.targetId, turn);
    case 'profile':
      return changeProfile(actor, message, turn);
    case 'reading':
      return read(state, actor, message, turn);
    case 'say':
      return say(state, actor, message.text, turn);
    case 'typing':
      return setTyping(actor, message.typing, turn);
    case 'privacy':
      return choosePrivacy(actor, message.beyondHill, turn);
    case 'sceneConfig':
      if (state.rules.hosted === undefined) actor.connection.ownProps = propsOf(message.sceneConfig);
      return undefined;
    case 'gate':
      return undefined; // asked of the ring, not of the scene
  }
}

function wake(state: SceneState, turn: Turn): void {
  flushMoves(state, turn);
  endGraces(state, turn);
  if (state.presenceSettlesAt !== undefined && state.presenceSettlesAt <= turn.now) {
    state.presenceSettlesAt = undefined;
    turn.effects.push(ROSTER_CHANGED);
  }
}

function actorOf(connection: SceneConnection | undefined): Actor | undefined {
  return connection?.visitor && { connection, visitor: connection.visitor };
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}
