/** Looking over the hill: who is there, in their own coats, as the square next door shows them. */
import type { Side } from '../../../src/protocol/limits.ts';
import type { ViewStep } from '../../../src/protocol/view-steps.ts';
import type { Look } from '../../../src/protocol/look.ts';
import type { Frame } from '../art/figure-art.ts';
import { walkFrame } from '../model/frame-choice.ts';
import { toward } from '../model/horizon.ts';
import { groundRise, streetPx, type Layout } from '../model/layout.ts';
import type { Seen, SeenFigure } from './beyond.ts';

/** The camera slides this part of the strip over the hill. Source: widget.md, section 8. */
const SLIDE_PART = 0.6;
/** A phone is narrower than the hill and so much of the street behind it: there it slides further, within bounds. */
const SEEN_MIN_PX = 170;
const SLIDE_MAX_PART = 0.92;
const SLIDE_PER_MS = 1 / 420;
/** The street next door is seen from afar. */
const DISTANCE_SCALE = 0.62;
/** From the crest of the hill down to their street, px. */
const DOWNHILL_PX = 70;
/** A figure is shown where it was told to be within this time. */
const GLIDE_PER_MS = 1 / 260;
const FADE_PER_MS = 1 / 300;
const CYCLES_PER_S = 1.5;
/** A line hangs as long. */
export const HEARD_MS = 5_000;
const FIGURES_MAX = 60;

export interface Onlooked {
  readonly h: string;
  name: string;
  look: Look;
  /** 0…1 of their street: shown now, and told. */
  x: number;
  to: number;
  pose: SeenFigure['pose'];
  facing: 1 | -1;
  isWalking: boolean;
  phase: number;
  alpha: number;
  isGone: boolean;
  said: { readonly text: string; readonly at: number } | undefined;
}

/** Where a figure of the other street is seen now. */
export interface Sighting {
  readonly figure: Onlooked;
  readonly frame: Frame;
  /** Screen px of the feet, and px above the street's level. */
  readonly x: number;
  readonly lift: number;
  readonly alpha: number;
}

export const SIGHTING_SIZE = 0.86;

export class Peek {
  /** The gate one looks through; undefined when the look is over, though it may still slide back. */
  side: Side | undefined;
  /** People there, drawn or not; undefined before the first view. */
  count: number | undefined;
  readonly figures = new Map<string, Onlooked>();
  #lastSide: Side = 'right';
  /** 0 at home … 1 over the hill. */
  #slid = 0;

