import type { Clock, Timer } from '../lib/clock.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { nameOf, type Audience } from './audience.ts';
import { Batch } from './batch.ts';
import { OutgoingFrame, type Dialect } from './encode.ts';
import { WritePace, SCENE_PACE } from './write-pace.ts';

/** Frames that wait at most; beyond it they go out before their time, so that an outbox has a bound. */
const FRAMES_MAX = 256;

/** A socket that hears broadcasts. */
export interface OutboxReader {
  readonly dialect: Dialect;
  /** Places in the present batch that are not for this reader, ascending; emptied by the outbox after each flush. */
  readonly skips: number[];
  /** Place in the present batch at which this reader came: what was queued before is in its `hello` already. */
  joinedAt: number;
  hears(audience: Audience): boolean;
  /** @returns whether that took a write */
  deliver(batch: Batch): boolean;
}

/**
 * What a scene has to say to many, on its way to the sockets. Each flush makes one batch of bytes for each dialect and
 * one write for each socket. A calm scene flushes at the end of every step, a full one less often (`WritePace`).
 *
 * Order: as queued, to everybody. Of several moves of one visitor with nothing else of theirs between, only the newest
 * goes out, in its own place.
 */
export class Outbox<Reader extends OutboxReader> {
  readonly #readers: () => Iterable<Reader>;
  readonly #clock: Clock;
  readonly #shared: WritePace;
  readonly #own = new WritePace(SCENE_PACE);
  readonly #frames: (OutgoingFrame | undefined)[] = [];
  /** By visitor: their last queued frame, while it is a move. */
  readonly #moves = new Map<number, { readonly place: number; readonly audience: number }>();
  #timer: Timer | undefined;

  /**
   * @param readers who hears broadcasts at the moment of each flush; kept by the caller
   * @param shared the pace of all scenes of the process
   */
  constructor(readers: () => Iterable<Reader>, clock: Clock, shared: WritePace) {
    this.#readers = readers;
    this.#clock = clock;
    this.#shared = shared;
  }

  /** A reader has had its `hello` just now. */
  welcome(reader: Reader): void {
    reader.joinedAt = this.#frames.length;
    reader.skips.length = 0;
  }

  queue(frame: ServerFrame, audience: Audience): void {
    const outgoing = new OutgoingFrame(frame, audience);
    const name = nameOf(audience);
    const { visitor } = outgoing;
    const place = this.#frames.length;
    if (visitor !== undefined) {
      const before = this.#moves.get(visitor);
      if (!outgoing.isMove || name === undefined) {
        this.#moves.delete(visitor);
      } else {
        if (before?.audience === name) this.#frames[before.place] = undefined;
        this.#moves.set(visitor, { place, audience: name });
      }
    }
    this.#frames.push(outgoing);
    for (const reader of this.#readers()) if (!reader.hears(audience)) reader.skips.push(place);
  }

  /** A step is done: what it queued goes out now, or soon. */
  settle(): void {
    if (this.#frames.length === 0) return;
    const now = this.#clock.monotonic();
    if (this.#frames.length >= FRAMES_MAX) return this.flush();
    if (this.#timer !== undefined) return;
    const waitMs = Math.max(this.#own.waitMs(now), this.#shared.waitMs(now));
    if (waitMs === 0) this.flush();
    else this.#timer = this.#clock.setTimer(() => this.flush(), waitMs);
  }

  /** Writes everything that waits. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#frames.length === 0) return;
    const batches: Partial<Record<Dialect, Batch>> = {};
    let writes = 0;
    for (const reader of this.#readers()) {
      if (reader.deliver((batches[reader.dialect] ??= new Batch(this.#frames, reader.dialect)))) writes += 1;
      if (reader.skips.length > 0) reader.skips.length = 0;
      reader.joinedAt = 0;
    }
    this.#frames.length = 0;
    this.#moves.clear();
    const now = this.#clock.monotonic();
    this.#own.spend(writes, now);
    this.#shared.spend(writes, now);
  }

  /** Forgets what waits, and its timer. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#frames.length = 0;
    this.#moves.clear();
  }
}
