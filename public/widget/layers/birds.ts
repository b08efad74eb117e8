/** Birds that sit on benches and in trees, and leave when somebody comes: where the square says. A layer of the scene. */
import type { Painter } from '../art/painter.ts';
import type { Palette } from '../art/palette.ts';
import { record } from '../model/decode.ts';
import { groundRise, scenePx, STREET_UNITS } from '../model/layout.ts';
import type { Layer, View } from './layer.ts';

/** More than a scene may hold. */
const BIRDS_MAX = 24;
const LANDING_MS = 1_500;
const LEAVING_MS = 1_200;
/** How far they are seen coming and going, px. */
const FLIGHT_PX = { along: 300, up: 46 } as const;
/** Half a beat of the wings. */
const BEAT_MS = 110;
/** Above this height, px, they fade: the picture ends there. */
const FADE_FROM_PX = 48;

const SITTING =
  'M-5-1.5C-5-5-2-6.6 .5-6.6C.8-9.4 4.6-9.4 4.8-6.8L7.2-6.2L4.7-5.5C4.6-2.4 2.4-.2-.8-.2C-3-.2-4.4-.9-5-1.5Z';
const TAIL = 'M-4.2-3L-9.4-2.2L-4.4-.8M-.6-.2V1.4M1.2-.4V1.4';
const FLYING = 'M-7-3Q-2-6.4 4-5.2Q6.4-5 8.6-3.4Q4-1-1-1.6Q-4-2-7-3Z';
const WINGS = ['M-2-4.6Q-3-11-8.6-12.4Q-2.6-10 2.4-4.8', 'M-2-3Q-3.4 2.4-7.6 3.4Q-1.6 2 2-2.4'] as const;
const LINE_PX = 1.2;

interface Bird {
  /** 0…1 of the strip. */
  readonly x: number;
  /** px aside from its place and above the ground. */
  readonly perch: readonly [aside: number, up: number];
  facing: 1 | -1;
  state: 'landing' | 'sitting' | 'leaving';
  /** ms in this state. */
  ms: number;
}

export class Birds implements Layer {
  isHidden = false;
  readonly #birds = new Map<number, Bird>();
  readonly #palette: () => Palette;

  constructor(palette: () => Palette) {
    this.#palette = palette;
  }

  /** Those who were there before one came. @param list as `hello` has it */
  greet(list: unknown): void {
    this.#birds.clear();
    if (Array.isArray(list)) for (const entry of list.slice(0, BIRDS_MAX)) this.#add(record(entry), 'sitting');
  }

  /** @param frame a `bird` frame */
  heard(frame: Readonly<Record<string, unknown>>): void {
    if (frame['action'] === 'spawn') this.#add(frame, 'landing');
    const bird = this.#birds.get(Number(frame['id']));
    if (frame['action'] !== 'flee' || bird === undefined) return;
    bird.state = 'leaving';
    bird.ms = 0;
    bird.facing = frame['dir'] === -1 ? -1 : 1;
  }

  step(dtMs: number): boolean {
    let flies = false;
    for (const [id, bird] of this.#birds) {
      if (bird.state === 'sitting') continue;
      bird.ms += dtMs;
      if (bird.state === 'landing' && bird.ms >= LANDING_MS) bird.state = 'sitting';
      else if (bird.state === 'leaving' && bird.ms >= LEAVING_MS) this.#birds.delete(id);
      else flies = true;
    }
    return flies && !this.isHidden;
  }

  settle(): void {
    this.step(LANDING_MS);
  }

  paint(painter: Painter, { layout, camera }: View): void {
    if (this.isHidden) return;
    for (const { x, perch, facing, state, ms } of this.#birds.values()) {
      const px = scenePx(layout, x * STREET_UNITS);
      const away =
        state === 'landing' ? (1 - ms / LANDING_MS) ** 2 : state === 'leaving' ? (ms / LEAVING_MS) ** 1.4 : 0;
      const aside = (state === 'landing' ? -facing : facing) * away * FLIGHT_PX.along;
      const up = perch[1] + groundRise(layout, px) + away * FLIGHT_PX.up;
      painter.at(px - camera + perch[0] + aside, up, (context) => {
        context.scale(facing, 1);
        context.globalAlpha = Math.max(0, Math.min(1, (FADE_FROM_PX + 16 - up) / 16));
        const { ink, paper } = this.#palette();
        drawBird(context, ink, paper, state === 'sitting' ? undefined : ms);
      });
    }
  }

  #add(source: Readonly<Record<string, unknown>>, state: Bird['state']): void {
    const { id, x, perchId, from } = source;
    if (typeof id !== 'number' || typeof x !== 'number' || !(x >= 0 && x <= 1) || this.#birds.size >= BIRDS_MAX) return;
    const facing = from === 'left' ? 1 : from === 'right' ? -1 : id % 2 === 0 ? 1 : -1;
    this.#birds.set(id, { x, perch: perchOf(String(perchId)), facing, state, ms: 0 });
  }
}

/** One that looks to the right, its feet at the origin. @param flownMs undefined: it sits */
export function drawBird(
  context: CanvasRenderingContext2D,
  ink: string,
  feathers: string,
  flownMs: number | undefined,
): void {
  context.lineWidth = LINE_PX;
  context.lineCap = context.lineJoin = 'round';
  context.strokeStyle = ink;
  context.fillStyle = feathers;
  const wing = WINGS[Math.floor((flownMs ?? 0) / BEAT_MS) % 2] ?? '';
  for (const d of flownMs === undefined ? [TAIL, SITTING] : [FLYING, wing]) {
    const path = new Path2D(d);
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, no array
    context.fill(path);
    context.stroke(path);
  }
  context.fillStyle = ink;
  if (flownMs === undefined) context.fillRect(2.4, -7.4, 1.2, 1.2);
}

/** Where one sits on our benches and trees, px aside and up; the square knows only which of them. */
export function perchOf(id: string): readonly [aside: number, up: number] {
  return id.endsWith('-branch') ? [14, 46] : [0, 19];
}
