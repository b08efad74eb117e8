/** What is special about coming: a code from the street before, a plate that may come along, a line for newcomers. */
import type { Side } from '../../src/protocol/limits.ts';
import { decodeLook, type Look } from '../../src/protocol/look.ts';
import type { Arrived } from './model/decode.ts';
import type { InitOptions } from './model/me.ts';
import type { Person } from './model/world.ts';
import { claimArrivalCode, giveBackArrivalCode } from './net/arrival.ts';
import type { Timers } from './timers.ts';

/** How long the first-visit line stays. */
const FIRST_LINE_MS = 8_000;

export interface WelcomeDeps {
  readonly timers: Timers;
  /** Nothing is remembered of the visitor on this site. */
  readonly isStranger: () => boolean;
  readonly walkIn: (side: Side) => void;
  readonly wear: (name: string, look: Look) => void;
  /** The line for newcomers has been there long enough. */
  readonly onRead: () => void;
}

export class Welcome {
  readonly #deps: WelcomeDeps;
  #code = claimArrivalCode();
  #hadFirstLine = false;
  /** A name and a look from the street before, until the visitor takes or leaves them. */
  offered: { readonly name: string; readonly look: Look; readonly site: string } | undefined;

  constructor(deps: WelcomeDeps) {
    this.#deps = deps;
  }

  /** What the square is told of where one comes from; undefined unless it is through a gate. */
  get arrival(): InitOptions['arrival'] {
    return this.#code === undefined ? undefined : { code: this.#code, referrer: document.referrer };
  }

  /** The line for newcomers is shown now. */
  get hasFirstLine(): boolean {
    return this.#deps.timers.has('firstLine');
  }

  /** The square has let one in. */
  greet(self: Person, arrival: Arrived | undefined): void {
    const { timers, isStranger, walkIn, onRead } = this.#deps;
    this.#code = undefined;
    if (arrival !== undefined) {
      self.from ??= arrival.from;
      walkIn(arrival.side);
      const look = decodeLook(arrival.offered?.look);
      if (arrival.offered !== undefined && look !== undefined) {
        this.offered = { name: arrival.offered.displayName, look, site: arrival.from.name };
      }
    }
    if (this.#hadFirstLine || !isStranger()) return;
    this.#hadFirstLine = true;
    timers.after('firstLine', FIRST_LINE_MS, onRead);
  }

  /** Puts on what came along, or leaves it. */
  answer(isTaken: boolean): void {
    if (isTaken && this.offered !== undefined) this.#deps.wear(this.offered.name, this.offered.look);
    this.offered = undefined;
  }

  /** The strip is taken away. */
  stop(): void {
    if (this.#code !== undefined) giveBackArrivalCode(this.#code);
  }
}
