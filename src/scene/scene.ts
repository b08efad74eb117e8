import { CHAT_THROTTLE_DEFAULT_MS } from '../protocol/limits.ts';
import type { ClientMessage } from '../protocol/frames.ts';
import { perchesOf, propsOf } from '../protocol/scene-kit.ts';
import { act, flushMoves, move, nextMoveAt, settle } from './acting.ts';
import { administer } from './admin-actions.ts';
import { comeHome, walkOut } from './away.ts';
import { Birds } from './birds.ts';
import { ROSTER_CHANGED, tellAll } from './delivery.ts';
import { NO_FOOTPRINTS, type FootprintMemory } from './footprint-memory.ts';
import { NO_GUARD, type SceneGuard } from './guard.ts';
import { awaitInit, closeUnjoined, nextInitTimeoutAt, sendIdlersAway } from './idling.ts';
import { receiveGuest } from './guests.ts';
import { join } from './joining.ts';
import { adoptRules } from './live-edits.ts';
import { overhear, tickPlugins } from './plugging.ts';
import { leaveNote } from './noting.ts';
import { isSeenBeyondHill, presenceOf, sightOf } from './presence.ts';
import { Roster } from './roster.ts';
import { NO_PLUGINS, type Plugins } from './scene-plugins.ts';
import type { Site } from './site.ts';
import { restoreSnapshot, takeSnapshot, type SceneSnapshot } from './snapshot.ts';
import { changeProfile, choosePrivacy, read, say } from './speaking.ts';
import { sceneFor, type Actor, type SceneState, type Turn } from './state.ts';
import { beginDeparture, closeConnection, endGraces, setTyping } from './tabs.ts';
import type {
  Moment,
  SceneEffect,
  SceneInput,
  ScenePresence,
  SceneRandom,
  SceneRules,
  SecretFor,
  TravelPapers,
} from './types.ts';
import { DEFAULT_TUNING, type SceneTuning } from './tuning.ts';
import { reportOf, type VisitorReport } from './visitor-report.ts';
import { lookOf, type SceneConnection } from './visitor.ts';
import { confirmVisits, nextVisitAt } from './visits.ts';
import { wordMaskOf } from './word-mask.ts';

/** What outlives a scene, which ends whenever nobody is there. */
export interface SceneMemories {
  /** Limits by address; none when absent. */
  readonly guard?: SceneGuard;
  /** None are kept when absent. */
  readonly footprints?: FootprintMemory;
}

export interface SceneDeps extends SceneMemories {
  readonly random: SceneRandom;
  readonly secretFor: SecretFor;
  /** The protocol's times when absent. */
  readonly tuning?: SceneTuning;
  /** None when absent. */
  readonly plugins?: Plugins;
}

/**
 * The authoritative live scene of one site: a state machine without I/O, timers or clocks. It is stepped by one caller,
 * one input at a time; whoever holds it performs the effects in order and wakes it at `nextWakeAt`.
 */
export class Scene {
  readonly #state: SceneState;

