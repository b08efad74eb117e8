/** One standing figure on a canvas of its own. */
import type { Look } from '../../../src/protocol/look.ts';
import type { drawFigure, toneReader } from '../art/atlas.ts';
import type { figureArt } from '../art/figure-art.ts';
import type { Palette } from '../art/palette.ts';

/** How the first file draws figures, for this one. */
export interface FigureDrawing {
  readonly figureArt: typeof figureArt;
  readonly drawFigure: typeof drawFigure;
  readonly toneReader: typeof toneReader;
}

/** Drawing of {@link drawPortrait}, in its own px. */
const SIZE = { width: 128, height: 168, ground: 150, scale: 3.1 } as const;

export function drawPortrait(art: FigureDrawing, canvas: HTMLCanvasElement, look: Look, palette: Palette): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  // Setting a size clears a canvas and forgets its transform.
  canvas.width = SIZE.width;
  canvas.height = SIZE.height;
  context.setTransform(SIZE.scale, 0, 0, SIZE.scale, SIZE.width / 2, SIZE.ground);
  art.drawFigure(context, art.figureArt(look, 'stand'), art.toneReader(palette, look));
}
