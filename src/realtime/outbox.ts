import type { Clock, Timer } from '../lib/clock.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { nameOf, type Audience } from './audience.ts';
import { Batch } from './batch.ts';
import { Crowd, Slices, type CompactPlan } from './crowd.ts';
import { OutgoingFrame, type Dialect } from './encode.ts';
import { GATHER_MAX_MS, WritePace, SCENE_PACE } from './write-pace.ts';

/** Frames that wait at most; beyond it they go out before their time, so that an outbox has a bound. */
const FRAMES_MAX = 1_024;

/** A socket that hears broadcasts. */
export interface OutboxReader {
  readonly dialect: Dialect;
  /** The tab that it hears for, when it is one. */
  readonly tab?: number;
  /** Places in the present batch that are not for this reader, ascending; emptied by the outbox after each flush. */
  readonly skips: number[];
  /** Place in the present batch at which this reader came: what was queued before is in its `hello` already. */
  joinedAt: number;
  hears(audience: Audience): boolean;
  /** @returns whether that took a write */
  deliver(batch: Batch): boolean;
}

/** Where the visitors of a scene stand. */
export interface Places<Reader> {
  /** Undefined for somebody who only watches. */
  readonly of: (reader: Reader) => number | undefined;
  readonly all: () => readonly number[];
}

/**
 * What a scene has to say to many, on its way to the sockets. Each flush makes one batch of bytes for each dialect and
 * one write for each socket. A calm scene flushes at the end of every step, a full one less often (`WritePace`).
 *
 * Order: as queued, to everybody. Of several moves of one visitor with nothing else of theirs between, only the newest
 * goes out, in its own place. Compact clients in a very large crowd hear of those far away less often, see {@link Crowd}.
 */
export class Outbox<Reader extends OutboxReader> {
  readonly #readers: () => Iterable<Reader>;
  readonly #clock: Clock;
  readonly #shared: WritePace;
  readonly #own = new WritePace(SCENE_PACE);
  readonly #frames: (OutgoingFrame | undefined)[] = [];
  /** By visitor: their last queued frame, while it is a move. */
  readonly #moves = new Map<number, { readonly place: number; readonly audience: number }>();
  readonly #crowd = new Crowd();
  readonly #places: Places<Reader> | undefined;
  #timer: Timer | undefined;
  /** The timer is for frames; otherwise it is only for steps that were held back, and nothing has to wait for it. */
  #isGathering = false;

  /**
   * @param readers who hears broadcasts at the moment of each flush; kept by the caller
   * @param shared the pace of all scenes of the process
   * @param places without it nobody is near to anybody
   */
  constructor(readers: () => Iterable<Reader>, clock: Clock, shared: WritePace, places?: Places<Reader>) {
    this.#readers = readers;
    this.#clock = clock;
    this.#shared = shared;
    this.#places = places;
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
    if (this.#isGathering) return;
    const waitMs = Math.max(this.#own.waitMs(now), this.#shared.waitMs(now));
    if (waitMs === 0) return this.flush();
    this.#setTimer(waitMs);
    this.#isGathering = true;
  }

  /** Writes everything that waits, and a share of what compact clients were not told. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isGathering = false;
    if (this.#frames.length === 0 && !this.#crowd.isOwing) return;
    const { batchFor, isHeardByCompact } = this.#batches();
    let writes = 0;
    for (const reader of this.#readers()) {
      if (reader.deliver(batchFor(reader))) writes += 1;
      if (reader.skips.length > 0) reader.skips.length = 0;
      reader.joinedAt = 0;
    }
    this.#frames.length = 0;
    this.#moves.clear();
    const now = this.#clock.monotonic();
    this.#own.spend(writes, now);
    this.#shared.spend(writes, now);
    if (!isHeardByCompact()) this.#crowd.clear();
    if (this.#crowd.isOwing) this.#setTimer(GATHER_MAX_MS);
  }

  /** Forgets what waits, and its timer. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#frames.length = 0;
    this.#moves.clear();
    this.#crowd.clear();
  }

  #setTimer(waitMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(() => this.flush(), waitMs);
  }

  /** Makes each batch of a flush when the first reader asks for it. */
  #batches(): { readonly batchFor: (reader: Reader) => Batch; readonly isHeardByCompact: () => boolean } {
    const made = new Map<Dialect | number | undefined, Batch>();
    let plan: CompactPlan | undefined;
    let slices: Slices | undefined;
    const sliceOf = (reader: Reader): number | undefined => {
      const x = this.#places?.of(reader);
      return x === undefined ? undefined : (slices ??= new Slices(this.#places?.all() ?? [])).sliceOf(x);
    };
    const batchFor = (reader: Reader): Batch => {
      const { dialect } = reader;
      if (dialect !== 'compact') return kept(made, dialect, () => new Batch(this.#frames, dialect));
      const compact = (plan ??= this.#crowd.plan(this.#frames));
      if (!compact.isThinned) {
        return kept(made, dialect, () => new Batch(this.#frames, dialect, { plan: compact, near: undefined }));
      }
      const slice = sliceOf(reader);
      return kept(made, slice, () => {
        const near = slice === undefined ? undefined : slices?.around(slice);
        return new Batch(this.#frames, dialect, { plan: compact, near });
      });
    };
    return { batchFor, isHeardByCompact: () => plan !== undefined };
  }
}

function kept<Key>(made: Map<Key, Batch>, key: Key, make: () => Batch): Batch {
  let batch = made.get(key);
  if (batch === undefined) made.set(key, (batch = make()));
  return batch;
}