  constructor(
    key: string,
    rules: SceneRules,
    {
      random,
      secretFor,
      guard = NO_GUARD,
      footprints = NO_FOOTPRINTS,
      tuning = DEFAULT_TUNING,
      plugins = NO_PLUGINS,
    }: SceneDeps,
  ) {
    const scene = sceneFor(rules);
    const props = propsOf(scene);
    this.#state = {
      key,
      roster: new Roster(),
      random,
      secretFor,
      guard,
      footprints,
      tuning,
      plugins: plugins.forScene(),
      birds: new Birds(tuning.birds, random, perchesOf(props), scene.birds),
      rules,
      props,
      mask: wordMaskOf(rules.hosted?.blockedWords ?? []),
      pendingMoves: new Set(),
      unjoined: new Set(),
      unconfirmed: new Set(),
      idleCheckAt: undefined,
      presenceSettlesAt: undefined,
    };
    this.#state.plugins.adopt(rules.hosted);
  }

  /** Handles one input. Times of successive inputs never go back. */
  step(input: SceneInput, { now, wall }: Moment): readonly SceneEffect[] {
    const turn: Turn = { now, wall, effects: [] };
    const state = this.#state;
    state.birds.begin(now);
    switch (input.kind) {
      case 'opened':
        open(state, input, now);
        break;
      case 'message':
        this.#hear(input, turn);
        break;
      case 'closed':
        closeConnection(state, input.connection, turn);
        break;
      case 'overheard': {
        const connection = state.roster.connection(input.connection);
        if (connection !== undefined) overhear(state, connection, input.message, turn);
        break;
      }
      case 'note': {
        const actor = actorOf(state.roster.connection(input.connection));
        if (actor !== undefined) leaveNote(state, actor, input.text, input.isQuiet, turn);
        break;
      }
      case 'departing': {
        const actor = actorOf(state.roster.connection(input.connection));
        if (actor !== undefined) beginDeparture(actor, input.side, turn);
        break;
      }
      case 'guest':
        receiveGuest(state, input.connection, input.guest, turn);
        break;
      case 'away': {
        const actor = actorOf(state.roster.connection(input.connection));
        if (actor !== undefined) walkOut(state, actor, input.side, turn);
        break;
      }
      case 'home': {
        const visitor = state.roster.visitor(input.visitor);
        if (visitor !== undefined) comeHome(state, visitor, turn);
        break;
      }
      case 'rules':
        adoptRules(state, input.rules, turn);
        break;
      case 'admin':
        administer(state, input.action, turn);
        break;
      case 'woken':
        wake(state, turn);
        break;
    }
    if (state.roster.visitorCount > 0) {
      const bird = state.birds.spawn(turn);
      if (bird !== undefined) turn.effects.push(tellAll(bird));
    }
    state.plugins.schedule(now, state.roster.connectionCount > 0);
    return turn.effects;
  }

  /** When this scene next wants to be woken, on the clock of `Moment.now`; undefined when nothing is due. */
  get nextWakeAt(): number | undefined {
    const state = this.#state;
    const { roster, birds, presenceSettlesAt, idleCheckAt } = state;
    let at = earliest(earliest(roster.nextGraceEndsAt, presenceSettlesAt), nextMoveAt(state));
    at = earliest(earliest(at, idleCheckAt), nextVisitAt(state));
    at = earliest(earliest(at, nextInitTimeoutAt(state)), state.plugins.nextTickAt);
    return roster.visitorCount === 0 ? at : earliest(at, birds.nextSpawnAt);
  }

  /** Nobody is here and no socket is open: the scene can be dropped, and visitor ids may start anew. */
  get isEmpty(): boolean {
    return this.#state.roster.isEmpty;
  }

  get visitorCount(): number {
    return this.#state.roster.visitorCount;
  }

  /** What this scene needs to go on elsewhere. */
  snapshot(moment: Moment): SceneSnapshot {
    return takeSnapshot(this.#state, moment);
  }

  /** Goes on from a snapshot; only in a new scene, after the sockets that are still there were opened in it. */
  restore(snapshot: SceneSnapshot, moment: Moment, graceMs: number): readonly SceneEffect[] {
    return restoreSnapshot(this.#state, snapshot, moment, graceMs);
  }

  /** As they are now: an admin action may have changed what they were. */
  get rules(): SceneRules {
    return this.#state.rules;
  }

  /** Where the visitor behind a connection stands; undefined for one that has none. */
  placeOf(connection: number): number | undefined {
    return this.#state.roster.connection(connection)?.visitor?.x;
  }

  /** Where everybody stands, in no order. */
  places(): number[] {
    return Array.from(this.#state.roster.visitors, ({ x }) => x);
  }

  sight(now: number): ReturnType<typeof sightOf> {
    return sightOf(this.#state.roster, now);
  }

  presence(now: number): ScenePresence {
    return presenceOf(this.#state.roster, now);
  }

  /** Everybody who is here, those in reconnect grace included, for who looks after the site. */
  visitors(): VisitorReport[] {
    const { roster, plugins } = this.#state;
    return Array.from(roster.visitors, (visitor) => reportOf(visitor, plugins.fieldsOf(visitor)));
  }

  /** What the visitor behind a connection takes along through a gate; undefined before they joined. */
  plateOf(connection: number): { readonly name: string; readonly look: number } | undefined {
    const visitor = this.#state.roster.connection(connection)?.visitor;
    return visitor && { name: visitor.displayName, look: lookOf(visitor) };
  }

  /** Number of the visitor behind a connection; undefined before they joined. */
  visitorOf(connection: number): number | undefined {
    return this.#state.roster.connection(connection)?.visitor?.id;
  }

  /** Who goes over the hill: the plate and two wishes go along; the secret is for their own tabs. */
  papersOf(visitor: number): TravelPapers | undefined {
    const found = this.#state.roster.visitor(visitor);
    if (found === undefined) return undefined;
    const { displayName: name, isResident, isDrawnBeyondHill: isDrawn, secret } = found;
    return { plate: { name, look: lookOf(found) }, isResident, isDrawn, secret };
  }

  /** Whether neighbours see a visitor on their horizon. */
  isSeenBeyondHill(visitor: number): boolean {
    const found = this.#state.roster.visitor(visitor);
    return found !== undefined && isSeenBeyondHill(found);
  }

  /** Sockets of a visitor. */
  connectionsOf(visitor: number): number[] {
    return Array.from(this.#state.roster.visitor(visitor)?.connections ?? [], ({ id }) => id);
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
  const { chatThrottleMs, isChatDisabled } = site;
  return { hosted: site, chatThrottleMs, isChatDisabled, minHumanSayMs };
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
      return changeProfile(state, actor, message, turn);
    case 'reading':
      return read(state, actor, message, turn);
    case 'say':
      return say(state, actor, message.text, turn);
    case 'typing':
      return setTyping(state, actor, message.typing, turn);
    case 'privacy':
      return choosePrivacy(actor, message.beyondHill, turn);
    case 'sceneConfig':
      if (state.rules.hosted === undefined) actor.connection.ownProps = propsOf(message.sceneConfig);
      return undefined;
    case 'solve':
      return undefined; // asked by the host, before anybody joins
    case 'gate':
    case 'look':
    case 'hop':
    case 'wave':
    case 'note':
      return undefined; // asked of the ring, not of the scene
  }
}

function open(state: SceneState, input: Extract<SceneInput, { kind: 'opened' }>, openedAt: number): void {
  const terms = { isSpectator: input.isSpectator === true, openedAt };
  const connection = state.roster.open(input.connection, input.origin, input.address, terms);
  connection.isWatching = input.isWatching === true;
  awaitInit(state, connection);
}

function wake(state: SceneState, turn: Turn): void {
  flushMoves(state, turn);
  endGraces(state, turn);
  confirmVisits(state, turn);
  sendIdlersAway(state, turn);
  closeUnjoined(state, turn);
  tickPlugins(state, turn);
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
