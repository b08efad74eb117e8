import { encodePositions, type Position } from '../protocol/compact.ts';
import type { HelloFrame, SpectatorHelloFrame, VisitorView, WireFrame } from '../protocol/frames.ts';
import { nameOf, type Audience } from './audience.ts';
import { framedBinary, framedText } from './ws-framing.ts';

/** What a client understands: the classic frames, those of the ring, or those with compact positions. */
export type Dialect = 'classic' | 'ring' | 'compact';

/**
 * One frame on its way to any number of clients: made into bytes, WebSocket header included, at most once for each dialect,
 * and only for those that are spoken. Classic clients get exactly the classic keys.
 */
export class OutgoingFrame {
  readonly #frame: WireFrame;
  /** Undefined: it goes to one tab by itself. */
  readonly audience: Audience | undefined;
  readonly #forCompact: (() => Buffer) | undefined;
  #text: string | undefined;
  #ring: Buffer | undefined;
  #compact: Buffer | undefined;
  #classic: Buffer | undefined;

  /** @param forCompact makes what compact clients hear in its place: complete WebSocket messages */
  constructor(frame: WireFrame, audience?: Audience, forCompact?: () => Buffer) {
    this.#frame = frame;
    this.audience = audience;
    this.#forCompact = forCompact;
  }

  /** The first frame of a tab, when it is one of somebody who joins. */
  get hello(): HelloFrame | undefined {
    return this.#frame.type === 'hello' && this.#frame.id !== null ? this.#frame : undefined;
  }

  /** It is for everybody, or everybody but its sender. */
  get isShared(): boolean {
    return this.audience !== undefined && nameOf(this.audience) !== undefined;
  }

  /** As ring clients know it. */
  get ringText(): string {
    return (this.#text ??= encodeForRing(this.#frame));
  }

  /** Whether it only says where a visitor is, so that a newer one makes it worthless. */
  get isMove(): boolean {
    return this.#frame.type === 'move';
  }

  /** What is all there is to know of it, for a `move` of somebody who stands upright. */
  get step(): Position | undefined {
    const frame = this.#frame;
    return frame.type === 'move' && frame.pose === null && frame.propId === null ? frame : undefined;
  }

  /** Whether a visitor is gone with it. */
  get isLeave(): boolean {
    return this.#frame.type === 'leave';
  }

  /** The visitor whose doing it tells; undefined for what concerns the scene. */
  get visitor(): number | undefined {
    return visitorIn(this.#frame);
  }

  /** A complete WebSocket message, or several; callers must not change them. */
  wireFor(dialect: Dialect): Buffer {
    if (dialect === 'classic') return this.#classicWire();
    return dialect === 'ring' ? this.#ringWire() : this.#compactWire();
  }

  #compactWire(): Buffer {
    const { step } = this;
    return (this.#compact ??=
      this.#forCompact?.() ?? (step === undefined ? this.#ringWire() : framedBinary(encodePositions([step]))));
  }

  #ringWire(): Buffer {
    return (this.#ring ??= framedText(this.ringText));
  }

  #classicWire(): Buffer {
    return (this.#classic ??= isToldApart(this.#frame) ? framedText(encodeForClassic(this.#frame)) : this.#ringWire());
  }
}

function visitorIn(frame: WireFrame): number | undefined {
  switch (frame.type) {
    case 'join':
      return frame.peer.id;
    case 'leave':
    case 'move':
    case 'action':
    case 'say':
    case 'typing':
    case 'profile':
    case 'reading':
      return frame.id;
    default:
      return undefined;
  }
}

/**
 * The frame as ring clients know it. A step costs them what it needs: name, colour and page of a visitor they know
 * already, and every change of those has a frame of its own.
 */
export function encodeForRing(frame: WireFrame): string {
  if (frame.type !== 'move') return JSON.stringify(frame);
  const { type, id, x, pose, propId } = frame;
  return JSON.stringify({ type, id, x, pose, propId });
}

/** The same frame without the keys that only ring clients know: `ring`, `arrival`, `footprints`, `notes`, `toward`. */
export function encodeForClassic(frame: WireFrame): string {
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

function isToldApart(frame: WireFrame): boolean {
  switch (frame.type) {
    case 'hello':
      return true; // rarely sent to two clients; not worth the look
    case 'move':
      return true;
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
function classicHello(frame: HelloFrame | SpectatorHelloFrame): object {
  const ringOnly = { ring: undefined, arrival: undefined, footprints: undefined, notes: undefined };
  return { ...frame, peers: frame.peers.map(classicVisitor), ...ringOnly };
}

/** Most visitors have nothing to leave out, and a `hello` in a full scene names hundreds. */
function classicVisitor(visitor: VisitorView): object {
  return visitor.ring === undefined ? visitor : { ...visitor, ring: undefined };
}