  /** How far the camera is pushed, px; negative to the left. */
  shiftPx({ widthPx, horizonPx }: Layout): number {
    const wanted = Math.max(SLIDE_PART * widthPx, horizonPx + DOWNHILL_PX + SEEN_MIN_PX);
    const slide = Math.min(wanted, SLIDE_MAX_PART * widthPx);
    const eased = this.#slid * this.#slid * (3 - 2 * this.#slid);
    return (this.#lastSide === 'left' ? -1 : 1) * eased * slide;
  }

  get isAway(): boolean {
    return this.#slid > 0;
  }

  begin(side: Side): void {
    if (side !== this.#lastSide) this.#slid = 0;
    this.side = side;
    this.#lastSide = side;
    this.count = undefined;
    this.figures.clear();
  }

  end(): void {
    this.side = undefined;
  }

  take(seen: Seen, nowMs: number): void {
    this.count = seen.count;
    const there = new Set(seen.figures.map(({ h }) => h));
    for (const figure of seen.figures) this.#takeFigure(figure);
    for (const [h, figure] of this.figures) {
      if (seen.gone.includes(h) || (seen.isWhole && !there.has(h))) figure.isGone = true;
    }
    for (const { h, text } of seen.said) {
      const figure = this.figures.get(h);
      if (figure !== undefined) figure.said = { text, at: nowMs };
    }
  }

  #takeFigure({ h, x, color, pose, walking, name, look }: SeenFigure): void {
    const dressed = look ?? { coat: color, headwear: 0, carried: 0 };
    const known = this.figures.get(h);
    if (known === undefined) {
      if (this.figures.size >= FIGURES_MAX) return;
      const facing = h.charCodeAt(0) % 2 === 0 ? 1 : -1;
      const still = { pose, facing, isWalking: walking, phase: 0, alpha: 0, isGone: false, said: undefined } as const;
      this.figures.set(h, { h, name, look: dressed, x, to: x, ...still });
      return;
    }
    Object.assign(known, { name, look: dressed, isGone: false });
    moveFigure(known, { x, pose, walking });
  }

  /** Those who are not known were not told of, and are not shown. */
  move(steps: readonly ViewStep[]): void {
    for (const step of steps) {
      const known = this.figures.get(step.h);
      if (known !== undefined) moveFigure(known, step);
    }
  }

  step(dtMs: number): boolean {
    const goal = this.side === undefined ? 0 : 1;
    let moves = this.#slid !== goal;
    this.#slid = toward(this.#slid, goal, dtMs * SLIDE_PER_MS);
    if (this.#slid === 0) this.figures.clear();
    for (const [h, figure] of this.figures) {
      moves = stepFigure(figure, dtMs) || moves;
      if (figure.isGone && figure.alpha === 0) this.figures.delete(h);
    }
    return moves;
  }

  settle(): void {
    this.#slid = this.side === undefined ? 0 : 1;
    for (const [h, figure] of this.figures) {
      figure.x = figure.to;
      figure.alpha = 1;
      if (figure.isGone) this.figures.delete(h);
    }
  }

  /** Who is seen now, and where. */
  sightings(layout: Layout, camera: number): readonly Sighting[] {
    if (!this.isAway) return [];
    return Array.from(this.figures.values(), (figure) => {
      const px = beyondPx(layout, this.#lastSide, figure.x);
      const lift = beyondRise(layout, this.#lastSide, px);
      return { figure, frame: pictureOf(figure), x: px - camera, lift, alpha: figure.alpha * this.#slid };
    });
  }
}

/** Scene px of a place on the street over the hill: its near end lies at the foot of the hill. */
export function beyondPx(layout: Layout, side: Side, x: number): number {
  const length = streetPx(layout) * DISTANCE_SCALE;
  const foot = layout.horizonPx + DOWNHILL_PX;
  return side === 'left' ? -foot - (1 - x) * length : streetPx(layout) + foot + x * length;
}

/** Height of the ground over the hill, in px: down from the crest to a street as level as ours. */
export function beyondRise(layout: Layout, side: Side, px: number): number {
  const crest = side === 'left' ? -layout.horizonPx : streetPx(layout) + layout.horizonPx;
  const past = side === 'left' ? crest - px : px - crest;
  const down = Math.min(Math.max(past / DOWNHILL_PX, 0), 1);
  return groundRise(layout, crest) * (1 - down * down * (3 - 2 * down));
}

function moveFigure(figure: Onlooked, { x, pose, walking }: Omit<ViewStep, 'h'>): void {
  if (x !== figure.to) figure.facing = x > figure.to ? 1 : -1;
  figure.to = x;
  figure.pose = pose;
  figure.isWalking = walking;
}

function stepFigure(figure: Onlooked, dtMs: number): boolean {
  const gap = figure.to - figure.x;
  figure.x = Math.abs(gap) < 0.0005 ? figure.to : figure.x + gap * Math.min(1, dtMs * GLIDE_PER_MS);
  const goal = figure.isGone ? 0 : 1;
  const fades = figure.alpha !== goal;
  figure.alpha = toward(figure.alpha, goal, dtMs * FADE_PER_MS);
  const isLively = figure.isWalking || gap !== 0 || figure.pose === 'wave';
  if (isLively) figure.phase = (figure.phase + (CYCLES_PER_S * dtMs) / 1_000) % 1;
  return isLively || fades;
}

function pictureOf({ isWalking, x, to, pose, phase }: Onlooked): Frame {
  if (isWalking || x !== to) return walkFrame(phase);
  if (pose === 'wave') return (phase * 4) % 2 < 1 ? 'wave0' : 'wave1';
  return pose;
}
