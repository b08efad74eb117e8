import type { DatabaseSync } from 'node:sqlite';

/**
 * Gathers changes of several tables and writes them in one transaction, a while after the first of them: visitors cause
 * such changes too, and nothing on their path touches the disk.
 */
export class Batch {
  readonly #db: DatabaseSync;
  readonly #delayMs: number;
  readonly #writers: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(db: DatabaseSync, delayMs: number) {
    this.#db = db;
    this.#delayMs = delayMs;
  }

  /** Adds what writes one table's changes; it is called within the transaction and keeps nothing for later. */
  onFlush(write: () => void): void {
    this.#writers.push(write);
  }

  /** Something changed. */
  touch(): void {
    this.#timer ??= setTimeout(() => this.flush(), this.#delayMs).unref();
  }

  /** Writes what has gathered, now. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const write of this.#writers) write();
      this.#db.exec('COMMIT');
    } catch (err) {
      this.#db.exec('ROLLBACK');
      throw err;
    }
  }
}
