import { encodePositions, type Position } from '../protocol/compact.ts';
import type { OutgoingFrame } from './encode.ts';
import { framedBinary } from './ws-framing.ts';

/** Visitors are divided by where they stand into slices of so many. */
const SLICE_VISITORS = 32;

/**
 * A flush with more steps than three slices hold is thinned: some 400 people who all walk at 5 Hz make such flushes. The
 * widget draws the nearest 60 one by one, and everybody else as a crowd.
 */
export const NEAR_STEPS = 3 * SLICE_VISITORS;

/** What was held back is told within so many flushes: 20 take a second at most. */
const FAR_FLUSHES = 20;
const FAR_STEPS_MIN = SLICE_VISITORS;

/** What compact clients hear of one flush, whoever they are. */
export interface CompactPlan {
  /** Whether steps go to those only who stand near. */
  readonly isThinned: boolean;
  /** Before what stands at these places, everybody hears where its visitor is. */
  readonly before: ReadonlyMap<number, OutgoingFrame>;
  /** At the end everybody hears of these, in a message of its own: its bytes. */
  readonly share: readonly OutgoingFrame[];
  readonly shareWire: Buffer | undefined;
}

/** Part of the strip: what happens in it is near to those who stand in its middle. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The steps of a very large crowd. Those near to a client it hears of at once; of all others everybody hears a share with
 * each flush, longest held back first, until nothing is held back: nobody stays wrong, whoever walks where meanwhile.
 */
export class Crowd {
  /** The newest step of each visitor of whom not everybody has heard, in the order in which that began. */
  readonly #heldBack = new Map<number, OutgoingFrame>();
  #shareSteps = FAR_STEPS_MIN;

  /** Whether something has to follow even when nothing happens any more. */
  get isOwing(): boolean {
    return this.#heldBack.size > 0;
  }

  /** Decides about one flush, and counts on that it goes out. */
  plan(frames: readonly (OutgoingFrame | undefined)[]): CompactPlan {
    let steps = 0;
    for (const frame of frames) if (isStep(frame)) steps += 1;
    const isThinned = steps > NEAR_STEPS;
    const before = new Map<number, OutgoingFrame>();
    for (const [place, frame] of frames.entries()) {
      const visitor = frame?.visitor;
      if (frame === undefined || visitor === undefined) continue;
      const held = this.#heldBack.get(visitor);
      if (isThinned && isStep(frame)) {
        this.#heldBack.set(visitor, frame);
      } else if (held !== undefined) {
        this.#heldBack.delete(visitor);
        // What they do next is done where they are by then; a seat and an end say where by themselves.
        if (!frame.isMove && !frame.isLeave) before.set(place, held);
      }
    }
    const share = this.#takeShare();
    const shareWire =
      share.length === 0 ? undefined : framedBinary(encodePositions(share.flatMap(({ step }) => step ?? [])));
    return { isThinned, before, share, shareWire };
  }

  clear(): void {
    this.#heldBack.clear();
  }

  #takeShare(): OutgoingFrame[] {
    if (this.#heldBack.size === 0) this.#shareSteps = FAR_STEPS_MIN;
    // Never less than before while something is held back, so that whoever is last in the row waits no longer either.
    this.#shareSteps = Math.max(this.#shareSteps, Math.ceil(this.#heldBack.size / FAR_FLUSHES));
    const share: OutgoingFrame[] = [];
    for (const [visitor, frame] of this.#heldBack) {
      if (share.length === this.#shareSteps) break;
      share.push(frame);
      this.#heldBack.delete(visitor);
    }
    return share;
  }
}

/** A step that compact clients hear of as a position. */
export function isStep(frame: OutgoingFrame | undefined): frame is OutgoingFrame & { readonly step: Position } {
  return frame?.isShared === true && frame.step !== undefined;
}

/** Who is near to whom, for one flush: clients in the same slice hear the same. */
export class Slices {
  readonly #xs: Float64Array;

  /** @param xs where everybody stands */
  constructor(xs: readonly number[]) {
    this.#xs = Float64Array.from(xs).sort();
  }

  sliceOf(x: number): number {
    let from = 0;
    let to = this.#xs.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#xs[middle] ?? 1) < x) from = middle + 1;
      else to = middle;
    }
    return Math.floor(from / SLICE_VISITORS);
  }

  /** The slice and its neighbours: whoever stands in it has at least {@link SLICE_VISITORS} of theirs on either side. */
  around(slice: number): Span {
    const last = this.#xs.length - 1;
    const from = this.#xs[Math.max(0, (slice - 1) * SLICE_VISITORS)] ?? 0;
    const to = this.#xs[Math.min(last, (slice + 2) * SLICE_VISITORS - 1)] ?? 1;
    return { from: slice <= 1 ? 0 : from, to: (slice + 2) * SLICE_VISITORS > last ? 1 : to };
  }
}
