/** `ignore` and `close`: the message is not even parsed. */
export type MessageVerdict = 'handle' | 'ignore' | 'close';

const WINDOW_MS = 1_000;

/** A socket whose surplus reaches this many seconds' worth of messages without a calm second between is closed. */
const PATIENCE_SECONDS = 3;

/**
 * How much one socket may say, of whatever type: up to the limit in a second is handled, more is ignored, and much more,
 * or more for long, is the end of the socket.
 */
export class MessageBudget {
  #openedAt = Number.NEGATIVE_INFINITY;
  #count = 0;
  #surplus = 0;

  /** @param limit messages in a second; 0: any number */
  judge(limit: number, now: number): MessageVerdict {
    if (limit === 0) return 'handle';
    if (now - this.#openedAt >= WINDOW_MS) {
      const isCalm = this.#count <= limit || now - this.#openedAt >= 2 * WINDOW_MS;
      if (isCalm) this.#surplus = 0;
      this.#openedAt = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= limit) return 'handle';
    this.#surplus += 1;
    return this.#surplus >= PATIENCE_SECONDS * limit ? 'close' : 'ignore';
  }
}
