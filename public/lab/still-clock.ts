/**
 * Time that stands still until it is told to pass, for pictures that are the same each time. Takes the place of the
 * page's clock, timers and animation frames; what was asked of the real ones before goes on in real time.
 */

/** Animation frames come this often, ms: whole, so that no rounding lets a frame ask for itself. */
const FRAME_MS = 16;
/** Promises and observers of the page get a turn after so much of our time, ms. */
const YIELD_EVERY_MS = 500;

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class StillClock {
  #now = 0;
  #order = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #realFrame = requestAnimationFrame.bind(globalThis);
  readonly #epoch: number;
  readonly #holds: () => boolean;

  /**
   * @param epochMs what `Date.now` says at the beginning
   * @param holds whether something of real time, such as a file on its way, has to come first
   */
  constructor(epochMs: number, holds: () => boolean = () => false) {
    this.#epoch = epochMs;
    this.#holds = holds;
  }

  get now(): number {
    return this.#now;
  }

  /** From now on scripts of this page live in this clock's time. */
  install(): void {
    performance.now = () => this.#now;
    Date.now = () => this.#epoch + Math.floor(this.#now);
    const cancel = (id: unknown): void => void this.#waiting.delete(Number(id));
    const later = (run: unknown, delayMs: unknown, ...rest: unknown[]): number =>
      this.#add(this.#now + Math.max(1, Number(delayMs ?? 0)), () => {
        if (typeof run === 'function') Reflect.apply(run, globalThis, rest);
      });
    Reflect.set(globalThis, 'setTimeout', later);
    Reflect.set(globalThis, 'requestIdleCallback', (run: unknown) => later(run, 1));
    Reflect.set(globalThis, 'requestAnimationFrame', (run: FrameRequestCallback) => {
      const at = (Math.floor(this.#now / FRAME_MS) + 1) * FRAME_MS;
      return this.#add(at, () => run(at));
    });
    for (const name of ['clearTimeout', 'cancelAnimationFrame', 'cancelIdleCallback'])
      Reflect.set(globalThis, name, cancel);
  }

  /** Lets time pass up to a moment, in order and without waiting. */
  async advanceTo(momentMs: number): Promise<void> {
    let yieldAt = this.#now + YIELD_EVERY_MS;
    for (;;) {
      const next = [...this.#waiting.entries()]
        .toSorted(([, a], [, b]) => a.at - b.at || a.order - b.order)
        .find(([, { at }]) => at <= momentMs);
      const [id, waiting] = next ?? [];
      if (id === undefined || waiting === undefined) break;
      this.#waiting.delete(id);
      this.#now = Math.max(this.#now, waiting.at);
      waiting.run();
      while (this.#holds()) await this.realTurn();
      if (this.#now < yieldAt) continue;
      yieldAt = this.#now + YIELD_EVERY_MS;
      await this.realTurn();
    }
    this.#now = Math.max(this.#now, momentMs);
    await this.realTurn();
  }

  /** Until the browser has laid out and painted once, in real time. */
  realTurn(): Promise<void> {
    return new Promise((resolve) => {
      this.#realFrame(() => this.#realFrame(() => resolve()));
    });
  }

  #add(at: number, run: () => void): number {
    this.#order += 1;
    this.#waiting.set(this.#order, { at, order: this.#order, run });
    return this.#order;
  }
}
