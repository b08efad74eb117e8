/** The page hop: the browser goes to the neighbour's page, with a claim code when the square can get one. */
import type { Side } from '../../../src/protocol/limits.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { Frame } from '../model/decode.ts';
import { isCode } from './claim-code.ts';

/** Nobody waits longer for a code; the plain link always works. Source: widget.md, section 9. */
const PASSAGE_TIMEOUT_MS = 2_500;

export interface HopDeps {
  readonly clock: Clock;
  /** @returns false when nothing could be sent */
  readonly ask: (side: Side) => boolean;
  readonly go: (url: string) => void;
  readonly onChange: () => void;
}

export class PageHop {
  readonly #deps: HopDeps;
  #timer: Timer | undefined;
  #pending: { readonly side: Side; readonly url: string; readonly name: string } | undefined;

  constructor(deps: HopDeps) {
    this.#deps = deps;
  }

  get pending(): { readonly side: Side; readonly name: string } | undefined {
    return this.#pending;
  }

  /** Starts towards a gate's page; a second wish while one is under way is not heard. */
  start(side: Side, gate: { readonly url: string; readonly name: string }): void {
    if (this.#pending !== undefined) return;
    this.#pending = { side, url: gate.url, name: gate.name };
    if (this.#deps.ask(side)) this.#timer = this.#deps.clock.setTimer(() => this.#finish(gate.url), PASSAGE_TIMEOUT_MS);
    else this.#finish(gate.url);
    this.#deps.onChange();
  }

  /** The square answered. A refusal still leads to the page, without a plate. */
  answer(frame: Extract<Frame, { type: 'passage' }>): void {
    if (this.#pending?.side !== frame.side) return;
    this.#finish(withCode(frame.url ?? this.#pending.url, frame.code));
  }

  /** The page is still here after all: back from the other one, or it could not be left. */
  cancel(): void {
    this.#timer?.cancel();
    if (this.#pending === undefined) return;
    this.#pending = undefined;
    this.#deps.onChange();
  }

  #finish(url: string): void {
    this.#timer?.cancel();
    this.#deps.go(url);
  }
}

/** The URL with the claim code as its fragment. */
export function withCode(url: string, code: string | undefined): string {
  if (!isCode(code)) return url;
  const target = new URL(url);
  target.hash = `ts=${code}`;
  return target.href;
}
