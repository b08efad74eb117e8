/** Draws at 30 Hz while something moves and not at all when nothing does. */
import type { Clock, Timer } from './clock.ts';

/** Every second callback at 60 Hz. */
const DRAW_MS = 30;
/** When nobody moves but what is behind them. */
const LAYERS_MS = 64;
/** In calm others are seen to change this often. */
const CALM_MS = 2_000;

/** Fewer than 20 pictures a second, for this long, are too few. Source: widget.md, section 16. */
const SLOW_MS = 50;
const BREATHLESS_MS = 3_000;

export type Motion = 'still' | 'layers' | 'people';

export interface LoopDeps {
  readonly clock: Clock;
  /** Runs once, with the time of the picture that the browser makes next. */
  readonly nextFrame: (run: (nowMs: number) => void) => void;
  /** Moves on and draws; @returns what will move next */
  readonly draw: (dtMs: number, nowMs: number, isFirst: boolean) => Motion;
  readonly isCalm: () => boolean;
  /** Pictures of people came slower than {@link SLOW_MS} for {@link BREATHLESS_MS}. */
  readonly onBreathless: () => void;
}

export class Loop {
  readonly #deps: LoopDeps;
  #isAsked = false;
  #calmTimer: Timer | undefined;
  #drawnAt = -Infinity;
  #motion: Motion = 'still';
  #isPaused = true;
  #slowMs = 0;

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
        this.#motion = 'people';
        this.#ask();
      }, waitMs);
      return;
    }
    this.#motion = 'people';
    this.#ask();
  }

  pause(): void {
    this.#isPaused = true;
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
    const isFirst = elapsed > 250;
    this.#drawnAt = nowMs;
    // A gap is a rest, not slowness; in calm few pictures are the point.
    this.#slowMs =
      isFirst || elapsed <= SLOW_MS || this.#motion !== 'people' || this.#deps.isCalm() ? 0 : this.#slowMs + elapsed;
    if (this.#slowMs > BREATHLESS_MS) this.#deps.onBreathless();
    this.#motion = this.#deps.draw(isFirst ? DRAW_MS : elapsed, nowMs, isFirst);
    if (this.#motion === 'still') return;
    if (this.#deps.isCalm()) this.wake();
    else this.#ask();
  }
}
