import type { DatabaseSync } from 'node:sqlite';

/** A write that failed, of a full disk for example, is tried again after so long, in ms. */
const RETRY_MS = 5_000;

/** One table's changes. */
export interface BatchPart {
  /** Writes what has gathered, within the transaction. */
  write(): void;
  /** It is on the disk: what was written is no change any more. */
  written(): void;
}

/**
 * Gathers changes of several tables and writes them in one transaction, a while after the first of them: visitors cause
 * such changes too, and nothing on their path touches the disk. What cannot be written is kept.
 */
export class Batch {
  readonly #db: DatabaseSync;
  readonly #delayMs: number;
  readonly #onFault: (err: unknown) => void;
  readonly #parts: BatchPart[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param onFault is told of a write that failed and will be tried again */
  constructor(db: DatabaseSync, delayMs: number, onFault: (err: unknown) => void) {
    this.#db = db;
    this.#delayMs = delayMs;
    this.#onFault = onFault;
  }

  add(part: BatchPart): void {
    this.#parts.push(part);
  }

  /** Something changed. */
  touch(): void {
    this.#timer ??= this.#later(this.#delayMs);
  }

  /** Writes what has gathered, now. @throws what SQLite throws; nothing is lost */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = this.#later(RETRY_MS);
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const part of this.#parts) part.write();
      this.#db.exec('COMMIT');
    } catch (err) {
      // SQLite may have undone it by itself, as it does when the disk is full.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw err;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const part of this.#parts) part.written();
  }

  /** Writes no more by itself. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      try {
        this.flush();
      } catch (err) {
        this.#onFault(err);
      }
    }, delayMs).unref();
  }
}
