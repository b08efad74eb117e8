import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Log } from '../log/log.ts';
import { classicRecord } from './classic-record.ts';
import type { Store } from './store.ts';

/** After a change of a site, and after one that is only counted. */
const CHANGE_DELAY_MS = 1_000;
const COUNT_DELAY_MS = 60_000;

/** A mirror takes at most one part in so many of the time, however many sites there are. */
const REST_TIMES_WRITING = 20;

/**
 * `sites.json` and `map-world.json` beside the database, as the classic server writes them, for scripts and tests that read
 * them (docs/adr/0006). Never read back by a square that has sites of its own. Each is replaced as a whole.
 */
export class ClassicMirror {
  readonly #store: Store;
  readonly #dataDir: string;
  readonly #clock: Clock;
  readonly #log: Pick<Log, 'error'>;
  #timer: { readonly handle: Timer; readonly at: number } | undefined;
  /** The last of the writes, and the one that has not begun. */
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #lastWriteMs = 0;
  #isStopped = false;

  constructor(store: Store, dataDir: string, clock: Clock, log: Pick<Log, 'error'>) {
    this.#store = store;
    this.#dataDir = dataDir;
    this.#clock = clock;
    this.#log = log;
    store.onSiteChange(() => this.#later(CHANGE_DELAY_MS));
    store.figures.onChange(() => this.#later(COUNT_DELAY_MS));
  }

  /** Resolves when a `sites.json` of now is on the disk, or could not be written, which is logged. */
  writeSites(): Promise<void> {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      return this.#write();
    });
    this.#writing = this.#next;
    return this.#next;
  }

  /** @param world plain data of our own */
  async writeWorld(world: unknown): Promise<void> {
    await this.#replace('map-world.json', world, 0o644);
  }

  /** Writes what is due. Idempotent. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    if (this.#timer !== undefined) await this.writeSites();
    await this.#writing;
  }

  async #write(): Promise<void> {
    const begun = this.#clock.monotonic();
    const sites = this.#store.sites().map((site) => classicRecord(site, this.#store.figures.of(site.key)));
    await this.#replace('sites.json', { version: 1, sites }, 0o600);
    this.#lastWriteMs = this.#clock.monotonic() - begun;
  }

  async #replace(name: string, value: unknown, mode: number): Promise<void> {
    const path = join(this.#dataDir, name);
    try {
      await writeFile(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`, { mode, flush: true });
      await rename(`${path}.tmp`, path);
    } catch (err) {
      this.#log.error({ err, file: name }, 'a file for classic tools could not be written');
    }
  }

  #later(delayMs: number): void {
    if (this.#isStopped) return;
    const at = this.#clock.monotonic() + Math.max(delayMs, this.#lastWriteMs * REST_TIMES_WRITING);
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#timer?.handle.cancel();
    const handle = this.#clock.setTimer(() => void this.writeSites(), at - this.#clock.monotonic());
    this.#timer = { handle, at };
  }
}
