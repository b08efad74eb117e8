/** One picture of everything that moves, onto a canvas that is only as tall as the figures. */
import type { Look } from '../../../src/protocol/look.ts';
import { CELL_WIDTH, type Atlas } from './atlas.ts';
import { CELL, type Frame } from './figure-art.ts';

/** The band reaches this far above and below the street's level: hat and jump above, feet below. */
export const BAND_ABOVE_PX = 66;
export const BAND_BELOW_PX = 6;

/** A figure ready to be drawn. */
export interface Drawn {
  /** Absent for a silhouette. */
  readonly look?: Look;
  readonly frame: Frame;
  readonly facing: 1 | -1;
  /** Screen px of the feet. */
  readonly x: number;
  /** px above the street's level: hill and jump. */
  readonly lift: number;
  /** 1 for people here. */
  readonly size: number;
  readonly alpha: number;
}

export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #atlas: Atlas;
  #widthPx = 0;

  constructor(canvas: HTMLCanvasElement, atlas: Atlas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    this.#atlas = atlas;
  }

  /** Clears the band for a new picture. */
  begin(widthPx: number): void {
    const context = this.#context;
    if (context === null) return;
    this.#widthPx = widthPx;
    const ratio = this.#atlas.pixelRatio;
    const width = Math.round(widthPx * ratio);
    const height = Math.round((BAND_ABOVE_PX + BAND_BELOW_PX) * ratio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    } else {
      context.clearRect(0, 0, width, height);
    }
  }

  /** Draws something else: its origin is a place of the ground or above it, in px; y grows downwards. */
  at(x: number, lift: number, draw: (context: CanvasRenderingContext2D) => void): void {
    const context = this.#context;
    if (context === null) return;
    const ratio = this.#atlas.pixelRatio;
    context.save();
    context.setTransform(ratio, 0, 0, ratio, x * ratio, (BAND_ABOVE_PX - lift) * ratio);
    draw(context);
    context.restore();
  }

  /** Adds a figure in front of those before it. */
  stamp(figure: Drawn): void {
    const context = this.#context;
    if (figure.x < -CELL_WIDTH || figure.x > this.#widthPx + CELL_WIDTH || figure.alpha <= 0) return;
    const sprite =
      figure.look === undefined ? this.#atlas.silhouette(figure.frame) : this.#atlas.figure(figure.look, figure.frame);
    if (sprite === undefined || context === null) return;
    const ratio = this.#atlas.pixelRatio;
    const { size } = figure;
    // Whole device pixels keep the lines crisp.
    const x = Math.round((figure.x - CELL.half * size) * ratio);
    const y = Math.round((BAND_ABOVE_PX - figure.lift - CELL.above * size) * ratio);
    const width = sprite.width * size;
    context.globalAlpha = figure.alpha;
    // Turned about their middle who face left.
    if (figure.facing < 0) context.setTransform(-1, 0, 0, 1, 2 * x + width, 0);
    context.drawImage(sprite, x, y, width, sprite.height * size);
    if (figure.facing < 0) context.resetTransform();
  }
}
