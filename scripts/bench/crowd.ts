import { setTimeout as sleep } from 'node:timers/promises';
import { decodePositions } from '../../src/protocol/compact.ts';
import { BenchClient, type Target } from './bench-client.ts';
import { positionOf, positionText, POSITIONS, textFrame } from './client-frames.ts';
import { Times } from './figures.ts';

/** Handshakes under way at once: more would measure the backlog of the listening socket. */
const JOINS_AT_ONCE = 32;

/** One in so many visitors of a scene reads what it gets; the others only count, to stay cheaper than the server. */
const READERS_SHARE = 0.05;

/** The generator looks this often what is due. */
const TICK_MS = 4;

/** Time for the last frames to arrive: a very large crowd of compact clients hears of the far within a second. */
const DRAIN_MS = 1_500;

export interface WalkFigures {
  readonly sent: number;
  /** Messages received by all, everything counted. */
  readonly delivered: number;
  readonly seconds: number;
  /** Moves that readers did not see, as a share of all: lost, or superseded by a newer one before they went out. */
  readonly skippedShare: number;
  /** Pairs of reader and walker in which the reader does not know where the walker is in the end: really lost. */
  readonly stale: number;
  readonly latencies: Times;
  /** How late the generator itself was at worst. */
  readonly generatorLateMs: number;
  readonly disconnected: number;
}

interface Walker {
  readonly client: BenchClient;
  readonly scene: number;
}

export function initOf(index: number, { origin, protocol }: Pick<Target, 'origin' | 'protocol'>): object {
  return {
    browserId: `bench-${process.pid}-${index}`,
    x: 0.1 + (index % 80) / 100,
    displayName: `Walker ${index}`,
    color: '#3f7f63',
    readingUrl: `${origin ?? 'http://127.0.0.1'}/notes/launch`,
    ...(protocol !== undefined && { ring: 1 }),
  };
}

/** Visitors who walk, some of whom watch how long the steps of the others take to reach them. */
export class Crowd {
  readonly #walkers: readonly Walker[];
  readonly #perScene: number;
  readonly #readers: readonly Walker[];
  readonly #sentAt = new Float64Array(POSITIONS);
  readonly #moverOf = new Int32Array(POSITIONS);
  /** By mover: their last position. */
  readonly #lastOf = new Map<number, number>();
  #next = 0;

