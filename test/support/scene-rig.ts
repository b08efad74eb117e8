import type { ClientMessage, InitMessage, ServerFrame, SpectatorHelloFrame } from '../../src/protocol/frames.ts';
import { COLORS, type Side } from '../../src/protocol/limits.ts';
import type { FootprintMemory } from '../../src/scene/footprint-memory.ts';
import { rulesOf, Scene } from '../../src/scene/scene.ts';
import type { AdminAction } from '../../src/scene/admin-action.ts';
import type { CloseReason } from '../../src/protocol/close-codes.ts';
import type { Plugins } from '../../src/scene/scene-plugins.ts';
import type { SitePatch } from '../../src/scene/site.ts';
import type { SceneSnapshot } from '../../src/scene/snapshot.ts';
import type { SceneTuning } from '../../src/scene/tuning.ts';
import type { SceneArrival, SceneEffect, SceneGuest, SceneInput, SceneRules } from '../../src/scene/types.ts';
import { seededRandom } from './seeded-random.ts';

type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

export interface RigOptions {
  readonly rules?: SceneRules;
  readonly seed?: number;
  /** What the test is about; everything else that takes time by itself never happens. */
  readonly tuning?: Partial<SceneTuning>;
  readonly plugins?: Plugins;
  readonly footprints?: FootprintMemory;
}

const NEVER = Number.POSITIVE_INFINITY;

/** A scene in which nothing happens by itself: no birds, nobody is sent away, no visit counts. */
export const QUIET: SceneTuning = {
  birds: { firstSpawnMs: NEVER, spawnMinMs: NEVER, spawnMaxMs: NEVER },
  inactiveMs: 0,
  inactiveCheckMs: 0,
  minVisitMs: NEVER,
  initTimeoutMs: 0,
};

/** A scene without sockets: performs effects into inboxes and wakes the scene when it asked to be woken. */
export class SceneRig {
  readonly scene: Scene;
  /** Times the scene said that its presence changed. */
  rosterChanges = 0;
  now = 10_000;
  readonly wall = 1_767_225_600_000;
  readonly #inboxes = new Map<number, ServerFrame[]>();
  readonly #ringClients = new Set<number>();
  /** Hellos of spectators, by connection. */
  readonly spectatorHellos = new Map<number, SpectatorHelloFrame>();
  /** Sockets that the scene closed, in order. */
  readonly closed: { readonly connection: number; readonly reason: CloseReason }[] = [];
  /** Changes of the site, in order. */
  readonly patches: SitePatch[] = [];
  /** Everything else that the scene said to its holder, in order. */
  readonly told: SceneEffect[] = [];

  constructor({ rules = rulesOf(undefined, 0), seed = 1, tuning, plugins, footprints }: RigOptions = {}) {
    this.scene = new Scene('default', rules, {
      ...(plugins && { plugins }),
      ...(footprints && { footprints }),
      random: seededRandom(seed),
      tuning: { ...QUIET, ...tuning },
      secretFor: (sceneKey, browserId) => Buffer.from(`${sceneKey}/${browserId}`).toString('hex').padEnd(64, '0'),
    });
  }

  open(connection: number, origin?: string, address?: string): void {
    this.step({
      kind: 'opened',
      connection,
      ...(origin !== undefined && { origin }),
      ...(address !== undefined && { address }),
    });
  }

  /** Opens a connection that watches, and sends its `init`. */
  watch(connection: number): SpectatorHelloFrame {
    this.step({ kind: 'opened', connection, isSpectator: true });
    this.hear(connection, initMessage());
    const hello = this.spectatorHellos.get(connection);
    if (hello === undefined) throw new Error(`spectator ${connection} was not welcomed`);
    return hello;
  }

  administer(action: AdminAction): void {
    this.step({ kind: 'admin', action });
  }

  hear(connection: number, message: ClientMessage): void {
    this.step({ kind: 'message', connection, message });
  }

