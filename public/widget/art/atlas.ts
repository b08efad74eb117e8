/** Sprites made at run time: each picture of a figure is drawn once, and its bitmap copied from then on. */
import { encodeLook, type Look } from '../../../src/protocol/look.ts';
import { CELL, figureArt, type Frame, type Stroke, type Tone } from './figure-art.ts';
import { accentOf, type Palette } from './palette.ts';

/** 160 lively looks. What was not shown for longest makes room, so memory is bounded. */
const SPRITES_MAX = 1_280;
export const CELL_WIDTH = CELL.half * 2;
export const CELL_HEIGHT = CELL.above + CELL.below;

export class Atlas {
  /** Last shown last. Bitmaps, since a canvas that is drawn from is copied by the browser for each figure anew. */
  readonly #sprites = new Map<string, ImageBitmap>();
  #context: OffscreenCanvasRenderingContext2D | null = null;
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
    this.#context = null;
    this.#forget(0);
  }

  /** One that faces right. */
  figure(look: Look, frame: Frame): ImageBitmap | undefined {
    return this.#sprite(`${encodeLook(look)} ${frame}`, look, frame, false);
  }

  /** All ink and no looks: what is seen over a hill. */
  silhouette(frame: Frame): ImageBitmap | undefined {
    return this.#sprite(`- ${frame}`, { coat: 0, headwear: 0, carried: 0 }, frame, true);
  }

  #sprite(key: string, look: Look, frame: Frame, isSilhouette: boolean): ImageBitmap | undefined {
    const known = this.#sprites.get(key);
    if (known !== undefined) {
      this.#sprites.delete(key);
      this.#sprites.set(key, known);
      return known;
    }
    this.#forget(SPRITES_MAX - 1);
    const ratio = this.#pixelRatio;
    this.#context ??= new OffscreenCanvas(Math.ceil(CELL_WIDTH * ratio), Math.ceil(CELL_HEIGHT * ratio)).getContext(
      '2d',
    );
    const context = this.#context;
    if (context === null) return undefined;
    context.setTransform(ratio, 0, 0, ratio, CELL.half * ratio, CELL.above * ratio);
    drawFigure(context, figureArt(look, frame), toneReader(this.#palette, look, isSilhouette), isSilhouette);
    // Leaves the canvas empty for the next.
    const sprite = context.canvas.transferToImageBitmap();
    this.#sprites.set(key, sprite);
    return sprite;
  }

  /** @param most how many stay */
  #forget(most: number): void {
    for (const [key, sprite] of this.#sprites) {
      if (this.#sprites.size <= most) return;
      sprite.close();
      this.#sprites.delete(key);
    }
  }
}

type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
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
  context: Drawing,
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

function ink(context: Drawing, stroke: Stroke, toneOf: ToneReader): void {
  const path = new Path2D(stroke.d);
  if (stroke.fill !== undefined) {
    context.fillStyle = digitsOf(toneOf(stroke.fill));
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, no array
    context.fill(path);
  }
  if (stroke.line > 0) {
    context.lineWidth = stroke.line;
    context.strokeStyle = digitsOf(toneOf('ink'));
    context.stroke(path);
  }
}

let page: CanvasRenderingContext2D | null | undefined;

/** Firefox knows the system's colours by name on a canvas of the page, but on no other. */
function digitsOf(color: string): string {
  page ??= color.startsWith('#') ? undefined : document.createElement('canvas').getContext('2d');
  if (!page || color.startsWith('#')) return color;
  page.fillStyle = color;
  return page.fillStyle;
}

function shine(context: Drawing, radius: number, color: string): void {
  const light = context.createRadialGradient(0, 0, 1, 0, 0, radius);
  light.addColorStop(0, color);
  light.addColorStop(1, `${color}00`);
  context.globalAlpha = 0.6;
  context.fillStyle = light;
  context.fillRect(-radius, -radius, radius * 2, radius * 2);
}
