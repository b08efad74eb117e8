/** What is special about coming: where one walks in, a code and a plate from the street before, a line for newcomers. */
import { WALK_MAX, WALK_MIN, type Side } from '../../../src/protocol/limits.ts';
import { decodeLook, type Look } from '../../../src/protocol/look.ts';
import type { Arrived } from '../model/decode.ts';
import { STREET_UNITS } from '../model/layout.ts';
import type { InitOptions } from '../model/me.ts';
import { GATE_LEFT, GATE_NEAR_UNITS, GATE_RIGHT, onHill } from '../model/walker.ts';
import type { Person } from '../model/world.ts';
import { claimArrivalCode, giveBackArrivalCode } from '../net/arrival.ts';
import type { Memory } from '../net/memory.ts';
import type { Timers } from '../time/timers.ts';

/** How long the first-visit line stays. */
const FIRST_LINE_MS = 8_000;
/** Who does not look at the strip waits so long at its end for their eyes, and then is where they were going. */
const UNWATCHED_MS = 8_000;

export interface WelcomeDeps {
  readonly timers: Timers;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly memory: () => Memory;
  /** Somebody can see the strip. */
  readonly isSeen: () => boolean;
  readonly walkIn: (side: Side, goal?: number) => void;
  /** Is where one was walking to. */
  readonly arrive: () => void;
  readonly wear: (name: string, look: Look) => void;
  /** The line for newcomers begins or ends. */
  readonly onLine: () => void;
}

export class Welcome {
  readonly #deps: WelcomeDeps;
  #code = claimArrivalCode();
  #goalUnits: number | undefined;
  /** Where one asked to be let in, 0…1. */
  #askedX: number | undefined;
  #isIn = false;
  /** A name and a look from the street before, until the visitor takes or leaves them. */
  offered: { readonly name: string; readonly look: Look; readonly site: string } | undefined;

  constructor(deps: WelcomeDeps) {
    this.#deps = deps;
  }

  /** Where one would like to stand, in units: away from the gates, where it is crowded. */
  get #goal(): number {
    const from = GATE_LEFT + GATE_NEAR_UNITS;
    this.#goalUnits ??= from + this.#deps.random() * (GATE_RIGHT - GATE_NEAR_UNITS - from);
    return this.#goalUnits;
  }

  get #side(): Side {
    return this.#goal < STREET_UNITS / 2 ? 'left' : 'right';
  }

  /** What the square is told of where one comes from; undefined unless it is through a gate. */
  get arrival(): InitOptions['arrival'] {
    return this.#code === undefined ? undefined : { code: this.#code, referrer: document.referrer };
  }

  /** Where one is before one is let in, in units of the street. */
  get outside(): number {
    return onHill(this.#side);
  }

  /** The line for newcomers is shown now. */
  get hasFirstLine(): boolean {
    return this.#deps.timers.has('firstLine');
  }

  /** Where to ask to be let in, 0…1: at the nearer end, to walk in; in calm where one would like to stand. */
  askIn(isCalm: boolean): number {
    const x = isCalm ? this.#goal / STREET_UNITS : this.#side === 'left' ? WALK_MIN : WALK_MAX;
    this.#askedX = x;
    return x;
  }

  /** The square has let one in. */
  greet(self: Person, arrival: Arrived | undefined): void {
    const { timers, walkIn, arrive, isSeen } = this.#deps;
    this.#code = undefined;
    if (arrival !== undefined) {
      self.from ??= arrival.from;
      walkIn(arrival.side);
      const look = decodeLook(arrival.offered?.look);
      if (arrival.offered !== undefined && look !== undefined) {
        this.offered = { name: arrival.offered.displayName, look, site: arrival.from.name };
      }
    } else if (self.x === this.#askedX) walkIn(this.#side, this.#goal);
    this.#askedX = undefined;
    this.#isIn = true;
    timers.after('arrive', UNWATCHED_MS, () => isSeen() || arrive());
    this.look();
  }

  /** Somebody may see the strip now: who is new here is told, once. */
  look(): void {
    const { timers, memory, isSeen, onLine } = this.#deps;
    const { onPage, isRemembered } = memory();
    if (isRemembered || onPage.hasRead || !this.#isIn || !isSeen()) return;
    onPage.hasRead = true;
    timers.after('firstLine', FIRST_LINE_MS, onLine);
    onLine();
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
