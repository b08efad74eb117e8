/** Where the last visitor walked, for whoever is left alone: prints on the path that fade. Inline SVG; nothing runs. */
import { groundRise, scenePx, STREET_UNITS, type Layout } from '../model/layout.ts';
import type { Footfall } from '../model/footfalls.ts';
import { svg } from '../view/dom.ts';

/** Steps kept of each walker. */
const STEPS_MAX = 18;
const WALKERS_MAX = 40;
/** They are fainter after each of these. */
export const FADE_STEP_MS = 45_000;
const FADE_STEPS = 4;
/** Under the ground line, px: the farther foot and the nearer. */
const DEPTH_PX = [3, 5.6] as const;

export class Footprints {
  readonly #path = svg('path', { class: 'prints' });
  readonly #trails = new Map<number, Footfall[]>();
  #last: number | undefined;
  #drawn = '';
  #age = 0;

  /** @param world the picture's group in scene px */
  constructor(world: SVGGElement) {
    world.prepend(this.#path);
  }

  /** Somebody's foot came down. */
  fell(fall: Footfall): void {
    if (fall.x < 0 || fall.x > STREET_UNITS) return;
    const trail = this.#trails.get(fall.id) ?? [];
    trail.push(fall);
    if (trail.length > STEPS_MAX) trail.shift();
    this.#trails.set(fall.id, trail);
    const [oldest] = this.#trails.keys();
    if (this.#trails.size > WALKERS_MAX && oldest !== undefined) this.#trails.delete(oldest);
  }

  /** Somebody went. */
  left(id: number): void {
    this.#last = id;
    this.#age = 0;
  }

  /** Another street. */
  forget(): void {
    this.#trails.clear();
    this.#last = undefined;
  }

  /** @returns whether any are still to be seen */
  fade(): boolean {
    this.#age += 1;
    if (this.#age >= FADE_STEPS) this.#last = undefined;
    return this.#last !== undefined;
  }

  show(layout: Layout, isShown: boolean): void {
    const trail = (isShown && this.#last !== undefined && this.#trails.get(this.#last)) || [];
    const d = trail.map((fall) => print(fall, layout)).join('');
    const drawn = `${d}${this.#age}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#path.setAttribute('d', d);
    this.#path.style.opacity = String(0.6 * (1 - this.#age / FADE_STEPS));
  }
}

/** A sole and a heel. */
function print({ x, facing, foot }: Footfall, layout: Layout): string {
  const px = scenePx(layout, x);
  const y = DEPTH_PX[foot] - groundRise(layout, px);
  return `M${px.toFixed(1)} ${y.toFixed(1)}h${3 * facing}m${-6 * facing} 0h${0.4 * facing}`;
}
