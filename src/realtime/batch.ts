import { encodePositions, type Position } from '../protocol/compact.ts';
import { isStep, type CompactPlan, type Span } from './crowd.ts';
import type { Dialect, OutgoingFrame } from './encode.ts';
import { framedBinary } from './ws-framing.ts';

/** What compact clients in one place hear. */
export interface CompactView {
  readonly plan: CompactPlan;
  /** Where steps are near; undefined: nowhere. Looked at in a thinned flush only. */
  readonly near: Span | undefined;
}

/** The frames of one flush as the bytes of one dialect, made once for all who are to hear the same. */
export class Batch {
  /** Frames that were superseded are undefined, and take no bytes. */
  readonly frames: readonly (OutgoingFrame | undefined)[];
  readonly #dialect: Dialect;
  /** How the steps in it are told; compact clients only. */
  readonly plan: CompactPlan | undefined;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #view: CompactView | undefined;
  #bytes: Buffer | undefined;

  constructor(frames: readonly (OutgoingFrame | undefined)[], dialect: Dialect, view?: CompactView) {
    this.frames = frames;
    this.#dialect = dialect;
    this.plan = view?.plan;
    this.#view = view;
  }

  /** Complete WebSocket messages, in order; made when the first reader asks. Nobody changes them. */
  get bytes(): Buffer {
    return (this.#bytes ??= this.#encode());
  }

  /** Where the bytes of a frame begin; of a place after the last, where all ends. */
  startOf(place: number): number {
    const { length } = this.bytes;
    return this.#starts[place] ?? length;
  }

  endOf(place: number): number {
    const { length } = this.bytes;
    return this.#ends[place] ?? length;
  }

  #encode(): Buffer {
    const view = this.#view;
    const parts: Buffer[] = [];
    let length = 0;
    const add = (part: Buffer): void => {
      parts.push(part);
      length += part.length;
    };
    // Steps with nothing between them are one message to compact clients. It belongs to none of their places: whoever
    // took one of the steps hears of it with the others, and knows the number of their own visitor.
    let steps: Position[] = [];
    const addSteps = (): void => {
      if (steps.length > 0) add(framedBinary(encodePositions(steps)));
      steps = [];
    };
    for (const [place, frame] of this.frames.entries()) {
      const isPosition = this.#dialect === 'compact' && isStep(frame);
      if (isPosition) {
        if (isHeard(frame.step, view)) steps.push(frame.step);
      } else if (frame !== undefined) {
        const held = view?.plan.before.get(place)?.step;
        if (held !== undefined) steps.push(held);
        addSteps();
      }
      this.#starts.push(length);
      if (!isPosition && frame !== undefined) add(frame.wireFor(this.#dialect));
      this.#ends.push(length);
    }
    addSteps();
    if (view?.plan.shareWire !== undefined) add(view.plan.shareWire);
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
  }
}

function isHeard({ x }: Position, view: CompactView | undefined): boolean {
  if (view?.plan.isThinned !== true) return true;
  return view.near !== undefined && x >= view.near.from && x <= view.near.to;
}
