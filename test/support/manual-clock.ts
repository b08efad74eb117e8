import type { Clock, Timer } from '../../src/lib/clock.ts';

interface Alarm {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it on. */
export class ManualClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  #elapsedMs = 0;
  /** Wall clock at the start: 2026-01-01T00:00:00Z. */
  readonly #startedAt = 1_767_225_600_000;

  now(): number {
    return this.#startedAt + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimer(run: () => void, delayMs: number): Timer {
    const alarm = { at: this.#elapsedMs + Math.max(0, delayMs), run };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /** Timers set and neither run nor cancelled. */
  get pendingTimers(): number {
    return this.#alarms.size;
  }

  /** Lets time pass; what falls due runs at its own moment, in order. */
  advance(ms: number): void {
    const until = this.#elapsedMs + ms;
    for (let alarm = this.#nextBefore(until); alarm !== undefined; alarm = this.#nextBefore(until)) {
      this.#alarms.delete(alarm);
      this.#elapsedMs = Math.max(this.#elapsedMs, alarm.at);
      alarm.run();
    }
    this.#elapsedMs = until;
  }

  #nextBefore(until: number): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of this.#alarms) if (alarm.at <= until && (next === undefined || alarm.at < next.at)) next = alarm;
    return next;
  }
}
