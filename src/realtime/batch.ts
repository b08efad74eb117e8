import { encodePositions, type Position } from '../protocol/compact.ts';
import type { Dialect, OutgoingFrame } from './encode.ts';
import { framedBinary } from './ws-framing.ts';

/** The frames of one flush as the bytes of one dialect, made once for all who speak it. */
export class Batch {
  /** Frames that were superseded are undefined, and take no bytes. */
  readonly frames: readonly (OutgoingFrame | undefined)[];
  readonly #dialect: Dialect;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #bytes: Buffer | undefined;

  constructor(frames: readonly (OutgoingFrame | undefined)[], dialect: Dialect) {
    this.frames = frames;
    this.#dialect = dialect;
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
    for (const frame of this.frames) {
      const step = this.#dialect === 'compact' && frame?.isShared === true ? frame.step : undefined;
      if (step !== undefined) steps.push(step);
      else if (frame !== undefined) addSteps();
      this.#starts.push(length);
      if (step === undefined && frame !== undefined) add(frame.wireFor(this.#dialect));
      this.#ends.push(length);
    }
    addSteps();
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
  }
}
