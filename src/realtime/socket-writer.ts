import type { Duplex } from 'node:stream';
import type { Batch } from './batch.ts';
import type { Dialect, OutgoingFrame } from './encode.ts';

/**
 * A reader that lets this much pile up, in bytes, is gone or hostile: a crowd of 100 walking at 5 Hz makes some
 * 110 kB/s for each, so this is about nine seconds of silence, on top of what the kernel holds.
 */
const WRITE_BUDGET_BYTES = 1_048_576;

/** What one reader is to get of a batch. */
export interface Share {
  readonly dialect: Dialect;
  /** Places that are not for them, ascending. */
  readonly skips: readonly number[];
  /** Places before this one are not for them either. */
  readonly joinedAt: number;
}

/**
 * Writes whole WebSocket messages to one socket, past `ws`, which frames and buffers each message by itself; its own
 * control frames go through the same stream and keep their order.
 *
 * A reader who does not keep up is thinned: while the stream holds more than its high-water mark, moves are not written
 * but remembered, the newest of each visitor, and follow when it has drained. All else still goes out, until
 * {@link WRITE_BUDGET_BYTES}.
 */
export class SocketWriter {
  readonly #stream: Duplex;
  /** The newest unsent move of each visitor, while the reader is behind; at most the visitors of the scene. */
  #owed: Map<number, OutgoingFrame> | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** The reader is so far behind that it should be dropped. */
  get isOverBudget(): boolean {
    return this.#stream.writableLength > WRITE_BUDGET_BYTES;
  }

  write(bytes: Buffer): void {
    this.#stream.write(bytes);
  }

  /** Writes a reader's share of a batch, at most one system call. @returns whether there was anything to write */
  deliver(batch: Batch, share: Share): boolean {
    const stream = this.#stream;
    if (this.#owed !== undefined || stream.writableLength >= stream.writableHighWaterMark) {
      return this.#deliverThinned(batch, share);
    }
    const { skips, joinedAt } = share;
    const { bytes } = batch;
    if (skips.length === 0 && joinedAt === 0) {
      if (bytes.length > 0) stream.write(bytes);
      return bytes.length > 0;
    }
    return this.#writeAround(batch, share);
  }

  #writeAround(batch: Batch, { skips, joinedAt }: Share): boolean {
    const isAllSkipped = skips.length >= batch.frames.length - joinedAt;
    if (isAllSkipped && batch.plan?.shareWire === undefined) return false;
    const { bytes } = batch;
    const stream = this.#stream;
    let from = joinedAt === 0 ? 0 : batch.startOf(joinedAt);
    let hasWritten = false;
    stream.cork();
    for (const place of skips) {
      const until = batch.startOf(place);
      if (until > from) {
        stream.write(bytes.subarray(from, until));
        hasWritten = true;
      }
      from = Math.max(from, batch.endOf(place));
    }
    if (bytes.length > from) {
      stream.write(bytes.subarray(from));
      hasWritten = true;
    }
    stream.uncork();
    return hasWritten;
  }

  #deliverThinned(batch: Batch, { dialect, skips, joinedAt }: Share): boolean {
    const owed = (this.#owed ??= this.#beginToOwe(dialect));
    const parts: Buffer[] = [];
    for (const [place, frame] of batch.frames.entries()) {
      if (frame === undefined || place < joinedAt || skips.includes(place)) continue;
      const { visitor } = frame;
      const held = batch.plan?.before.get(place);
      if (visitor !== undefined && held !== undefined && !owed.has(visitor)) owed.set(visitor, held);
      if (frame.isMove && visitor !== undefined) {
        owed.set(visitor, frame);
        continue;
      }
      const before = visitor === undefined ? undefined : owed.get(visitor);
      if (visitor !== undefined && before !== undefined) {
        // What they do next is done where they are by then.
        owed.delete(visitor);
        if (!frame.isLeave) parts.push(before.wireFor(dialect));
      }
      parts.push(frame.wireFor(dialect));
    }
    for (const step of batch.plan?.share ?? []) if (step.visitor !== undefined) owed.set(step.visitor, step);
    if (parts.length > 0) this.#stream.write(Buffer.concat(parts));
    return parts.length > 0;
  }

  #beginToOwe(dialect: Dialect): Map<number, OutgoingFrame> {
    // A stream above its high-water mark always tells when it has drained.
    this.#stream.once('drain', () => {
      const owed = this.#owed ?? new Map<number, OutgoingFrame>();
      this.#owed = undefined;
      if (owed.size === 0 || !this.#stream.writable) return;
      this.#stream.write(Buffer.concat(Array.from(owed.values(), (frame) => frame.wireFor(dialect))));
    });
    return new Map();
  }
}
