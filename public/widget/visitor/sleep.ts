/** Lets the socket go while nobody can see the strip for long, and takes it up again when it is looked at. */
import type { Timers } from '../time/timers.ts';

/** The page is hidden: in a tab that is not looked at nobody is company. */
export const SLEEP_HIDDEN_MS = 300_000;
/** The strip is out of view on a page that is read: longer than one reads on before one scrolls back. */
export const SLEEP_OUT_OF_VIEW_MS = 900_000;

export interface SleepDeps {
  readonly timers: Timers;
  /** @returns false when it cannot be now; then it is asked again as much later */
  readonly fallAsleep: () => boolean;
  readonly wakeUp: () => void;
}

export class Sleep {
  readonly #deps: SleepDeps;
  #isAsleep = false;
  /** How long what is now has to last; undefined while the strip is looked at. */
  #patienceMs: number | undefined;

  constructor(deps: SleepDeps) {
    this.#deps = deps;
  }

  /** Who comes back to the page is awake again, wherever the strip is then. */
  look(isHidden: boolean, isOnScreen: boolean): void {
    const patienceMs = isHidden ? SLEEP_HIDDEN_MS : isOnScreen ? undefined : SLEEP_OUT_OF_VIEW_MS;
    if (patienceMs === this.#patienceMs) return;
    this.#patienceMs = patienceMs;
    this.#deps.timers.end('sleep');
    if (this.#isAsleep && !isHidden) {
      this.#isAsleep = false;
      this.#deps.wakeUp();
    }
    this.#wait();
  }

  #wait(): void {
    if (this.#patienceMs === undefined || this.#isAsleep) return;
    this.#deps.timers.after('sleep', this.#patienceMs, () => {
      this.#isAsleep = this.#deps.fallAsleep();
      this.#wait();
    });
  }
}
