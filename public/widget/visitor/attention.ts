/** Whether the visitor looks at the page and has the strip in view, as the square is told. */
import type { Timers } from '../time/timers.ts';

/** Focus and visibility settle in steps; looks twice. Source: wire protocol, section 14. */
const LOOK_AGAIN_MS = [80, 400] as const;

export class Attention {
  /** At least half of the strip is in view. */
  isInView = true;
  readonly #send: (message: object) => boolean;
  readonly #timers: Timers;
  readonly #page: () => string | undefined;
  #told = '';

  constructor(send: (message: object) => boolean, timers: Timers, page: () => string | undefined) {
    this.#send = send;
    this.#timers = timers;
    this.#page = page;
  }

  /** The `reading` part of a message; the page only when its owner shares it. */
  get state(): { readingActive: boolean; widgetVisible: boolean; readingUrl: string | undefined } {
    const { hidden } = document;
    return {
      readingActive: !hidden && document.hasFocus(),
      widgetVisible: !hidden && this.isInView,
      readingUrl: this.#page(),
    };
  }

  /** The square was told in the first message of a connection. */
  begin(): void {
    this.#told = JSON.stringify(this.state);
  }

  /** Tells what changed, now. */
  tell(): void {
    const { state } = this;
    const text = JSON.stringify(state);
    if (text !== this.#told && this.#send({ type: 'reading', ...state })) this.#told = text;
  }

  lookAgain(): void {
    for (const delayMs of LOOK_AGAIN_MS) this.#timers.after(`look ${delayMs}`, delayMs, () => this.tell());
  }
}
