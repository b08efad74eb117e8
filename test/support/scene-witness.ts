import type { TestContext } from 'node:test';
import { LiveClient } from './live-client.ts';
import type { RingMember } from './ring-of-processes.ts';

/** How often each square is asked whether it still answers at once. */
const PING_EVERY_MS = 20;

interface Sighting {
  readonly site: string;
  readonly isThere: boolean;
  /** By `performance.now()`. */
  readonly atMs: number;
}

/** How long somebody was where they should not have been, and how late the machine was meanwhile. */
export interface Whereabouts {
  readonly twiceMs: number;
  readonly nowhereMs: number;
  /** Longest answer to a ping among the squares that answered. */
  readonly delayMs: number;
}

/** Somebody who stands in the scenes of several squares at once, and stamps who comes and goes as it is told there. */
export class SceneWitness {
  readonly #sightings = new Map<string, Sighting[]>();
  readonly #waiters = new Set<() => void>();
  readonly #delays: { readonly atMs: number; readonly delayMs: number }[] = [];
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.#t = t;
  }

  /** Takes a place in a scene, for the first time or after its square has started again. */
  async stand({ id: site, socket }: Pick<RingMember, 'id' | 'socket'>): Promise<void> {
    const client = await LiveClient.connect(socket);
    this.#t.after(() => client.socket.terminate());
    const hello = await client.join({ ring: 1, browserId: `witness ${site}`, displayName: 'Witness', x: 0.9 });
    const names = new Map<number, string>(hello.peers.map(({ id, displayName }) => [id, displayName]));
    const see = (id: number, isThere: boolean): void => {
      const name = names.get(id);
      if (name !== undefined) this.#note(name, { site, isThere, atMs: performance.now() });
      if (!isThere) names.delete(id);
    };
    const listen = (): void => {
      for (const frame of client.take()) {
        if (frame.type === 'join') {
          names.set(frame.peer.id, frame.peer.displayName);
          see(frame.peer.id, true);
        } else if (frame.type === 'leave') see(frame.id, false);
      }
    };
    for (const id of names.keys()) see(id, true);
    listen();
    client.socket.on('message', listen);
    // In a scene whose square has died nobody stands.
    client.socket.once('close', () => {
      clearInterval(pinging);
      for (const id of names.keys()) see(id, false);
    });
    client.socket.on('pong', (sentAt) => {
      const atMs = performance.now();
      this.#delays.push({ atMs, delayMs: atMs - Number(sentAt.toString()) });
    });
    const pinging = setInterval(() => {
      if (client.socket.readyState === client.socket.OPEN) client.socket.ping(String(performance.now()));
    }, PING_EVERY_MS);
    this.#t.after(() => clearInterval(pinging));
  }

  /** Resolves when somebody is seen in these scenes and in no others. @throws after 30 s */
  async untilSeen(name: string, ...sites: readonly string[]): Promise<void> {
    const expected = [...sites].sort().join();
    const isSeen = (): boolean => [...this.#now(name)].sort().join() === expected;
    if (isSeen()) return;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(guard);
        this.#waiters.delete(look);
        resolve();
      };
      const look = (): void => void (isSeen() && done());
      const guard = setTimeout(() => {
        this.#waiters.delete(look);
        reject(new Error(`${name} is in [${[...this.#now(name)].join()}], and not in [${expected}]`));
      }, 30_000);
      this.#waiters.add(look);
    });
  }

  /** Of somebody who was seen once, from then to the last sighting. */
  whereaboutsOf(name: string): Whereabouts {
    const sightings = this.#sightings.get(name) ?? [];
    const [first] = sightings;
    let [twiceMs, nowhereMs] = [0, 0];
    const places = new Set<string>();
    for (const [index, { site, isThere, atMs }] of sightings.entries()) {
      if (isThere) places.add(site);
      else places.delete(site);
      const forMs = (sightings[index + 1]?.atMs ?? atMs) - atMs;
      if (places.size > 1) twiceMs = Math.max(twiceMs, forMs);
      if (places.size === 0) nowhereMs = Math.max(nowhereMs, forMs);
    }
    return { twiceMs, nowhereMs, delayMs: this.delayMs(first?.atMs ?? 0) };
  }

  /** When somebody was last seen to come or go, by `performance.now()`. */
  lastSeenAtMs(name: string): number {
    return this.#sightings.get(name)?.at(-1)?.atMs ?? 0;
  }

  delayMs(sinceMs: number): number {
    return Math.max(0, ...this.#delays.flatMap(({ atMs, delayMs }) => (atMs >= sinceMs ? [delayMs] : [])));
  }

  #now(name: string): ReadonlySet<string> {
    const places = new Set<string>();
    for (const { site, isThere } of this.#sightings.get(name) ?? []) {
      if (isThere) places.add(site);
      else places.delete(site);
    }
    return places;
  }

  #note(name: string, sighting: Sighting): void {
    const known = this.#sightings.get(name);
    if (known === undefined) this.#sightings.set(name, [sighting]);
    else known.push(sighting);
    for (const waiter of this.#waiters) waiter();
  }
}
