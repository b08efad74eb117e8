import type { Clock, Timer } from '../lib/clock.ts';
import type { RingPort, SceneSight, Watched } from '../ring/ring-port.ts';
import type { LiveScene } from './live-scene.ts';

/** Between two sights of a scene: ten a second when the process has time, fewer when it has not. */
const SIGHT_INTERVAL_MS = 100;
const SIGHT_INTERVAL_MAX_MS = 1_000;

/** A timer that fires so late belongs to a process that has other things to do: its visitors come first. */
const LATE_MS = 50;

/** Lines kept for the next sight. */
const LINES_MAX = 16;

interface Watch {
  readonly streams: Set<Watched>;
  said: { readonly visitor: number; readonly text: string }[];
  timer: Timer | undefined;
  intervalMs: number;
  nextAt: number;
}

/** The scenes of this process that somebody looks at from over the hill. Nothing runs for a scene at which nobody looks. */
export class Watches {
  readonly #clock: Clock;
  readonly #sceneOf: (sceneKey: string) => LiveScene | undefined;
  /** By scene. */
  readonly #watches = new Map<string, Watch>();

  constructor(ring: RingPort, clock: Clock, sceneOf: (sceneKey: string) => LiveScene | undefined) {
    this.#clock = clock;
    this.#sceneOf = sceneOf;
    ring.onWatch((sceneKey, watched) => this.#begin(sceneKey, watched));
  }

  /** Somebody came, went or moved. */
  changed(sceneKey: string): void {
    const watch = this.#watches.get(sceneKey);
    if (watch !== undefined) this.#schedule(sceneKey, watch);
  }

  heard(sceneKey: string, visitor: number, text: string): void {
    const watch = this.#watches.get(sceneKey);
    if (watch === undefined) return;
    watch.said.push({ visitor, text });
    if (watch.said.length > LINES_MAX) watch.said.shift();
    this.#schedule(sceneKey, watch);
  }

  #begin(sceneKey: string, watched: Watched): void {
    const watch = this.#watches.get(sceneKey) ?? {
      streams: new Set(),
      said: [],
      timer: undefined,
      intervalMs: SIGHT_INTERVAL_MS,
      nextAt: Number.NEGATIVE_INFINITY,
    };
    this.#watches.set(sceneKey, watch);
    watch.streams.add(watched);
    watched.onEnd(() => {
      watch.streams.delete(watched);
      if (watch.streams.size > 0) return;
      watch.timer?.cancel();
      this.#watches.delete(sceneKey);
    });
    watched.send(this.#sight(sceneKey, []));
  }

  #schedule(sceneKey: string, watch: Watch): void {
    if (watch.timer !== undefined) return;
    const dueAt = Math.max(watch.nextAt, this.#clock.monotonic());
    watch.timer = this.#clock.setTimer(
      () => {
        watch.timer = undefined;
        const now = this.#clock.monotonic();
        const isLate = now - dueAt > LATE_MS;
        watch.intervalMs = isLate
          ? Math.min(SIGHT_INTERVAL_MAX_MS, 2 * watch.intervalMs)
          : Math.max(SIGHT_INTERVAL_MS, watch.intervalMs / 2);
        watch.nextAt = now + watch.intervalMs;
        const sight = this.#sight(sceneKey, watch.said);
        watch.said = [];
        // A stream with a window full unread gets the next sight, which says all but the lines.
        for (const stream of watch.streams) stream.send(sight);
      },
      Math.ceil(dueAt - this.#clock.monotonic()),
    );
  }

  #sight(sceneKey: string, said: SceneSight['said']): SceneSight {
    const { count, figures } = this.#sceneOf(sceneKey)?.sight() ?? { count: 0, figures: [] };
    return { count, figures, said };
  }
}