  private constructor(walkers: readonly Walker[], perScene: number) {
    this.#walkers = walkers;
    this.#perScene = perScene;
    const readersPerScene = Math.max(1, Math.floor(perScene * READERS_SHARE));
    const taken = new Map<number, number>();
    this.#readers = walkers.filter(({ scene }) => {
      const count = taken.get(scene) ?? 0;
      taken.set(scene, count + 1);
      return count < readersPerScene;
    });
  }

  /** @throws Error when somebody is refused: a crowd that is not complete measures something else */
  static async join(targets: readonly Target[], perScene: number, firstIndex = 0): Promise<Crowd> {
    const walkers: Walker[] = [];
    // Visitor by visitor over the scenes, so that the walkers of one scene take their steps spread over time.
    const places = Array.from({ length: perScene }, () => targets.map((target, scene) => ({ target, scene }))).flat();
    let at = 0;
    const joinNext = async (): Promise<void> => {
      for (let place = places[at]; place !== undefined; place = places[at]) {
        const index = at;
        at += 1;
        const client = await BenchClient.open(place.target);
        walkers[index] = { client, scene: place.scene };
        const hello = await client.join(initOf(firstIndex + index, place.target));
        if (hello === undefined) {
          throw new Error(`visitor ${index} was refused: ${client.ended?.code ?? 0} ${client.ended?.reason ?? ''}`);
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: JOINS_AT_ONCE }, joinNext));
    } catch (err) {
      for (const walker of walkers) walker?.client.cut();
      throw err;
    }
    return new Crowd(walkers, perScene);
  }

  get clients(): readonly BenchClient[] {
    return this.#walkers.map(({ client }) => client);
  }

  /** Everybody walks at `hz` steps a second, evenly spread. */
  async walk(hz: number, seconds: number): Promise<WalkFigures> {
    const first = this.#next;
    const latencies = new Times();
    let seen = 0;
    const sentIn = new Map<number, number>();
    const newest = new Map<Walker, Map<number, number>>();
    for (const reader of this.#readers) {
      const { client, scene } = reader;
      const seenBy = new Map<number, number>();
      newest.set(reader, seenBy);
      const note = (index: number): void => {
        const mover = this.#moverOf[index];
        if (mover === undefined || this.#walkers[mover]?.scene !== scene || this.#walkers[mover] === reader) return;
        seenBy.set(mover, index);
        const age = (index - (first % POSITIONS) + POSITIONS) % POSITIONS;
        if (age >= this.#next - first) return;
        seen += 1;
        latencies.add(performance.now() - (this.#sentAt[index] ?? 0));
      };
      client.read((payload) => {
        for (const { x } of decodePositions(payload) ?? []) {
          const index = positionOf(Math.round(x * 1e6) / 1e6);
          if (index !== undefined) note(index);
        }
        const index = moveIn(payload);
        if (index !== undefined) note(index);
      });
    }
    const receivedBefore = this.#received();
    const openBefore = this.#open();
    const perSecond = this.#walkers.length * hz;
    const startedAt = performance.now();
    let lateMs = 0;
    for (let elapsed = 0; elapsed < seconds * 1_000; elapsed = performance.now() - startedAt) {
      const due = first + Math.floor((elapsed / 1_000) * perSecond);
      lateMs = Math.max(lateMs, elapsed - ((this.#next - first + 1) / perSecond) * 1_000);
      while (this.#next < due) {
        const scene = this.#step();
        if (scene !== undefined) sentIn.set(scene, (sentIn.get(scene) ?? 0) + 1);
      }
      await sleep(TICK_MS);
    }
    const elapsedSeconds = (performance.now() - startedAt) / 1_000;
    await sleep(DRAIN_MS);
    for (const { client } of this.#readers) client.read(undefined);
    const sent = [...sentIn.values()].reduce((sum, count) => sum + count, 0);
    // A reader hears all steps of its scene but its own.
    let expected = 0;
    for (const { scene } of this.#readers) {
      expected += ((sentIn.get(scene) ?? 0) * (this.#perScene - 1)) / this.#perScene;
    }
    return {
      sent,
      delivered: this.#received() - receivedBefore,
      seconds: elapsedSeconds,
      skippedShare: expected === 0 ? 0 : Math.max(0, 1 - seen / expected),
      stale: this.#staleIn(newest),
      latencies,
      generatorLateMs: lateMs,
      disconnected: openBefore - this.#open(),
    };
  }

  /** Everybody leaves. Resolves when the sockets are closed. */
  async leave(): Promise<void> {
    for (const { client } of this.#walkers) client.leave();
    for (let waited = 0; waited < 3_000 && this.#open() > 0; waited += 20) await sleep(20);
    for (const { client } of this.#walkers) client.cut();
  }

  /** One walker takes one step. @returns their scene, undefined when they are gone */
  #step(): number | undefined {
    const index = this.#next % POSITIONS;
    const mover = this.#next % this.#walkers.length;
    const walker = this.#walkers[mover];
    this.#next += 1;
    if (walker === undefined || walker.client.ended !== undefined) return undefined;
    this.#sentAt[index] = performance.now();
    this.#moverOf[index] = mover;
    this.#lastOf.set(mover, index);
    walker.client.write(textFrame(`{"type":"move","x":${positionText(index)}}`));
    return walker.scene;
  }

  #staleIn(newest: ReadonlyMap<Walker, ReadonlyMap<number, number>>): number {
    let stale = 0;
    for (const [reader, seenBy] of newest) {
      if (reader.client.ended !== undefined) continue;
      for (const [mover, last] of this.#lastOf) {
        const walker = this.#walkers[mover];
        if (walker === undefined || walker === reader || walker.scene !== reader.scene) continue;
        if (walker.client.ended === undefined && seenBy.get(mover) !== last) stale += 1;
      }
    }
    return stale;
  }

  #received(): number {
    return this.#walkers.reduce((sum, { client }) => sum + client.received, 0);
  }

  #open(): number {
    return this.#walkers.reduce((sum, { client }) => sum + (client.ended === undefined ? 1 : 0), 0);
  }
}

/** Which step a `move` frame tells of, whatever the order of its keys. */
function moveIn(payload: Buffer): number | undefined {
  const text = payload.toString('latin1');
  if (!text.includes('"type":"move"')) return undefined;
  const x = /"x":(0\.\d+)/.exec(text)?.[1];
  return x === undefined ? undefined : positionOf(Number(x));
}
