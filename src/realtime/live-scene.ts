import type { Timer } from '../lib/clock.ts';
import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import type { ClientMessage, Connection, NeighboursFrame, ServerFrame } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { Arrival, Plate } from '../ring/ring-port.ts';
import { Scene } from '../scene/scene.ts';
import type { Moment, SceneEffect, SceneInput, ScenePresence, SceneRules } from '../scene/types.ts';
import type { RealtimeDeps } from './deps.ts';
import { OutgoingFrame } from './encode.ts';
import type { LiveConnection } from './live-connection.ts';
import { helloWithRingLinks, isSameLinks, ringLinksOf, withRingLinks } from './ring-links.ts';

export interface LiveSceneHooks {
  readonly onRoster: () => void;
  /** The scene holds nothing any more; called once. */
  readonly onEnded: () => void;
}

/** A running scene: feeds its inputs, performs its effects, wakes it with at most one timer, ends it when it is empty. */
export class LiveScene {
  readonly #key: string;
  readonly #deps: RealtimeDeps;
  readonly #hooks: LiveSceneHooks;
  readonly #scene: Scene;
  readonly #connections = new Map<number, LiveConnection>();
  /** Those who had their `hello`: no broadcast reaches anybody else. */
  readonly #welcomed = new Set<LiveConnection>();
  #ownLinks: readonly Connection[];
  #ringLinks: readonly Connection[];
  #timer: { readonly handle: Timer; readonly at: number } | undefined;
  #hasEnded = false;

  constructor(key: string, rules: SceneRules, deps: RealtimeDeps, hooks: LiveSceneHooks) {
    this.#key = key;
    this.#deps = deps;
    this.#hooks = hooks;
    this.#scene = new Scene(key, rules, deps);
    this.#ownLinks = rules.hosted?.connections ?? [];
    this.#ringLinks = ringLinksOf(deps.ring.neighbours(key));
  }

  get socketCount(): number {
    return this.#connections.size;
  }

  get visitorCount(): number {
    return this.#scene.visitorCount;
  }

  presence(): ScenePresence {
    return this.#scene.presence(this.#deps.clock.monotonic());
  }

  isWelcomed(connection: LiveConnection): boolean {
    return this.#welcomed.has(connection);
  }

  plateOf(connection: LiveConnection): Plate | undefined {
    return this.#scene.plateOf(connection.id);
  }

  add(connection: LiveConnection): void {
    this.#connections.set(connection.id, connection);
    const { origin } = connection.ticket;
    this.#step({ kind: 'opened', connection: connection.id, ...(origin !== undefined && { origin }) });
  }

