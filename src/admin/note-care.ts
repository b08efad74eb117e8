import type { Clock, Timer } from '../lib/clock.ts';
import { freshNotes } from '../scene/note.ts';
import type { Store } from '../store/store.ts';
import type { LiveScenes } from './live-scenes.ts';

const DAY_MS = 86_400_000;

/** Takes notes down that have hung for long enough, at once and then once a day. What is shown leaves them out sooner. */
export class NoteCare {
  readonly #store: Store;
  readonly #scenes: Pick<LiveScenes, 'siteChanged'>;
  readonly #clock: Clock;
  #timer: Timer | undefined;

  constructor(store: Store, scenes: Pick<LiveScenes, 'siteChanged'>, clock: Clock) {
    this.#store = store;
    this.#scenes = scenes;
    this.#clock = clock;
    this.#look();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    for (const { key, notes } of this.#store.sites()) {
      const fresh = freshNotes(notes, this.#clock.now());
      if (fresh === notes) continue;
      this.#store.changeSite(key, { notes: fresh });
      this.#scenes.siteChanged(key);
    }
    this.#timer = this.#clock.setTimer(() => this.#look(), DAY_MS);
  }
}
