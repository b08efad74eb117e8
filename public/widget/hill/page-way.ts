/** The way to the page of the street one is on: taken as oneself, with a claim code, when the square gives one in time. */
import type { Clock, Timer } from '../time/clock.ts';
import type { Frame } from '../model/decode.ts';
import { withCode } from '../net/hop.ts';

/** Nobody who pressed a link waits longer; without a code it is a link like any other. */
const CODE_TIMEOUT_MS = 1_000;

export interface PageWayDeps {
  readonly clock: Clock;
  /** @returns false when nothing could be sent */
  readonly send: (message: object) => boolean;
  readonly go: (url: string) => void;
}

export class PageWay {
  readonly #deps: PageWayDeps;
  #url: string | undefined;
  #timer: Timer | undefined;

  constructor(deps: PageWayDeps) {
    this.#deps = deps;
  }

  /** @returns false when the browser had better follow the link by itself */
  take(url: string): boolean {
    if (this.#url !== undefined) return true;
    if (!this.#deps.send({ type: 'gate', here: true })) return false;
    this.#timer = this.#deps.clock.setTimer(() => this.#finish(url), CODE_TIMEOUT_MS);
    this.#url = url;
    return true;
  }

  answer({ url, code }: Extract<Frame, { type: 'passage' }>): void {
    if (this.#url !== undefined) this.#finish(withCode(url ?? this.#url, code));
  }

  /** One is elsewhere now. */
  cancel(): void {
    this.#timer?.cancel();
    this.#url = undefined;
  }

  #finish(url: string): void {
    this.cancel();
    this.#deps.go(url);
  }
}
