/** Frames in order, both ways, with no more of them unread than a window holds. */

/** Frames sent and not yet read by the other side; beyond that `send` refuses. */
export const STREAM_WINDOW = 64;

/** The window is opened again after this many were read, so that not every frame is answered. */
const ROOM_STEP = STREAM_WINDOW / 4;

export interface FrameStream<Out, In> {
  /** @returns false when the other side has a window full unread, or the stream has ended: the frame was not sent */
  send(frame: Out): boolean;
  /** Frames in order, those that came before it included. One listener, set once. */
  onFrame(listener: (frame: In) => void): void;
  /** The other side has read: `send` takes frames again. Called only after it refused. */
  onRoom(listener: () => void): void;
  /** Called once, whichever side ended it and why; after the last frame unless the other process died. */
  onEnd(listener: (reason: string) => void): void;
  /** Frames wait, and the end after them; the other side stops when the window is full. */
  pause(): void;
  resume(): void;
  /** Idempotent. What came and was not read is dropped. */
  end(reason: string): void;
}

/** How one end reaches the other. */
export interface StreamCarrier<Out> {
  frame(frame: Out): void;
  /** The other side may send so many more. */
  room(count: number): void;
  end(reason: string): void;
}

/** One end of a stream over any carrier that keeps order. */
export class StreamEnd<Out, In> implements FrameStream<Out, In> {
  readonly #carrier: StreamCarrier<Out>;
  #room = STREAM_WINDOW;
  /** Came and not handed on; at most a window full. */
  readonly #waiting: In[] = [];
  #readSinceRoom = 0;
  #isPaused = false;
  #hasRefused = false;
  /** The other side has ended; told when what waits has been read. */
  #lastWord: string | undefined;
  #endedWith: string | undefined;
  #onFrame: ((frame: In) => void) | undefined;
  #onRoom: (() => void) | undefined;
  readonly #onEnd: ((reason: string) => void)[] = [];

  constructor(carrier: StreamCarrier<Out>) {
    this.#carrier = carrier;
  }

  send(frame: Out): boolean {
    if (this.#room === 0 || this.#endedWith !== undefined) {
      this.#hasRefused = true;
      return false;
    }
    this.#room -= 1;
    this.#carrier.frame(frame);
    return true;
  }

  onFrame(listener: (frame: In) => void): void {
    this.#onFrame = listener;
    this.#drain();
  }

  onRoom(listener: () => void): void {
    this.#onRoom = listener;
  }

  onEnd(listener: (reason: string) => void): void {
    if (this.#endedWith === undefined) this.#onEnd.push(listener);
    else listener(this.#endedWith);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#drain();
  }

  end(reason: string): void {
    if (this.#endedWith !== undefined) return;
    if (this.#lastWord === undefined) this.#carrier.end(reason);
    this.#finish(reason);
  }

  /** A frame of the other side arrived. */
  take(frame: In): void {
    if (this.#endedWith !== undefined) return;
    if (this.#waiting.length >= STREAM_WINDOW) return this.end('too-much');
    this.#waiting.push(frame);
    this.#drain();
  }

  /** The other side has read so many. */
  widen(count: number): void {
    this.#room = Math.min(STREAM_WINDOW, this.#room + count);
    if (!this.#hasRefused || this.#endedWith !== undefined) return;
    this.#hasRefused = false;
    this.#onRoom?.();
  }

  /** The other side has ended. */
  conclude(reason: string): void {
    this.#lastWord ??= reason;
    this.#drain();
  }

  /** The other side is no more: nothing that waits matters. */
  cut(reason: string): void {
    if (this.#endedWith === undefined) this.#finish(reason);
  }

  #drain(): void {
    while (!this.#isPaused && this.#onFrame !== undefined && this.#endedWith === undefined) {
      const frame = this.#waiting.shift();
      if (frame === undefined) break;
      this.#readSinceRoom += 1;
      this.#onFrame(frame);
      if (this.#readSinceRoom < ROOM_STEP || this.#endedWith !== undefined) continue;
      if (this.#lastWord === undefined) this.#carrier.room(this.#readSinceRoom);
      this.#readSinceRoom = 0;
    }
    if (this.#isPaused || this.#waiting.length > 0 || this.#endedWith !== undefined) return;
    if (this.#lastWord !== undefined) this.#finish(this.#lastWord);
  }

  #finish(reason: string): void {
    this.#endedWith = reason;
    this.#waiting.length = 0;
    for (const listener of this.#onEnd.splice(0)) listener(reason);
  }
}

/** The two ends of a stream within one process. Frames arrive on a later turn, as they would from another process. */
export function streamPair<Out, In>(): readonly [FrameStream<Out, In>, FrameStream<In, Out>] {
  const here: StreamEnd<Out, In> = new StreamEnd<Out, In>(carrierTo(() => there));
  const there: StreamEnd<In, Out> = new StreamEnd<In, Out>(carrierTo(() => here));
  return [here, there];
}

function carrierTo<Out, In>(other: () => StreamEnd<In, Out>): StreamCarrier<Out> {
  return {
    frame: (frame) => queueMicrotask(() => other().take(frame)),
    room: (count) => queueMicrotask(() => other().widen(count)),
    end: (reason) => queueMicrotask(() => other().conclude(reason)),
  };
}

/** Joins two streams: what comes out of one goes into the other, in order, no faster than it is read there. */
export function joinStreams<A, B>(one: FrameStream<A, B>, other: FrameStream<B, A>): void {
  forward(one, other);
  forward(other, one);
}

function forward<Frame>(
  from: Pick<FrameStream<unknown, Frame>, 'onFrame' | 'onEnd' | 'pause' | 'resume'>,
  to: Pick<FrameStream<Frame, unknown>, 'send' | 'onRoom' | 'end'>,
): void {
  let held: { readonly frame: Frame } | undefined;
  to.onRoom(() => {
    if (held === undefined || !to.send(held.frame)) return;
    held = undefined;
    from.resume();
  });
  from.onFrame((frame) => {
    if (to.send(frame)) return;
    held = { frame };
    from.pause();
  });
  from.onEnd((reason) => to.end(reason));
}
