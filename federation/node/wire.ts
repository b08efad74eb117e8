/** An ordered stream of messages with another square, each with its length before it, both ways and capped. */
import type { Stream } from '@libp2p/interface';
import { LengthPrefixedDecoder } from '@libp2p/utils';
import type { Clock } from '../types.ts';

export interface WireLimits {
  /** Longest message taken from the other square, in bytes. */
  readonly messageMaxBytes: number;
}

type StreamBytes = Parameters<Stream['send']>[0];

/** What one end hears. */
export interface WireListener {
  message(bytes: Uint8Array): void;
  /** There is room again after {@link Wire.isFull}. */
  drained(): void;
  /** Called once, however it ended, and not for what this end ended itself. A message that was cut short is dropped. */
  closed(): void;
}

export interface Wire {
  /** One write, in order. Does nothing after the end. */
  send(messages: readonly Uint8Array[]): void;
  /** The other square takes less than it was sent: what is sent now waits in memory. */
  readonly isFull: boolean;
  /** Ends it; what was sent before still arrives. Idempotent. */
  close(): void;
  /** Ends it at once. Idempotent. */
  abort(why: string): void;
}

/** Written and not taken by the other square; beyond it the stream is reset. */
const WRITE_BUFFER_MAX_BYTES = 1_024 * 1_024;

/** Whoever opened a stream says by then what it is for. */
const OPENING_WITHIN_MS = 2_000;

/** How long the last words of a closed stream may take. */
const CLOSE_WITHIN_MS = 2_000;

/** Wraps a libp2p stream. Whoever calls it owns the stream from here on. */
export function wireOver(stream: Stream, { messageMaxBytes }: WireLimits, listener: WireListener): Wire {
  const decoder = new LengthPrefixedDecoder({
    maxDataLength: messageMaxBytes,
    maxBufferSize: 2 * messageMaxBytes + WRITE_BUFFER_MAX_BYTES,
  });
  let isOver = false;
  stream.maxWriteBufferLength = WRITE_BUFFER_MAX_BYTES;
  stream.maxReadBufferLength = 2 * messageMaxBytes + WRITE_BUFFER_MAX_BYTES;

  const abort = (why: string): void => {
    isOver = true;
    stream.abort(new Error(why));
  };
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    stream.close({ signal: AbortSignal.timeout(CLOSE_WITHIN_MS) }).catch(() => abort('not closed in time'));
  };
  const ended = (): void => {
    if (isOver) return;
    close();
    listener.closed();
  };
  const decoded = (bytes: StreamBytes): readonly StreamBytes[] => {
    if (isOver) return [];
    try {
      return [...decoder.decode(bytes)];
    } catch {
      // A length that is none, or too great.
      abort('not a message');
      listener.closed();
      return [];
    }
  };
  stream.addEventListener('message', ({ data }) => {
    for (const message of decoded(data)) {
      if (isOver) return;
      listener.message(message.subarray());
    }
  });
  stream.addEventListener('drain', () => {
    if (!isOver) listener.drained();
  });
  stream.addEventListener('remoteCloseWrite', ended);
  stream.addEventListener('close', ended);

  return {
    send(messages) {
      if (isOver || messages.length === 0) return;
      try {
        stream.send(framed(messages));
      } catch {
        // The stream was reset a moment ago and its event is on the way, or the other side takes nothing any more.
        abort('not writable');
        listener.closed();
      }
    },
    get isFull() {
      return stream.writableNeedsDrain || stream.writeBufferLength > 0;
    },
    close,
    abort(why) {
      if (!isOver) abort(why);
    },
  };
}

/**
 * The listener of a stream that another square opened: its first message says what the stream is for.
 * @param take gets it, and gives whoever hears the rest; undefined refuses the stream
 */
export function awaitOpening(
  clock: Clock,
  wire: () => Wire,
  take: (opening: Uint8Array) => WireListener | undefined,
): WireListener {
  let taken: WireListener | undefined;
  const patience = clock.setTimer(() => wire().abort('no opening'), OPENING_WITHIN_MS);
  return {
    message(bytes) {
      if (taken !== undefined) return taken.message(bytes);
      patience.cancel();
      taken = take(bytes);
      if (taken === undefined) wire().abort('refused');
    },
    drained: () => taken?.drained(),
    closed() {
      patience.cancel();
      taken?.closed();
    },
  };
}

/** The two ends of a wire within one square, for sites that are neighbours on it. Messages arrive on a later turn. */
export function wirePair(listeners: readonly [WireListener, WireListener]): readonly [Wire, Wire] {
  const isOver: [boolean, boolean] = [false, false];
  const endOf = (own: 0 | 1, other: 0 | 1): Wire => {
    const end = (): void => {
      if (isOver[own]) return;
      isOver[own] = true;
      // After what was sent before.
      queueMicrotask(() => {
        if (isOver[other]) return;
        isOver[other] = true;
        listeners[other].closed();
      });
    };
    return {
      send(messages) {
        if (isOver[own]) return;
        for (const message of messages) {
          queueMicrotask(() => (isOver[other] ? undefined : listeners[other].message(message)));
        }
      },
      isFull: false,
      close: end,
      abort: end,
    };
  };
  return [endOf(0, 1), endOf(1, 0)];
}

function framed(messages: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(messages.flatMap((message) => [lengthOf(message.byteLength), message]));
}

/** Unsigned varint, as `LengthPrefixedDecoder` reads it. */
function lengthOf(bytes: number): Uint8Array {
  const digits: number[] = [];
  let rest = bytes;
  while (rest > 0x7f) {
    digits.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  digits.push(rest);
  return Uint8Array.from(digits);
}
