/** What a screen reader is told, gathered so that a lively square does not talk without end. */
import type { Clock, Timer } from '../time/clock.ts';

const LINES_READ = 2;
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
  /** Lines since the window opened; 0 while none is open. */
  #lines = 0;
  #timer: Timer | undefined;
  #statusAt = -Infinity;

  constructor(clock: Clock, to: Announcements) {
    this.#clock = clock;
    this.#to = to;
  }

  /** The first two lines of a busy while are read; the rest are counted when it ends. */
  line(text: string): void {
    this.#lines += 1;
    if (this.#lines <= LINES_READ) this.#to.log(text);
    this.#timer ??= this.#clock.setTimer(() => {
      const unread = this.#lines - LINES_READ;
      this.stop();
      if (unread > 0) this.#to.log(this.#to.gathered(unread));
    }, WINDOW_MS);
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
    this.#lines = 0;
  }
}