  /** @throws whatever a fault in the scene throws; the caller closes that one connection */
  receive(connection: LiveConnection, message: ClientMessage, arrival?: Arrival): void {
    if (this.#hasEnded) return;
    this.#step({ kind: 'message', connection: connection.id, message, ...(arrival && { arrival }) });
  }

  depart(connection: LiveConnection, side: Side): void {
    if (!this.#hasEnded) this.#step({ kind: 'departing', connection: connection.id, side });
  }

  /** The socket has closed, however. */
  remove(connection: LiveConnection): void {
    this.#connections.delete(connection.id);
    this.#welcomed.delete(connection);
    if (!this.#hasEnded) this.#guard('close', { kind: 'closed', connection: connection.id });
  }

  showNeighbours(frame: NeighboursFrame): void {
    const links = ringLinksOf(frame);
    const isMoved = !isSameLinks(links, this.#ringLinks);
    this.#ringLinks = links;
    this.#broadcastTo(frame, (connection) => connection.isRing);
    // Links only: a classic widget has no place for a head-count.
    if (isMoved) this.#showConnections((connection) => !connection.isRing);
  }

  changeRules(rules: SceneRules): void {
    const links = rules.hosted?.connections ?? [];
    const isMoved = !isSameLinks(links, this.#ownLinks);
    this.#ownLinks = links;
    this.#guard('rules', { kind: 'rules', rules });
    if (isMoved && !this.#hasEnded) this.#showConnections(() => true);
  }

  /** Closes every socket and forgets everything. */
  end(reason: CloseReason): void {
    if (this.#hasEnded) return;
    this.#finish();
    for (const connection of this.#connections.values()) connection.close(reason);
    try {
      this.#tellRoster();
    } catch (err) {
      // Ending is the answer to faults, so it must not have one of its own.
      this.#deps.metrics.count('scene-fault', 'end');
      this.#deps.log.error({ err, sceneKey: this.#key }, 'the ring could not be told that a scene ended');
    }
  }

  /** Runs an input whose fault is nobody's in particular: the scene ends, its visitors come back to a new one. */
  #guard(cause: 'wake' | 'close' | 'rules', input: SceneInput): void {
    try {
      this.#step(input);
    } catch (err) {
      this.#deps.metrics.count('scene-fault', cause);
      this.#deps.log.error({ err, sceneKey: this.#key, cause }, 'scene failed and was ended');
      this.end(CLOSE.internalError);
    }
  }

  #step(input: SceneInput): void {
    const { clock } = this.#deps;
    const moment: Moment = { now: clock.monotonic(), wall: clock.now() };
    let isRosterChanged = false;
    for (const effect of this.#scene.step(input, moment)) {
      if (effect.kind === 'roster') isRosterChanged = true;
      else this.#perform(effect);
    }
    if (isRosterChanged) this.#tellRoster();
    if (this.#scene.isEmpty) this.#finish();
    else this.#setAlarm(moment.now);
  }

  #perform(effect: Exclude<SceneEffect, { kind: 'roster' }>): void {
    if (effect.kind === 'broadcast') {
      const { except, onlyRing, frame } = effect;
      return this.#broadcastTo(frame, ({ id, isRing }) => id !== except && (isRing || onlyRing === undefined));
    }
    const connection = this.#connections.get(effect.to);
    if (connection === undefined) return;
    connection.isRing = effect.isRing;
    this.#welcomed.add(connection);
    const hello = effect.isRing ? effect.frame : helloWithRingLinks(effect.frame, this.#ringLinks);
    connection.send(new OutgoingFrame(hello));
    const neighbours = effect.isRing ? this.#deps.ring.neighbours(this.#key) : undefined;
    if (neighbours !== undefined) connection.send(new OutgoingFrame(neighbours));
  }

  #showConnections(isMeant: (connection: LiveConnection) => boolean): void {
    const own = this.#ownLinks;
    this.#broadcastTo({ type: 'connections', connections: own }, (each) => each.isRing && isMeant(each));
    const withRing = withRingLinks(this.#ringLinks, own);
    this.#broadcastTo({ type: 'connections', connections: withRing }, (each) => !each.isRing && isMeant(each));
  }

  #broadcastTo(frame: ServerFrame, isMeant: (connection: LiveConnection) => boolean): void {
    const outgoing = new OutgoingFrame(frame);
    for (const connection of this.#welcomed) if (isMeant(connection)) connection.send(outgoing);
  }

  #tellRoster(): void {
    this.#deps.ring.touch(this.#key);
    this.#hooks.onRoster();
  }

  /** Keeps a timer that fires early enough: walkers push their time on with every step, and setting one costs more. */
  #setAlarm(now: number): void {
    const at = this.#scene.nextWakeAt;
    if (at !== undefined && this.#timer !== undefined && this.#timer.at <= at) return;
    this.#cancelAlarm();
    if (at === undefined) return;
    const handle = this.#deps.clock.setTimer(
      () => {
        this.#timer = undefined;
        this.#guard('wake', { kind: 'woken' });
      },
      // Whole ms, rounded up: a timer that fires a fraction early would find nothing due.
      Math.max(0, Math.ceil(at - now)),
    );
    this.#timer = { handle, at };
  }

  #cancelAlarm(): void {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
  }

  #finish(): void {
    this.#hasEnded = true;
    this.#cancelAlarm();
    this.#welcomed.clear();
    this.#hooks.onEnded();
  }
}
