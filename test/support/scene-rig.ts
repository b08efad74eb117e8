import type { ClientMessage, InitMessage, ServerFrame } from '../../src/protocol/frames.ts';
import { COLORS, type Side } from '../../src/protocol/limits.ts';
import { rulesOf, Scene } from '../../src/scene/scene.ts';
import type { SceneArrival, SceneInput, SceneRules } from '../../src/scene/types.ts';
import { seededRandom } from './seeded-random.ts';

type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

export interface RigOptions {
  readonly rules?: SceneRules;
  readonly seed?: number;
}

/** A scene without sockets: performs effects into inboxes and wakes the scene when it asked to be woken. */
export class SceneRig {
  readonly scene: Scene;
  /** Times the scene said that its presence changed. */
  rosterChanges = 0;
  now = 10_000;
  readonly wall = 1_767_225_600_000;
  readonly #inboxes = new Map<number, ServerFrame[]>();
  readonly #ringClients = new Set<number>();

  constructor({ rules = rulesOf(undefined, 0), seed = 1 }: RigOptions = {}) {
    this.scene = new Scene('default', rules, {
      random: seededRandom(seed),
      secretFor: (sceneKey, browserId) => Buffer.from(`${sceneKey}/${browserId}`).toString('hex').padEnd(64, '0'),
    });
  }

  open(connection: number, origin?: string): void {
    this.step({ kind: 'opened', connection, ...(origin !== undefined && { origin }) });
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

  step(input: SceneInput): void {
    for (const effect of this.scene.step(input, { now: this.now, wall: this.wall })) {
      if (effect.kind === 'roster') {
        this.rosterChanges += 1;
      } else if (effect.kind === 'welcome') {
        this.#inboxes.set(effect.to, [effect.frame]);
        if (effect.isRing) this.#ringClients.add(effect.to);
      } else {
        for (const [connection, inbox] of this.#inboxes) {
          if (connection === effect.except || (effect.onlyRing && !this.#ringClients.has(connection))) continue;
          inbox.push(effect.frame);
        }
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