  /** Opens a connection, sends its `init` and takes the `hello`; the inboxes of the others keep what they got. */
  join(connection: number, init: Partial<InitMessage> = {}, arrival?: SceneArrival, origin?: string): FrameOf<'hello'> {
    this.open(connection, origin);
    this.step({
      kind: 'message',
      connection,
      message: initMessage({ browserId: `browser${connection}`, ...init }),
      ...(arrival && { arrival }),
    });
    const hello = this.take(connection)[0];
    if (hello?.type !== 'hello') throw new Error(`connection ${connection} was not welcomed`);
    return hello;
  }

  close(connection: number): void {
    this.step({ kind: 'closed', connection });
    this.#inboxes.delete(connection);
  }

  /** Lets a guest's tab in. */
  receive(connection: number, guest: Partial<SceneGuest> = {}): FrameOf<'hello'> {
    const from = { site: 'moss', name: 'Moss & Ink', url: 'https://moss.example/' };
    const whole = { key: 'guest-1', plate: { name: 'Ada', look: 7 }, from, side: 'left', isResident: false } as const;
    this.step({ kind: 'guest', connection, guest: { ...whole, isDrawn: true, ...guest } });
    const hello = this.take(connection)[0];
    if (hello?.type !== 'hello') throw new Error(`guest ${connection} was not welcomed`);
    return hello;
  }

  depart(connection: number, side: Side): void {
    this.step({ kind: 'departing', connection, side });
  }

  /** Lets time pass; the scene is woken whenever it asked to be. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (let at = this.scene.nextWakeAt; at !== undefined && at <= until; at = this.scene.nextWakeAt) {
      this.now = Math.max(this.now, at);
      this.step({ kind: 'woken' });
    }
    this.now = until;
  }

  /** What a connection has heard since it was last asked. */
  take(connection: number): ServerFrame[] {
    const frames = this.#inboxes.get(connection) ?? [];
    if (this.#inboxes.has(connection)) this.#inboxes.set(connection, []);
    return frames;
  }

  /** Types of what a connection has heard since it was last asked. */
  takeTypes(connection: number): string[] {
    return this.take(connection).map(({ type }) => type);
  }

  clear(): void {
    for (const connection of this.#inboxes.keys()) this.#inboxes.set(connection, []);
  }

  /** Goes on from a snapshot; its open connections that were in it hear what comes of that. */
  restore(snapshot: SceneSnapshot): void {
    for (const { tabs } of snapshot.visitors) for (const { id } of tabs) this.#inboxes.set(id, []);
    this.#perform(this.scene.restore(snapshot, { now: this.now, wall: this.wall }, 1_500));
  }

  step(input: SceneInput): void {
    this.#perform(this.scene.step(input, { now: this.now, wall: this.wall }));
  }

  #perform(effects: readonly SceneEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'roster') {
        this.rosterChanges += 1;
      } else if (effect.kind === 'welcome') {
        if ('spectator' in effect.frame) this.spectatorHellos.set(effect.to, effect.frame);
        this.#inboxes.set(effect.to, 'spectator' in effect.frame ? [] : [effect.frame]);
        if (effect.isRing) this.#ringClients.add(effect.to);
      } else if (effect.kind === 'send') {
        for (const connection of effect.to) this.#inboxes.get(connection)?.push(effect.frame);
      } else if (effect.kind === 'close') {
        this.closed.push({ connection: effect.to, reason: effect.reason });
      } else if (effect.kind === 'site') {
        this.patches.push(effect.patch);
      } else if (effect.kind === 'broadcast') {
        for (const [connection, inbox] of this.#inboxes) {
          if (connection === effect.except || (effect.onlyRing && !this.#ringClients.has(connection))) continue;
          inbox.push(effect.frame);
        }
      } else {
        this.told.push(effect);
      }
    }
  }
}

export function initMessage(changes: Partial<InitMessage> = {}): InitMessage {
  return {
    type: 'init',
    browserId: '',
    browserSecret: '',
    displayName: '',
    color: COLORS[0],
    readingActive: true,
    widgetVisible: true,
    ring: false,
    resident: false,
    beyondHill: true,
    ...changes,
  };
}
