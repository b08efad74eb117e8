import type { CloseReason } from '../protocol/close-codes.ts';
import type { SceneInput } from '../scene/types.ts';
import type { OutgoingFrame } from './encode.ts';
import type { OutboxReader } from './outbox.ts';

/** One tab of a visitor as the holder of their scene knows it: a socket of this process, or a guest's tab over the hill. */
export interface LiveTab {
  /** Unique in its process. */
  readonly id: number;
  /** What its limits are counted for; "" when it is not known. */
  readonly address: string;
  /** Of a visitor whom another square sent. */
  readonly isGuest: boolean;
  /** Speaks the ring's frames; known from its `init` on. */
  isRing: boolean;
  /** False from the moment either side began to close: what still arrives then is ignored. */
  readonly isOpen: boolean;
  /** Who takes what the scene says to many: the socket itself, or the stream that carries all guests of one home. */
  readonly reader: OutboxReader;
  /** How it comes into a scene. @param isWelcomed it had its `hello` from the scene before this one */
  opening(isWelcomed: boolean): SceneInput;
  /** Sends a frame by itself, past the scene's outbox. */
  send(frame: OutgoingFrame): void;
  close(reason: CloseReason): void;
}
