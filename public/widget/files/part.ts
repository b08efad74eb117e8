/** A file of the widget that comes later than the first: fetched from beside it, and again when it did not come. */
import type { Clock, Timer } from '../time/clock.ts';
import type { LaterState } from '../model/notice.ts';
import type { WordFile } from '../words/strings.ts';
import type { WordTable } from '../words/words.ts';

/** Set by the build: all files of one build have the same. */
declare const TOWNRING_BUILD: string;

export interface PartModule {
  readonly build: string;
  /** What it says, in English. */
  readonly texts: WordTable;
}

/** After a failure it is tried again by itself, less and less often. */
const RETRY_FIRST_MS = 5_000;
const RETRY_LONGEST_MS = 300_000;
/** Its words are waited for this long. */
const WORDS_MS = 1_500;

/** What parts have in common. */
export interface PartDeps {
  readonly clock: Clock;
  /** Fetches a file; `attempt` counts from 0. */
  readonly fetch: <M>(file: WordFile, attempt: number) => Promise<M>;
  /** Learns a file's words; the promise keeps when they are there in the page's language. */
  readonly learn: (file: WordFile, english: WordTable) => Promise<void>;
  readonly onChange: () => void;
}

export class Part<M extends PartModule> {
  readonly #deps: PartDeps;
  readonly #file: WordFile;
  readonly #use: (module: M) => void;
  #state: LaterState = 'none';
  #attempt = 0;
  #timer: Timer | undefined;

  /** @param use puts it into use */
  constructor(file: WordFile, deps: PartDeps, use: (module: M) => void) {
    this.#file = file;
    this.#deps = deps;
    this.#use = use;
  }

  get state(): LaterState {
    return this.#state;
  }

  /** Fetches it unless that is done, or under way. */
  want(): void {
    if (this.#state === 'none' || this.#state === 'failed') void this.#load();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#state = 'old';
  }

  async #load(): Promise<void> {
    const { clock, fetch, learn, onChange } = this.#deps;
    this.#timer?.cancel();
    this.#become('coming');
    try {
      const module = await fetch<M>(this.#file, this.#attempt);
      // The strip may have been taken away meanwhile.
      if (this.state !== 'coming') return;
      if (module.build !== TOWNRING_BUILD) return this.#become('old');
      // Words that linger come when they come: nothing else waits for them any longer.
      const enough = new Promise<void>((end) => void (this.#timer = clock.setTimer(end, WORDS_MS)));
      await Promise.race([learn(this.#file, module.texts), enough]);
      if (this.state !== 'coming') return;
      this.#state = 'here';
      this.#use(module);
      onChange();
    } catch {
      if (this.state === 'coming') this.#failed();
    }
  }

  #failed(): void {
    const delayMs = Math.min(RETRY_FIRST_MS * 4 ** this.#attempt, RETRY_LONGEST_MS);
    this.#attempt += 1;
    this.#timer = this.#deps.clock.setTimer(() => void this.#load(), delayMs);
    this.#become('failed');
  }

  #become(state: LaterState): void {
    this.#state = state;
    this.#deps.onChange();
  }
}

/** One try at a file. @param base URL of the first file. A browser remembers that a URL failed, so that each try has its own. */
export function tryPart<M>(base: string, file: WordFile, attempt: number): Promise<M> {
  const url = new URL(`${file}.js`, base);
  url.search = `${TOWNRING_BUILD}${attempt === 0 ? '' : `-${attempt}`}`;
  return import(url.href);
}
