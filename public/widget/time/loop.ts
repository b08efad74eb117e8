/** Draws at 30 Hz while something moves and not at all when nothing does. */
import type { Clock, Timer } from './clock.ts';

/** Every second callback at 60 Hz. */
const DRAW_MS = 30;
/** When nobody moves but what is behind them. */
const LAYERS_MS = 64;
/** In calm others are seen to change this often. */
const CALM_MS = 2_000;

/** Fewer pictures a second, for so many seconds on end, are too few. Source: widget.md, section 16. */
const PICTURES_MIN = 20;
const SLOW_SECONDS = 3;

/** After a gap of so long nobody has walked on meanwhile. */
const REST_MS = 250;

export type Motion = 'still' | 'layers' | 'people';

export interface LoopDeps {
  readonly clock: Clock;
  /** Runs once, with the time of the picture that the browser makes next. */
  readonly nextFrame: (run: (nowMs: number) => void) => void;
  /** Moves on and draws; @returns what will move next */
  readonly draw: (dtMs: number, nowMs: number) => Motion;
  readonly isCalm: () => boolean;
  /** People move, and {@link SLOW_SECONDS} on end had fewer pictures than {@link PICTURES_MIN}. */
  readonly onBreathless: () => void;
}

export class Loop {
  readonly #deps: LoopDeps;
  #isAsked = false;
  #calmTimer: Timer | undefined;
  #drawnAt = -Infinity;
  #motion: Motion = 'still';
  #isPaused = true;
  /** Since when pictures are counted; undefined at rest, which is no slowness. */
  #countedFrom: number | undefined;
  #pictures = 0;
  #slowSeconds = 0;

  constructor(deps: LoopDeps) {
    this.#deps = deps;
  }

  /** Something changed. `isOwn`: by the visitor's own doing, which is shown at once even in calm. */
  wake(isOwn = false): void {
    if (this.#isPaused) return;
    if (this.#deps.isCalm() && !isOwn) {
      const waitMs = Math.max(0, this.#drawnAt + CALM_MS - this.#deps.clock.now());
      this.#calmTimer ??= this.#deps.clock.setTimer(() => {
        this.#calmTimer = undefined;
        this.wake(true);
      }, waitMs);
      return;
    }
    this.#motion = 'people';
    this.#ask();
  }

  pause(): void {
    this.#isPaused = true;
    this.#countedFrom = undefined;
    this.#calmTimer?.cancel();
    this.#calmTimer = undefined;
  }

  resume(): void {
    this.#isPaused = false;
    this.wake(true);
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#deps.nextFrame((nowMs) => {
      this.#isAsked = false;
      this.#frame(nowMs);
    });
  }

  #frame(nowMs: number): void {
    if (this.#isPaused) return;
    const elapsed = nowMs - this.#drawnAt;
    if (elapsed < (this.#motion === 'layers' ? LAYERS_MS : DRAW_MS)) {
      this.#ask();
      return;
    }
    this.#drawnAt = nowMs;
    this.#count(nowMs);
    this.#motion = this.#deps.draw(elapsed > REST_MS ? DRAW_MS : elapsed, nowMs);
    // In calm few pictures are the point.
    if (this.#motion !== 'people' || this.#deps.isCalm()) this.#countedFrom = undefined;
    if (this.#motion === 'still') return;
    if (this.#deps.isCalm()) this.wake();
    else this.#ask();
  }

  #count(nowMs: number): void {
    this.#pictures += 1;
    const seconds = (nowMs - (this.#countedFrom ?? -Infinity)) / 1_000;
    if (seconds < 1) return;
    const isSlow = this.#countedFrom !== undefined && this.#pictures < PICTURES_MIN * seconds;
    this.#slowSeconds = isSlow ? this.#slowSeconds + 1 : 0;
    this.#countedFrom = nowMs;
    this.#pictures = 0;
    if (this.#slowSeconds === SLOW_SECONDS) this.#deps.onBreathless();
  }
}
