/** Where the last visitor walked, for whoever is alone: prints on the path that fade. Inline SVG; nothing runs. */
import type { FootprintsView } from '../../../src/protocol/frames.ts';
import { groundRise, scenePx, STREET_UNITS, type Layout } from '../model/layout.ts';
import type { Footfall } from '../model/footfalls.ts';
import { svg } from '../view/dom.ts';

/** Steps kept of each walker. */
const STEPS_MAX = 18;
const WALKERS_MAX = 40;
const MINUTE_MS = 60_000;
/** How dark they are until so many minutes have gone; after the last they are gone. Source of the hour: docs/protocol.md. */
const SHADES = [
  [5, 0.6],
  [15, 0.48],
  [30, 0.36],
  [60, 0.24],
] as const;
/** Under the ground line, px: the farther foot and the nearer. */
const DEPTH_PX = [3, 5.6] as const;
/** Between two steps, in units, of a walker whom nobody here saw. */
const STRIDE = 13;

export class Footprints {
  readonly #path = svg('path', { class: 'prints' });
  readonly #trails = new Map<number, Footfall[]>();
  #last: readonly Footfall[] = [];
  #leftAt = 0;
  #drawn = '';

  /** @param world the picture's group in scene px */
  constructor(world: SVGGElement) {
    world.prepend(this.#path);
  }

  /** Somebody's foot came down. */
  fell(fall: Footfall): void {
    if (!isOnStreet(fall)) return;
    const trail = this.#trails.get(fall.id) ?? [];
    trail.push(fall);
    if (trail.length > STEPS_MAX) trail.shift();
    this.#trails.set(fall.id, trail);
    const [oldest] = this.#trails.keys();
    if (this.#trails.size > WALKERS_MAX && oldest !== undefined) this.#trails.delete(oldest);
  }

  /** Somebody went. */
  left(id: number, nowMs: number): void {
    this.#last = this.#trails.get(id) ?? [];
    this.#leftAt = nowMs;
  }

  /** Another street, and what was found on it. */
  arrive(found: FootprintsView | undefined, nowMs: number): void {
    this.#trails.clear();
    this.#last = found === undefined ? [] : way(found);
    this.#leftAt = nowMs - (found?.minutesAgo ?? 0) * MINUTE_MS;
  }

  /** When they look different next; undefined when there are none. */
  nextFade(nowMs: number): number | undefined {
    const until = this.#last.length === 0 ? undefined : this.#shade(nowMs)?.[0];
    return until === undefined ? undefined : this.#leftAt + until * MINUTE_MS;
  }

  show(layout: Layout, isShown: boolean, nowMs: number): void {
    const [, opacity = 0] = this.#shade(nowMs) ?? [];
    const d = isShown && opacity > 0 ? this.#last.map((fall) => print(fall, layout)).join('') : '';
    const drawn = `${d}${opacity}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#path.setAttribute('d', d);
    this.#path.style.opacity = String(opacity);
  }

  #shade(nowMs: number): (typeof SHADES)[number] | undefined {
    const minutes = (nowMs - this.#leftAt) / MINUTE_MS;
    return SHADES.find(([until]) => minutes < until);
  }
}

/** The steps of somebody who was not seen walking, up to where they were last. */
function way({ x, heading }: FootprintsView): Footfall[] {
  const facing = heading === 'left' ? -1 : 1;
  return Array.from(
    { length: STEPS_MAX },
    (_, back) =>
      ({
        id: 0,
        x: x * STREET_UNITS - facing * STRIDE * (back + 0.5),
        facing,
        foot: back % 2 === 0 ? 0 : 1,
      }) satisfies Footfall,
  ).filter(isOnStreet);
}

function isOnStreet({ x }: Footfall): boolean {
  return x >= 0 && x <= STREET_UNITS;
}

/** A sole and a heel. */
function print({ x, facing, foot }: Footfall, layout: Layout): string {
  const px = scenePx(layout, x);
  const y = DEPTH_PX[foot] - groundRise(layout, px);
  return `M${px.toFixed(1)} ${y.toFixed(1)}h${3 * facing}m${-6 * facing} 0h${0.4 * facing}`;
}
