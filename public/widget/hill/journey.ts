/**
 * The soft hop as one visitor lives it: the strip changes squares, the page stays. What the square says decides; this only
 * remembers where the strip is, and gives up what is not answered.
 */
import type { Homecoming, HopRefusal } from '../../../src/protocol/frames.ts';
import type { Side } from '../../../src/protocol/limits.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { Beyond, Place } from './beyond.ts';

/** The square answers within 2.5 s; what is on the way takes its time. */
const ANSWER_TIMEOUT_MS = 3_200;

export interface JourneyDeps {
  readonly clock: Clock;
  /** @returns false when nothing could be sent */
  readonly send: (message: object) => boolean;
  /** The strip is about to show another street, coming into view from that side. */
  readonly leaving: (from: Side) => void;
  /** The other street is there, and one's own figure on it. `edge`: where one comes in; undefined at home. */
  readonly entered: (edge: Side | undefined) => void;
  /** The gate does not open. */
  readonly refused: (name: string, reason: HopRefusal) => void;
  readonly onChange: () => void;
}

export interface Asking {
  readonly side: Side;
  /** Of the site one walks over to. */
  readonly name: string;
}

export class Journey {
  readonly #deps: JourneyDeps;
  #asking: Asking | undefined;
  #timer: Timer | undefined;
  #place: Place | undefined;
  /** Sides one walked out through, so that the way home comes into view from the other end. */
  readonly #way: Side[] = [];
  /** A `hopped` came; the `hello` that follows is of the other street. */
  #entering: { readonly edge: Side | undefined } | undefined;
  #homecoming: Homecoming | undefined;

  constructor(deps: JourneyDeps) {
    this.#deps = deps;
  }

  /** Where the strip is; undefined at home. */
  get place(): Place | undefined {
    return this.#place;
  }

  get asking(): Asking | undefined {
    return this.#asking;
  }

  /** Why one is home again, until the next hop. */
  get homecoming(): Homecoming | undefined {
    return this.#homecoming;
  }

  /** @returns false when one is already on the way, or there is no square to ask */
  start(side: Side, name: string): boolean {
    if (this.#asking !== undefined || !this.#deps.send({ type: 'hop', side })) return false;
    this.#asking = { side, name };
    this.#homecoming = undefined;
    this.#timer = this.#deps.clock.setTimer(() => this.#refuse('unreachable'), ANSWER_TIMEOUT_MS);
    this.#deps.onChange();
    return true;
  }

  goHome(): void {
    if (this.#place !== undefined) this.#deps.send({ type: 'hop', home: true });
  }

  heard(frame: Extract<Beyond, { type: 'away' | 'home' | 'refused' }>): void {
    if (frame.type === 'refused') {
      if (this.#asking?.side === frame.side) this.#refuse(frame.reason ?? 'unreachable');
      return;
    }
    this.#timer?.cancel();
    this.#asking = undefined;
    if (frame.type === 'away') {
      const out = frame.edge === 'left' ? 'right' : 'left';
      this.#way.push(out);
      this.#place = frame.place;
      this.#homecoming = undefined;
      this.#entering = { edge: frame.edge };
      this.#deps.leaving(out);
    } else {
      const [first = 'right'] = this.#way.splice(0);
      this.#place = undefined;
      this.#homecoming = frame.reason ?? 'lost';
      this.#entering = { edge: undefined };
      this.#deps.leaving(first === 'left' ? 'right' : 'left');
    }
    this.#deps.onChange();
  }

  /** A `hello` came: after a `hopped` one is where it said, else at home. */
  greeted(): void {
    const entering = this.#entering;
    this.#entering = undefined;
    if (entering !== undefined) {
      this.#deps.entered(entering.edge);
      return;
    }
    if (this.#place === undefined) return;
    // The path was lost meanwhile, and the square that took us back is our own.
    this.#place = undefined;
    this.#way.length = 0;
    this.#homecoming = 'lost';
    this.#deps.entered(undefined);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #refuse(reason: HopRefusal): void {
    this.#timer?.cancel();
    const asked = this.#asking;
    this.#asking = undefined;
    if (asked === undefined) return;
    this.#deps.refused(asked.name, reason);
    this.#deps.onChange();
  }
}
