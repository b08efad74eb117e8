import type { ViewChange, ViewFigure } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import { encodeViewSteps, isCompactName } from '../protocol/view-steps.ts';
import { OutgoingFrame } from './encode.ts';
import { framedBinary, framedText } from './ws-framing.ts';

/** Whom a view told of before. */
export interface KnownView {
  readonly count: number;
  readonly figures: ReadonlyMap<string, ViewFigure>;
}

/**
 * One change of a view for all who look. Compact clients hear of known figures in bytes, and of the rest, if there is any, in a
 * JSON `view` before it.
 * @param known before this change; undefined when nothing was
 */
export function viewFrame(side: Side, site: string, change: ViewChange, known: KnownView | undefined): OutgoingFrame {
  const frame = { type: 'view', side, site, ...change } as const;
  if (change.isWhole || known === undefined) return new OutgoingFrame(frame);
  const forCompact = (): Buffer => {
    const steps = change.figures.filter((figure) => isStep(figure, known.figures.get(figure.h)));
    const rest = { ...frame, figures: change.figures.filter((figure) => !steps.includes(figure)) };
    const saysMore =
      rest.figures.length + rest.gone.length + rest.said.length > 0 || rest.count !== known.count || steps.length === 0;
    return Buffer.concat([
      ...(saysMore ? [framedText(JSON.stringify(rest))] : []),
      ...(steps.length > 0 ? [framedBinary(encodeViewSteps(side, steps))] : []),
    ]);
  };
  return new OutgoingFrame(frame, undefined, forCompact);
}

/** It says nothing new but where somebody is, and how. */
function isStep({ h, color, name, look }: ViewFigure, before: ViewFigure | undefined): boolean {
  return before?.color === color && before.name === name && before.look === look && isCompactName(h);
}
