import { encodePositions, type Position } from '../protocol/compact.ts';
import type { Dialect, OutgoingFrame } from './encode.ts';
import { framedBinary } from './ws-framing.ts';

/** The frames of one flush as the bytes of one dialect, made once for all who speak it. */
export class Batch {
  /** Complete WebSocket messages, in order. Nobody changes them. */
  readonly bytes: Buffer;
  /** Frames that were superseded are undefined, and take no bytes. */
  readonly frames: readonly (OutgoingFrame | undefined)[];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(frames: readonly (OutgoingFrame | undefined)[], dialect: Dialect) {
    this.frames = frames;
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
    for (const frame of frames) {
      const step = dialect === 'compact' && frame?.isShared === true ? frame.step : undefined;
      if (step !== undefined) steps.push(step);
      else if (frame !== undefined) addSteps();
      this.#starts.push(length);
      if (step === undefined && frame !== undefined) add(frame.wireFor(dialect));
      this.#ends.push(length);
    }
    addSteps();
    const [only] = parts;
    this.bytes = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
  }

  /** Where the bytes of a frame begin; of a place after the last, where all ends. */
  startOf(place: number): number {
    return this.#starts[place] ?? this.bytes.length;
  }

  endOf(place: number): number {
    return this.#ends[place] ?? this.bytes.length;
  }
}
