import type { Timer } from '../lib/clock.ts';
import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import type {
  ClientMessage,
  Connection,
  HelloFrame,
  NeighboursFrame,
  RingBirdFrame,
  WavedFrame,
} from '../protocol/frames.ts';
import { RECONNECT_GRACE_MS, type Side } from '../protocol/limits.ts';
import { isQuiet } from '../protocol/quiet.ts';
import type { Arrival, Plate } from '../ring/ring-port.ts';
import type { AdminAction } from '../scene/admin-action.ts';
import { Scene, type SceneMemories } from '../scene/scene.ts';
import type { SitePatch } from '../scene/site.ts';
import type { VisitorReport } from '../scene/visitor-report.ts';
import type { Moment, SceneEffect, SceneInput, ScenePresence, SceneRules, TravelPapers } from '../scene/types.ts';
import { CLASSIC_CLIENTS, EVERYBODY, RING_CLIENTS } from './audience.ts';
import type { RealtimeDeps } from './deps.ts';
import { OutgoingFrame } from './encode.ts';
import type { LiveTab } from './live-tab.ts';
import { Outbox, type OutboxReader } from './outbox.ts';
import { helloWithRingLinks, isSameLinks, ringLinksOf, withRingLinks } from './ring-links.ts';
import { readSnapshot, writeSnapshot, type WrittenSnapshot } from './snapshot-text.ts';
import type { WritePace } from './write-pace.ts';

/** A visit that counts, or the page that its visitor went on to. */
export type Visit = Extract<SceneEffect, { kind: 'visit-confirmed' | 'visit-page' }>;

export interface LiveSceneHooks {
  readonly onRoster: () => void;
  /** The scene holds nothing any more; called once. */
  readonly onEnded: () => void;
  /** The scene itself changed its site, and goes on with it; somebody is to keep that. */
  readonly onSite?: (patch: SitePatch) => void;
  readonly onVisit?: (visit: Visit) => void;
  /** A line was heard on a hosted site, at this time of the wall clock. */
  readonly onSaid?: (at: number) => void;
  /** Everybody heard a line. */
  readonly onLine?: (visitor: number, text: string) => void;
  /** A tab is about to have its `hello`. */
  readonly onWelcome?: (tab: LiveTab, hello: HelloFrame) => void;
  /** The scene failed and begins anew from its snapshot: whoever is elsewhere, or from elsewhere, has to come again. */
  readonly onRestart?: () => void;
  /** Something is other than in the last snapshot. Called often. */
  readonly onChanged?: () => void;
}

/** A scene that fails again within this time is ended instead of restarted. */
const RESTART_PAUSE_MS = 1_000;

/** How long visitors who were lost with their process keep their place. */
const RESUME_GRACE_MS = 10_000;

/** A running scene: feeds its inputs, performs its effects, wakes it with at most one timer, ends it when it is empty. */
export class LiveScene {
  readonly #key: string;
  readonly #deps: RealtimeDeps;
  readonly #hooks: LiveSceneHooks;
  #scene: Scene;
  #rules: SceneRules;
  readonly #memories: SceneMemories;
  #lastSnapshot: WrittenSnapshot | undefined;
  /** Visitors' numbers of those who were welcomed after it. */
  readonly #newcomers = new Map<LiveTab, number>();
  #restartedAt = Number.NEGATIVE_INFINITY;
  readonly #connections = new Map<number, LiveTab>();
  /** Those who had their `hello`: no broadcast reaches anybody else. */
  readonly #welcomed = new Set<LiveTab>();
  /** Who takes what is said to them, and for how many of them. */
  readonly #readers = new Map<OutboxReader, number>();
  readonly #outbox: Outbox<OutboxReader>;
  #ownLinks: readonly Connection[];
  #ringLinks: readonly Connection[];
  #timer: { readonly handle: Timer; readonly at: number } | undefined;
  #hasEnded = false;
  #problem: string | undefined;
  #isSwallowed = false;

