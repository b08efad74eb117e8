/** Those who are seen over the two hills, as a layer of the scene. */
import type { Gate } from '../../../src/protocol/frames.ts';
import type { Side } from '../../../src/protocol/limits.ts';
import type { Painter } from '../art/painter.ts';
import { silhouetteFrame } from '../model/frame-choice.ts';
import { createHorizon, inkAt, sizeAt, stepHorizon, updateHorizon } from '../model/horizon.ts';
import { groundRise, streetPx } from '../model/layout.ts';
import type { Layer, View } from './layer.ts';

const SIDES = ['left', 'right'] as const;
/** The nearest stands this far behind its gate, the farthest this far from the edge, px. */
const NEAREST_PX = 16;
const EDGE_PX = 14;

export class Horizons implements Layer {
  /** Nothing is drawn, as in calm, where a count says it all. */
  isHidden = false;
  /** This hill one looks over: those beyond it are shown as they are. */
  without: Side | undefined;
  readonly #hills = { left: createHorizon(), right: createHorizon() };

  /** Takes what is known of both neighbours now. */
  update(gates: Readonly<Record<Side, Gate | null>> | undefined): void {
    for (const side of SIDES) updateHorizon(this.#hills[side], gates?.[side] ?? null, side);
  }

  step(dtMs: number): boolean {
    let moves = false;
    if (!this.isHidden) for (const side of SIDES) moves = stepHorizon(this.#hills[side], dtMs) || moves;
    return moves;
  }

  settle(): void {
    for (const side of SIDES) stepHorizon(this.#hills[side], 10_000);
  }

  paint(painter: Painter, { layout, camera }: View): void {
    if (this.isHidden) return;
    for (const side of SIDES) {
      if (side === this.without) continue;
      const { figures, mist } = this.#hills[side];
      const gatePx = side === 'left' ? 0 : streetPx(layout);
      const out = side === 'left' ? -1 : 1;
      const reach = layout.horizonPx - NEAREST_PX - EDGE_PX;
      for (const figure of [...figures.values()].sort((a, b) => b.depth - a.depth)) {
        const px = gatePx + out * (NEAREST_PX + figure.depth * reach);
        painter.stamp({
          frame: silhouetteFrame(figure),
          facing: figure.facing,
          x: px - camera,
          lift: groundRise(layout, px),
          size: sizeAt(figure.depth),
          alpha: inkAt(figure.depth, mist) * figure.alpha,
        });
      }
    }
  }
}
