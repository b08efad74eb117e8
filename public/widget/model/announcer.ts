/** What a screen reader is told, gathered so that a lively square does not talk without end. */
import type { Clock, Timer } from '../clock.ts';

const LINES_BEFORE_GATHERING = 3;
const WINDOW_MS = 5_000;
const STATUS_EVERY_MS = 20_000;

export interface Announcements {
  /** Appends a line to the polite log. */
  log(line: string): void;
  /** Replaces the polite status. */
  status(line: string): void;
  /** Words for so many lines that were not read out. */
  gathered(count: number): string;
}

export class Announcer {
  readonly #clock: Clock;
  readonly #to: Announcements;
  #recent: number[] = [];
  #held: string[] = [];
  #timer: Timer | undefined;
  #statusAt = -Infinity;

  constructor(clock: Clock, to: Announcements) {
    this.#clock = clock;
    this.#to = to;
  }

  /** The first two lines of a busy while are read; the rest are counted when it ends. */
  line(text: string): void {
    const now = this.#clock.now();
    this.#recent = [...this.#recent.filter((at) => now - at < WINDOW_MS), now].slice(-LINES_BEFORE_GATHERING);
    if (this.#timer === undefined && this.#recent.length < LINES_BEFORE_GATHERING) {
      this.#to.log(text);
      return;
    }
    this.#held = this.#held.length < 100 ? [...this.#held, text] : this.#held;
    this.#timer ??= this.#clock.setTimer(() => this.#release(), WINDOW_MS);
  }

  /** Comings and goings; at most one in 20 s. */
  passing(text: string): void {
    const now = this.#clock.now();
    if (now - this.#statusAt < STATUS_EVERY_MS) return;
    this.#statusAt = now;
    this.#to.status(text);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#held = [];
  }

  #release(): void {
    this.#timer = undefined;
    const held = this.#held;
    this.#held = [];
    const [only] = held;
    if (held.length === 1 && only !== undefined) this.#to.log(only);
    else if (held.length > 1) this.#to.log(this.#to.gathered(held.length));
  }
}
