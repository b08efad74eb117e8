import type { HelloFrame, ServerFrame, VisitorView } from '../protocol/frames.ts';

/**
 * One frame on its way to any number of clients: made into bytes at most once for each kind of client, and only for the
 * kinds that are there. Classic clients get exactly the classic keys.
 */
export class OutgoingFrame {
  readonly #frame: ServerFrame;
  #ring: Buffer | undefined;
  #classic: Buffer | undefined;

  constructor(frame: ServerFrame) {
    this.#frame = frame;
  }

  /** UTF-8 JSON; callers must not change it. */
  bytesFor(isRing: boolean): Buffer {
    return isRing ? this.#ringBytes() : this.#classicBytes();
  }

  #ringBytes(): Buffer {
    return (this.#ring ??= Buffer.from(encodeForRing(this.#frame)));
  }

  #classicBytes(): Buffer {
    return (this.#classic ??= hasRingKeys(this.#frame)
      ? Buffer.from(encodeForClassic(this.#frame))
      : this.#ringBytes());
  }
}

export function encodeForRing(frame: ServerFrame): string {
  return JSON.stringify(frame);
}

/** The same frame without the keys that only ring clients know: `ring`, `arrival`, `toward`. */
export function encodeForClassic(frame: ServerFrame): string {
  switch (frame.type) {
    case 'hello':
      return JSON.stringify(classicHello(frame));
    case 'join':
      return JSON.stringify({ ...frame, peer: classicVisitor(frame.peer) });
    case 'profile':
      return JSON.stringify({ ...frame, ring: undefined });
    case 'leave':
      return JSON.stringify({ type: frame.type, id: frame.id });
    default:
      return JSON.stringify(frame);
  }
}

function hasRingKeys(frame: ServerFrame): boolean {
  switch (frame.type) {
    case 'hello':
      return true; // rarely sent to two clients; not worth the look
    case 'join':
      return frame.peer.ring !== undefined;
    case 'profile':
      return frame.ring !== undefined;
    case 'leave':
      return frame.toward !== undefined;
    default:
      return false;
  }
}

/** Keys set to undefined are left out of JSON and keep the order of the others. */
function classicHello(frame: HelloFrame): object {
  return { ...frame, peers: frame.peers.map(classicVisitor), ring: undefined, arrival: undefined };
}

function classicVisitor(visitor: VisitorView): object {
  return { ...visitor, ring: undefined };
}
