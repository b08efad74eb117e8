/** The cat that keeps company with whoever is alone on the street: comes over a hill, sits down, follows, sleeps. A layer. */
import type { Side } from '../../../src/protocol/limits.ts';
import type { Painter } from '../art/painter.ts';
import type { Palette } from '../art/palette.ts';
import { groundRise, scenePx } from '../model/layout.ts';
import { GATE_LEFT, GATE_RIGHT, onHill } from '../model/walker.ts';
import type { Layer, View } from '../layers/layer.ts';

/** One is alone so long before it comes. */
export const CAT_COMES_MS = 6_000;
/** Units a second: behind a walker, ahead of nobody. */
const TROT = 110;
/** It sits so far from one's feet, and gets up when one is farther, in units. */
const SITS_AT = 30;
const GETS_UP_AT = 90;
/** Sits so long before it curls up. */
export const SLEEPS_AFTER_MS = 40_000;
/** Units of one cycle of its legs. */
const STRIDE = 15;
const FADE_MS = 400;
const LINE_PX = 1.3;
const FINE_PX = 0.9;

/** Facing right, the origin between its feet. */
const HEAD =
  'M-3.6-.4C-3.9-2.6-3.7-4.6-3.3-6.4L-1-4.6H1.4L3.6-6.3C4-4.4 4.1-2.4 3.8-.6C3.4 1.8 1.8 2.6 0 2.6C-1.9 2.6-3.3 1.8-3.6-.4Z';
const POSES = {
  walk: {
    body: 'M-8.6-7.4C-8.8-10.6-4-10.8 1-10.6C6-10.6 8.4-9.6 8-6.8C7.6-4.6 4-5 0-5C-4.4-4.8-8.2-4.4-8.6-7.4Z',
    tail: 'M-8.2-8.6C-12.4-9.6-11-14.6-12.6-17.2',
    marks: 'M-4.4-10.4v2.2M-1.4-10.6v2.4M1.6-10.5v2.2',
    head: [9, -11.4],
  },
  sit: {
    body: 'M-5.6 0C-8.4-4.6-5.2-9.6-.6-11.4L4.2-10.6C5.9-7 5.4-3 5.4 0Z',
    tail: 'M-5.4-.9C-10-.1-12.8-1.4-12-4.4C-11.6-5.8-10.2-5.7-9.6-4.9',
    marks: 'M-5.6-6.2l2 .9M-4-8.4l1.8 1.3M2.2 0V-4.8M4.6-4.4V0',
    head: [2.8, -13.4],
  },
  sleep: {
    body: 'M-9.4-2C-9.6-7.6-4-8.8 0-8.6C5.6-8.4 9.6-6 9-2Q8.8 0 6.8 0H-7.4Q-9.2 0-9.4-2Z',
    tail: 'M-9.2-2.6C-11.6.4-5 .6 1.4-.6',
    marks: 'M-4.6-8.2v2.4M-1.8-8.6v2.4M1-8.6v2.2',
    head: [6.6, -3.6],
  },
} as const;

export class Cat implements Layer {
  readonly #palette: () => Palette;
  readonly #selfX: () => number;
  #x = 0;
  #facing: 1 | -1 = 1;
  #state: 'away' | 'coming' | 'sitting' | 'going' = 'away';
  #walked = 0;
  #satAt = 0;
  #nowMs = 0;
  #alpha = 0;

  /** @param selfX where the visitor is, in units */
  constructor(palette: () => Palette, selfX: () => number) {
    this.#palette = palette;
    this.#selfX = selfX;
  }

