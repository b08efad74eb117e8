import type { NeighboursFrame } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { Arrival, Passage, Plate, RingPort } from '../ring/ring-port.ts';
import type { FromShard } from './messages.ts';

/** Questions under way; further ones get the empty answer. */
const PENDING_MAX = 1_000;

/** The ring's port inside a shard: what it says of gates is kept here, what it has to be asked goes to the edge. */
export class RingClient implements RingPort {
  readonly #send: (message: FromShard) => void;
  readonly #onTouch: (sceneKey: string) => void;
  /** At most one for each scene of this shard. */
  readonly #frames = new Map<string, NeighboursFrame>();
  readonly #listeners: ((sceneKey: string, frame: NeighboursFrame) => void)[] = [];
  readonly #passages = new Map<number, (passage: Passage) => void>();
  readonly #arrivals = new Map<number, (arrival: Arrival | undefined) => void>();
  #nextId = 1;

  constructor(send: (message: FromShard) => void, onTouch: (sceneKey: string) => void) {
    this.#send = send;
    this.#onTouch = onTouch;
  }

  touch(sceneKey: string): void {
    this.#onTouch(sceneKey);
  }

  neighbours(sceneKey: string): NeighboursFrame | undefined {
    return this.#frames.get(sceneKey);
  }

  onNeighbours(listener: (sceneKey: string, frame: NeighboursFrame) => void): void {
    this.#listeners.push(listener);
  }

  requestPassage(sceneKey: string, side: Side, plate: Plate): Promise<Passage> {
    if (this.#passages.size >= PENDING_MAX) return Promise.resolve({ ok: false, reason: 'too-fast' });
    const id = this.#takeId();
    return new Promise((resolve) => {
      this.#passages.set(id, resolve);
      this.#send({ kind: 'askPassage', id, sceneKey, side, plate });
    });
  }

  redeem(sceneKey: string, code: string): Promise<Arrival | undefined> {
    if (this.#arrivals.size >= PENDING_MAX) return Promise.resolve(undefined);
    const id = this.#takeId();
    return new Promise((resolve) => {
      this.#arrivals.set(id, resolve);
      this.#send({ kind: 'askArrival', id, sceneKey, code });
    });
  }

  /** The edge says what the gates of a scene are now; null: it is in no ring. */
  show(sceneKey: string, frame: NeighboursFrame | null): void {
    if (frame === null) {
      this.#frames.delete(sceneKey);
      return;
    }
    this.#frames.set(sceneKey, frame);
    for (const listener of this.#listeners) listener(sceneKey, frame);
  }

  answerPassage(id: number, passage: Passage): void {
    this.#passages.get(id)?.(passage);
    this.#passages.delete(id);
  }

  answerArrival(id: number, arrival: Arrival | null): void {
    this.#arrivals.get(id)?.(arrival ?? undefined);
    this.#arrivals.delete(id);
  }

  #takeId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }
}
