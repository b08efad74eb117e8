/** What is painted behind or before the people of the street, and moves by itself. */
import type { Painter } from '../art/painter.ts';
import type { Layout } from '../model/layout.ts';

/** Where the scene lies on the screen. */
export interface View {
  readonly layout: Layout;
  /** Scene px at the left edge. */
  readonly camera: number;
  /** Device px per px. */
  readonly pixelRatio: number;
}

export interface Layer {
  /** @returns whether anything is still to be seen moving */
  step(dtMs: number, nowMs: number): boolean;
  /** Puts everything where it is known to be, without gliding. */
  settle(): void;
  paint(painter: Painter, view: View): void;
}