  /** Nobody else is here. Comes over the hill that is farther away. */
  come(): void {
    if (this.#state === 'away') this.#x = onHill(this.#farSide);
    if (this.#state !== 'sitting') this.#state = 'coming';
  }

  /** Somebody else is company now. */
  go(): void {
    if (this.#state !== 'away') this.#state = 'going';
  }

  /** Another street. */
  vanish(): void {
    this.#state = 'away';
    this.#alpha = 0;
  }

  step(dtMs: number, nowMs: number): boolean {
    this.#nowMs = nowMs;
    if (this.#state === 'away') return false;
    const goal = this.#goal();
    const gap = goal - this.#x;
    const isOff = Math.abs(gap) > (this.#state === 'sitting' ? GETS_UP_AT - SITS_AT : 0.5);
    if (isOff) this.#trot(gap, (TROT * dtMs) / 1_000);
    else if (this.#state === 'coming') this.#sit();
    const isLeaving = this.#state === 'going' && (this.#x < GATE_LEFT || this.#x > GATE_RIGHT);
    const alpha = Math.min(1, Math.max(0, this.#alpha + (isLeaving ? -dtMs : dtMs) / FADE_MS));
    const isFading = alpha !== this.#alpha;
    this.#alpha = alpha;
    if (isLeaving && alpha === 0) this.#state = 'away';
    return isOff || isFading;
  }

  settle(): void {
    if (this.#state === 'going') this.vanish();
  }

  paint(painter: Painter, { layout, camera }: View): void {
    if (this.#alpha === 0) return;
    const px = scenePx(layout, this.#x);
    painter.at(px - camera, groundRise(layout, px), (context) => {
      context.scale(this.#facing, 1);
      context.globalAlpha = this.#alpha;
      this.#draw(context);
    });
  }

  get #farSide(): Side {
    return this.#selfX() > (GATE_LEFT + GATE_RIGHT) / 2 ? 'left' : 'right';
  }

  #goal(): number {
    const self = this.#selfX();
    const side = this.#x < self ? -1 : 1;
    return this.#state === 'going' ? onHill(side < 0 ? 'left' : 'right') : self + side * SITS_AT;
  }

  #trot(gap: number, reach: number): void {
    if (this.#state === 'sitting') this.#state = 'coming';
    this.#facing = gap > 0 ? 1 : -1;
    const way = Math.min(Math.abs(gap), reach);
    this.#x += this.#facing * way;
    this.#walked += way;
  }

  #sit(): void {
    this.#state = 'sitting';
    this.#satAt = this.#nowMs;
  }

  #draw(context: CanvasRenderingContext2D): void {
    const { ink, lamp, onLamp } = this.#palette();
    const isWalking = this.#state !== 'sitting';
    const pose = isWalking ? 'walk' : this.#nowMs - this.#satAt > SLEEPS_AFTER_MS ? 'sleep' : 'sit';
    const { body, tail, marks, head } = POSES[pose];
    context.lineCap = context.lineJoin = 'round';
    context.strokeStyle = ink;
    context.fillStyle = lamp;
    const line = (d: string, width: number, isFilled = false): void => {
      const path = new Path2D(d);
      context.lineWidth = width;
      // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, no array
      if (isFilled) context.fill(path);
      context.stroke(path);
    };
    line(tail, LINE_PX + 0.5);
    if (isWalking) line(this.#legs(), LINE_PX + 0.3);
    line(body, LINE_PX, true);
    context.translate(head[0], head[1]);
    line(HEAD, LINE_PX, true);
    context.strokeStyle = onLamp;
    if (pose === 'sleep') line('M.6-.6q.9.8 1.8 0', FINE_PX);
    else {
      context.fillStyle = onLamp;
      context.fillRect(0.9, -1.9, 1.3, 1.6);
    }
    line('M3.5.5h-.9', FINE_PX);
    context.translate(-head[0], -head[1]);
    line(marks, FINE_PX);
  }

  #legs(): string {
    const turn = (this.#walked / STRIDE) * 2 * Math.PI;
    return [-6.4, -4.2, 4, 6.2]
      .map((x, leg) => {
        const swing = Math.sin(turn + (leg % 2 === 0 ? 0 : Math.PI) + (leg < 2 ? 0 : 1)) * 2.6;
        return `M${x}-5.6Q${x - 0.6}-3 ${x + swing}-.3`;
      })
      .join('');
  }
}
