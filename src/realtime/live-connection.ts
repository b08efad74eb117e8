import { WebSocket } from 'ws';
import type { CloseReason } from '../protocol/close-codes.ts';
import type { OutgoingFrame } from './encode.ts';
import type { AdmissionTicket } from './ticket.ts';

/**
 * A reader that lets this much pile up, in bytes, is gone or hostile: a crowd of 100 walking at 5 Hz makes some
 * 130 kB/s for each, so this is about eight seconds of silence.
 */
const WRITE_BUDGET_BYTES = 1_048_576;

const AS_TEXT = { binary: false };

/** One admitted socket, from handshake to close. */
export class LiveConnection {
  readonly id: number;
  readonly ticket: AdmissionTicket;
  /** Speaks the ring's frames; known from its `init` on. */
  isRing = false;
  /** Its hop code is being redeemed; what it sends meanwhile comes before its `init` and is ignored. */
  isRedeeming = false;
  lastGateAt = Number.NEGATIVE_INFINITY;
  readonly #socket: WebSocket;
  readonly #onBehind: () => void;
  #isClosing = false;

  /** @param onBehind called once when the reader fell behind its write budget and was dropped */
  constructor(id: number, ticket: AdmissionTicket, socket: WebSocket, onBehind: () => void) {
    this.id = id;
    this.ticket = ticket;
    this.#socket = socket;
    this.#onBehind = onBehind;
  }

  /** False from the moment either side began to close: what still arrives then is ignored. */
  get isOpen(): boolean {
    return !this.#isClosing && this.#socket.readyState === WebSocket.OPEN;
  }

  send(frame: OutgoingFrame): void {
    if (!this.isOpen) return;
    if (this.#socket.bufferedAmount > WRITE_BUDGET_BYTES) {
      this.#isClosing = true;
      this.#socket.terminate();
      this.#onBehind();
      return;
    }
    this.#socket.send(frame.bytesFor(this.isRing), AS_TEXT);
  }

  close({ code, reason }: CloseReason): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.close(code, reason);
  }
}
