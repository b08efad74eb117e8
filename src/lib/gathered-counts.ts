import type { Clock } from './clock.ts';
import { Gathering } from './gathering.ts';

/** One event and reason, and how often it happened. */
export type GatheredCount = readonly [event: string, reason: string, times: number];

/** Counts of a process that keeps no metrics itself, handed on together at most once per interval. Labels are bounded. */
export class GatheredCounts {
  readonly #times = new Map<string, number>();
  readonly #due: Gathering;

  constructor(clock: Clock, intervalMs: number, onDue: (counts: readonly GatheredCount[]) => void) {
    this.#due = new Gathering(clock, intervalMs, () => {
      const counts = Array.from(this.#times, ([key, times]) => {
        const [event = '', reason = ''] = key.split('\0');
        return [event, reason, times] as const;
      });
      this.#times.clear();
      onDue(counts);
    });
  }

  count(event: string, reason: string): void {
    const key = `${event}\0${reason}`;
    this.#times.set(key, (this.#times.get(key) ?? 0) + 1);
    this.#due.add('');
  }

  flush(): void {
    this.#due.flush();
  }
}
