/** Time that moves only when something is due: one queue of events for all squares and links of a simulation. */
import type { Timer } from '../../federation/types.ts';

const DRAINING_TURNS = 24;

/** Whoever waits for it goes on in the next turn of the microtask queue. */
const SETTLED = Promise.resolve();

interface Due extends Timer {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

export class VirtualTime {
  #nowMs = 0;
  #order = 0;
  #mustDrain = false;
  readonly #heap: Due[] = [];

  /** ms since the simulation began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const due: Due = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      run,
      cancel() {
        due.run = undefined;
      },
    };
    this.#push(due);
    return due;
  }

  async sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.after(delayMs, () => {
        this.noteAsync();
        resolve();
      });
    });
  }

  /** A promise was settled: whoever waits for it runs before the next event. */
  noteAsync(): void {
    this.#mustDrain = true;
  }

  /** Runs everything due up to `untilMs`, in order of time, then of setting. */
  async run(untilMs: number): Promise<void> {
    this.#mustDrain = true;
    await this.#drain();
    for (let due = this.#heap[0]; due !== undefined && due.atMs <= untilMs; due = this.#heap[0]) {
      this.#pop();
      const { run } = due;
      if (run === undefined) continue;
      due.run = undefined;
      this.#nowMs = due.atMs;
      run();
      await this.#drain();
    }
    this.#nowMs = untilMs;
  }

  /**
   * Promises that wait for a settled one go on. Nothing in a simulation waits for the event loop, so turns of the microtask
   * queue do, at a tenth of the cost; what takes more of them goes on a little later, the same each time.
   */
  async #drain(): Promise<void> {
    while (this.#mustDrain) {
      this.#mustDrain = false;
      for (let turn = 0; turn < DRAINING_TURNS; turn += 1) await SETTLED;
    }
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, due)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      const right = heap[child + 1];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const below = heap[child];
      if (below === undefined || isBefore(last, below)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