  constructor(
    key: string,
    rules: SceneRules,
    deps: RealtimeDeps,
    memories: SceneMemories,
    pace: WritePace,
    hooks: LiveSceneHooks,
  ) {
    this.#key = key;
    this.#deps = deps;
    this.#hooks = hooks;
    this.#outbox = new Outbox(() => this.#readers.keys(), deps.clock, pace, {
      of: ({ tab }) => (tab === undefined ? undefined : this.#scene.placeOf(tab)),
      all: () => this.#scene.places(),
    });
    this.#rules = rules;
    this.#memories = memories;
    this.#scene = new Scene(key, rules, { ...deps, ...memories });
    this.#ownLinks = rules.hosted?.connections ?? [];
    this.#ringLinks = ringLinksOf(deps.ring.neighbours(key));
  }

  get socketCount(): number {
    return this.#connections.size;
  }

  get visitorCount(): number {
    return this.#scene.visitorCount;
  }

  sight(): ReturnType<Scene['sight']> {
    return this.#scene.sight(this.#deps.clock.monotonic());
  }

  presence(): ScenePresence {
    return this.#scene.presence(this.#deps.clock.monotonic());
  }

  visitors(): VisitorReport[] {
    return this.#scene.visitors();
  }

  /** What this scene goes on from after a fault, here or in another process. */
  snapshot(): WrittenSnapshot {
    this.#lastSnapshot = writeSnapshot(this.#scene.snapshot(this.#moment()));
    this.#newcomers.clear();
    return this.#lastSnapshot;
  }

  /** Goes on where another process was lost; in a new scene only. @throws what a damaged snapshot makes throw */
  resume(text: string): void {
    this.#scene.restore(readSnapshot(text), this.#moment(), RESUME_GRACE_MS);
    this.#tellRoster();
    this.#hooks.onChanged?.();
    if (this.#scene.isEmpty) this.#finish();
    else this.#setAlarm(this.#deps.clock.monotonic());
  }

  isWelcomed(connection: LiveTab): boolean {
    return this.#welcomed.has(connection);
  }

  plateOf(connection: LiveTab): Plate | undefined {
    return this.#scene.plateOf(connection.id);
  }

  visitorOf({ id }: LiveTab): number | undefined {
    return this.#scene.visitorOf(id);
  }

  isSeenBeyondHill(visitor: number): boolean {
    return this.#scene.isSeenBeyondHill(visitor);
  }

  papersOf(visitor: number): TravelPapers | undefined {
    return this.#scene.papersOf(visitor);
  }

  tabsOf(visitor: number): LiveTab[] {
    return this.#scene.connectionsOf(visitor).flatMap((id) => this.#connections.get(id) ?? []);
  }

  /** A visitor's strip goes elsewhere: everybody else sees them walk out, their tabs hear nothing more of this scene. */
  walkOut(visitor: number, side: Side): void {
    const tabs = this.tabsOf(visitor);
    const [first] = tabs;
    if (first === undefined || this.#hasEnded) return;
    this.#step({ kind: 'away', connection: first.id, side });
    for (const tab of tabs) this.silence(tab);
  }

  /** It comes back: their tabs are welcomed anew. */
  comeHome(visitor: number): void {
    if (!this.#hasEnded) this.#step({ kind: 'home', visitor });
  }

  /** Says nothing more to a tab until it is welcomed again. */
  silence(tab: LiveTab): void {
    this.#outbox.flush();
    this.#dismiss(tab);
  }

  add(connection: LiveTab): void {
    this.#connections.set(connection.id, connection);
    this.#step(connection.opening(false));
  }

  /** @throws whatever a fault in the scene throws; the caller closes that one connection */
  receive(connection: LiveTab, message: ClientMessage, arrival?: Arrival): void {
    if (this.#hasEnded) return;
    this.#step({ kind: 'message', connection: connection.id, message, ...(arrival && { arrival }) });
  }

  /** Shows a message to plugins before anybody acts on it. @returns whether it is to be acted on */
  overhear(connection: LiveTab, message: Readonly<Record<string, unknown>>): boolean {
    if (this.#hasEnded) return false;
    this.#isSwallowed = false;
    this.#step({ kind: 'overheard', connection: connection.id, message });
    return !this.#isSwallowed;
  }

  /** @param text undefined when it was longer than a note may be */
  leaveNote(connection: LiveTab, text: string | undefined): void {
    if (this.#hasEnded) return;
    const isRingQuiet = isQuiet(this.#deps.ring.neighbours(this.#key));
    this.#step({
      kind: 'note',
      connection: connection.id,
      isQuiet: isRingQuiet,
      ...(text !== undefined && { text }),
    });
  }

  depart(connection: LiveTab, side: Side): void {
    if (!this.#hasEnded) this.#step({ kind: 'departing', connection: connection.id, side });
  }

  /** The socket has closed, however. */
  remove(connection: LiveTab): void {
    this.#connections.delete(connection.id);
    this.#dismiss(connection);
    this.#newcomers.delete(connection);
    if (!this.#hasEnded) this.#guard('close', { kind: 'closed', connection: connection.id });
  }

  showNeighbours(frame: NeighboursFrame): void {
    const links = ringLinksOf(frame);
    const isMoved = !isSameLinks(links, this.#ringLinks);
    this.#ringLinks = links;
    this.#outbox.queue(frame, RING_CLIENTS);
    // Links only: a classic widget has no place for a head-count.
    if (isMoved) this.#showRingLinks();
    this.#outbox.settle();
  }

  /** Nothing that a classic widget has a place for. */
  showOfRing(frame: WavedFrame | RingBirdFrame): void {
    this.#outbox.queue(frame, RING_CLIENTS);
    this.#outbox.settle();
  }

  changeRules(rules: SceneRules): void {
    this.#rules = rules;
    this.#guard('rules', { kind: 'rules', rules });
  }

  /** @returns why the action was not taken, in words for the admin page */
  administer(action: AdminAction): string | undefined {
    if (this.#hasEnded) return undefined;
    this.#problem = undefined;
    this.#guard('rules', { kind: 'admin', action });
    return this.#problem;
  }

  /** Closes every socket and forgets everything. */
  end(reason: CloseReason): void {
    if (this.#hasEnded) return;
    this.#outbox.flush();
    for (const connection of this.#connections.values()) connection.close(reason);
    this.#finish();
    try {
      this.#tellRoster();
    } catch (err) {
      // Ending is the answer to faults, so it must not have one of its own.
      this.#deps.metrics.count('scene-fault', 'end');
      this.#deps.log.error({ err, sceneKey: this.#key }, 'the ring could not be told that a scene ended');
    }
  }

  /** Runs an input whose fault is nobody's in particular: the scene restarts or, if that fails as well, ends. */
  #guard(cause: 'wake' | 'close' | 'rules', input: SceneInput): void {
    try {
      this.#step(input);
    } catch (err) {
      this.#deps.metrics.count('scene-fault', cause);
      this.#deps.log.error({ err, sceneKey: this.#key, cause }, 'scene failed');
      if (!this.#restart(cause)) this.end(CLOSE.internalError);
    }
  }

  /**
   * Replaces the failed scene by one made from its last snapshot and gives it the same sockets: their clients are told
   * where everybody stands. Who joined after the snapshot has to come back.
   * @returns whether it goes on
   */
  #restart(cause: string): boolean {
    const last = this.#lastSnapshot;
    const moment = this.#moment();
    if (last === undefined || moment.now - this.#restartedAt < RESTART_PAUSE_MS) return false;
    this.#restartedAt = moment.now;
    try {
      const snapshot = readSnapshot(last.text);
      this.#hooks.onRestart?.();
      for (const tab of this.#connections.values()) {
        if (tab.isGuest) this.#newcomers.set(tab, this.#scene.visitorOf(tab.id) ?? 0);
      }
      this.#scene = new Scene(this.#key, this.#rules, { ...this.#deps, ...this.#memories });
      for (const [connection, id] of this.#newcomers) {
        this.#dismiss(connection);
        this.#connections.delete(connection.id);
        connection.close(CLOSE.internalError);
        // A new tab of somebody who was there already takes nobody away.
        if (connection.isGuest || !snapshot.visitors.some((visitor) => visitor.id === id)) {
          this.#outbox.queue({ type: 'leave', id }, EVERYBODY);
        }
      }
      for (const connection of this.#connections.values()) {
        this.#scene.step(connection.opening(this.#welcomed.has(connection)), moment);
      }
      const nextVisitorId = Math.max(snapshot.nextVisitorId, ...[...this.#newcomers.values()].map((id) => id + 1));
      this.#newcomers.clear();
      for (const effect of this.#scene.restore({ ...snapshot, nextVisitorId }, moment, RECONNECT_GRACE_MS)) {
        if (effect.kind !== 'roster') this.#perform(effect);
      }
      this.#outbox.settle();
      this.#tellRoster();
      this.#cancelAlarm();
      if (this.#scene.isEmpty) this.#finish();
      else this.#setAlarm(moment.now);
      this.#hooks.onChanged?.();
    } catch (err) {
      this.#deps.log.error({ err, sceneKey: this.#key, cause }, 'scene could not be restarted');
      return false;
    }
    this.#deps.metrics.count('scene-restart', cause);
    this.#deps.log.warn({ sceneKey: this.#key, cause, sockets: this.#connections.size }, 'scene restarted');
    return true;
  }

  #moment(): Moment {
    const { clock } = this.#deps;
    return { now: clock.monotonic(), wall: clock.now() };
  }

  #step(input: SceneInput): void {
    const moment = this.#moment();
    let isRosterChanged = false;
    const effects = this.#scene.step(input, moment);
    if (effects.length > 0) this.#hooks.onChanged?.();
    for (const effect of effects) {
      if (effect.kind === 'roster') isRosterChanged = true;
      else this.#perform(effect);
    }
    this.#outbox.settle();
    if (isRosterChanged) this.#tellRoster();
    if (this.#scene.isEmpty) this.#finish();
    else this.#setAlarm(moment.now);
  }

  #perform(effect: Exclude<SceneEffect, { kind: 'roster' }>): void {
    if (effect.kind === 'broadcast') {
      const { except, onlyRing, frame } = effect;
      if (frame.type === 'say') this.#hooks.onLine?.(frame.id, frame.text);
      const audience = onlyRing ? RING_CLIENTS : EVERYBODY;
      return this.#outbox.queue(frame, except === undefined ? audience : { ...audience, except });
    }
    switch (effect.kind) {
      case 'expel':
        return this.#expel(effect);
      case 'send': {
        const { to, frame } = effect;
        return to.length === 0 ? undefined : this.#outbox.queue(frame, { only: to });
      }
      case 'links':
        this.#ownLinks = effect.connections;
        this.#outbox.queue({ type: 'connections', connections: this.#ownLinks }, RING_CLIENTS);
        return this.#showRingLinks();
      case 'site':
        this.#rules = this.#scene.rules;
        return this.#hooks.onSite?.(effect.patch);
      case 'problem':
        this.#problem = effect.text;
        return undefined;
      case 'swallowed':
        this.#isSwallowed = true;
        return undefined;
      case 'visit-confirmed':
      case 'visit-page':
        return this.#hooks.onVisit?.(effect);
      case 'noted':
        return this.#deps.metrics.count('note', effect.outcome);
      case 'said':
        return this.#hooks.onSaid?.(effect.at);
      case 'close':
        return this.#close(this.#connections.get(effect.to), effect.reason);
      case 'welcome':
        return this.#welcome(effect);
    }
  }

  #welcome(effect: Extract<SceneEffect, { kind: 'welcome' }>): void {
    const connection = this.#connections.get(effect.to);
    if (connection === undefined) return;
    connection.isRing = effect.isRing;
    this.#attend(connection);
    if (effect.frame.id !== null) this.#newcomers.set(connection, effect.frame.id);
    this.#outbox.welcome(connection.reader);
    if (effect.frame.id !== null) this.#hooks.onWelcome?.(connection, effect.frame);
    const hello = effect.isRing ? effect.frame : helloWithRingLinks(effect.frame, this.#ringLinks);
    connection.send(new OutgoingFrame(hello));
    const neighbours = effect.isRing ? this.#deps.ring.neighbours(this.#key) : undefined;
    if (neighbours !== undefined) connection.send(new OutgoingFrame(neighbours));
    const bird = effect.isRing ? this.#deps.ring.birds.at(this.#key) : undefined;
    if (bird !== undefined) connection.send(new OutgoingFrame(bird));
  }

  /** The tab hears from here on what is said to many. */
  #attend(tab: LiveTab): void {
    if (this.#welcomed.has(tab)) return;
    const { reader } = tab;
    // What waits is not for it, and may be for others of the same reader.
    if (tab.isGuest) this.#outbox.flush();
    this.#welcomed.add(tab);
    this.#readers.set(reader, (this.#readers.get(reader) ?? 0) + 1);
  }

  #dismiss(tab: LiveTab): void {
    if (!this.#welcomed.delete(tab)) return;
    const left = (this.#readers.get(tab.reader) ?? 1) - 1;
    if (left > 0) this.#readers.set(tab.reader, left);
    else this.#readers.delete(tab.reader);
  }

  #expel({ address, reason }: Extract<SceneEffect, { kind: 'expel' }>): void {
    for (const connection of this.#connections.values()) {
      if (connection.address === address) this.#close(connection, reason);
    }
  }

  #close(connection: LiveTab | undefined, reason: CloseReason): void {
    if (connection === undefined || !connection.isOpen) return;
    this.#deps.metrics.count('socket-closed', reason.reason);
    connection.close(reason);
  }

  /** To classic clients neighbours are links among the owner's own. */
  #showRingLinks(): void {
    const connections = withRingLinks(this.#ringLinks, this.#ownLinks);
    this.#outbox.queue({ type: 'connections', connections }, CLASSIC_CLIENTS);
    this.#outbox.settle();
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
    this.#outbox.end();
    this.#welcomed.clear();
    this.#readers.clear();
    this.#newcomers.clear();
    this.#lastSnapshot = undefined;
    this.#hooks.onEnded();
  }
}
