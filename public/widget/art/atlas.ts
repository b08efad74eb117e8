/** Sprites made at run time: each picture of a figure is drawn once into a page of cells and copied from there. */
import { encodeLook, type Look } from '../../../src/protocol/look.ts';
import { CELL, figureArt, type Frame, type Stroke, type Tone } from './figure-art.ts';
import { accentOf, type Palette } from './palette.ts';

const COLUMNS = 16;
const ROWS = 16;
/** 1,280 cells: 80 lively looks. When they are used up the atlas starts anew, so memory is bounded. */
const PAGES_MAX = 5;
export const CELL_WIDTH = CELL.half * 2;
export const CELL_HEIGHT = CELL.above + CELL.below;

export interface Sprite {
  readonly page: HTMLCanvasElement;
  /** Device px. */
  readonly x: number;
  readonly y: number;
}

export class Atlas {
  readonly #sprites = new Map<string, Sprite>();
  #pages: CanvasRenderingContext2D[] = [];
  #next = 0;
  #palette: Palette;
  #pixelRatio: number;

  constructor(palette: Palette, pixelRatio: number) {
    this.#palette = palette;
    this.#pixelRatio = pixelRatio;
  }

  get pixelRatio(): number {
    return this.#pixelRatio;
  }

  /** Forgets every sprite when theme or pixel ratio changed. */
  reset(palette: Palette, pixelRatio: number): void {
    if (palette === this.#palette && pixelRatio === this.#pixelRatio) return;
    this.#palette = palette;
    this.#pixelRatio = pixelRatio;
    this.#clear();
  }

  figure(look: Look, frame: Frame, facing: 1 | -1): Sprite | undefined {
    return this.#sprite(`${encodeLook(look)} ${frame} ${facing}`, look, frame, facing, false);
  }

  /** All ink and no looks: what is seen over a hill. */
  silhouette(frame: Frame, facing: 1 | -1): Sprite | undefined {
    return this.#sprite(`- ${frame} ${facing}`, { coat: 0, headwear: 0, carried: 0 }, frame, facing, true);
  }

  #sprite(key: string, look: Look, frame: Frame, facing: 1 | -1, isSilhouette: boolean): Sprite | undefined {
    const known = this.#sprites.get(key);
    if (known !== undefined) return known;
    if (this.#next >= COLUMNS * ROWS * PAGES_MAX) this.#clear();
    const ratio = this.#pixelRatio;
    const cell = this.#next % (COLUMNS * ROWS);
    const context = this.#page(Math.floor(this.#next / (COLUMNS * ROWS)));
    if (context === undefined) return undefined;
    this.#next += 1;
    const x = (cell % COLUMNS) * Math.ceil(CELL_WIDTH * ratio);
    const y = Math.floor(cell / COLUMNS) * Math.ceil(CELL_HEIGHT * ratio);
    // Nothing may reach into the next cell.
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(x, y, Math.ceil(CELL_WIDTH * ratio), Math.ceil(CELL_HEIGHT * ratio));
    context.clip();
    context.setTransform(ratio * facing, 0, 0, ratio, x + CELL.half * ratio, y + CELL.above * ratio);
    drawFigure(context, figureArt(look, frame), toneReader(this.#palette, look, isSilhouette), isSilhouette);
    context.restore();
    const sprite = { page: context.canvas, x, y };
    this.#sprites.set(key, sprite);
    return sprite;
  }

  #page(index: number): CanvasRenderingContext2D | undefined {
    const known = this.#pages[index];
    if (known !== undefined) return known;
    const canvas = document.createElement('canvas');
    canvas.width = COLUMNS * Math.ceil(CELL_WIDTH * this.#pixelRatio);
    canvas.height = ROWS * Math.ceil(CELL_HEIGHT * this.#pixelRatio);
    const context = canvas.getContext('2d') ?? undefined;
    if (context !== undefined) this.#pages.push(context);
    return context;
  }

  #clear(): void {
    this.#sprites.clear();
    this.#pages = [];
    this.#next = 0;
  }
}

type ToneReader = (tone: Tone | 'glow') => string;

export function toneReader(palette: Palette, look: Look, isSilhouette = false): ToneReader {
  return (tone) => {
    if (isSilhouette) return palette.ink;
    if (tone === 'coat') return palette.coats[look.coat] ?? palette.ink;
    return tone === 'accent' ? accentOf(palette, look.coat) : palette[tone];
  };
}

/** Draws strokes at the context's present origin. */
export function drawFigure(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  toneOf: ToneReader,
  isSilhouette = false,
): void {
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    if (isSilhouette && (stroke.isDetail === true || stroke.glow !== undefined)) continue;
    context.save();
    const [x, y, turn] = stroke.at ?? [0, 0, 0];
    context.translate(x, y);
    if (turn !== 0) context.rotate(turn);
    if (stroke.glow === undefined) ink(context, stroke, toneOf);
    else shine(context, stroke.glow, toneOf('glow'));
    context.restore();
  }
}

function ink(context: CanvasRenderingContext2D, stroke: Stroke, toneOf: ToneReader): void {
  const path = new Path2D(stroke.d);
  if (stroke.fill !== undefined) {
    context.fillStyle = toneOf(stroke.fill);
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, no array
    context.fill(path);
  }
  if (stroke.line > 0) {
    context.lineWidth = stroke.line;
    context.strokeStyle = toneOf('ink');
    context.stroke(path);
  }
}

function shine(context: CanvasRenderingContext2D, radius: number, color: string): void {
  const light = context.createRadialGradient(0, 0, 1, 0, 0, radius);
  light.addColorStop(0, color);
  light.addColorStop(1, `${color}00`);
  context.globalAlpha = 0.6;
  context.fillStyle = light;
  context.fillRect(-radius, -radius, radius * 2, radius * 2);
}
