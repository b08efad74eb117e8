import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock } from '../lib/clock.ts';
import { addressKey } from '../moderation/address-key.ts';
import { MessageBudget } from '../moderation/message-budget.ts';
import type { ProofOfWork } from '../moderation/proof-of-work.ts';
import type { CloseReason } from '../protocol/close-codes.ts';
import { SUBPROTOCOL } from '../protocol/compact.ts';
import type { InitMessage } from '../protocol/frames.ts';
import type { SceneInput } from '../scene/types.ts';
import { isMeant, type Audience } from './audience.ts';
import type { Batch } from './batch.ts';
import type { Dialect, OutgoingFrame } from './encode.ts';
import type { LiveTab } from './live-tab.ts';
import type { OutboxReader } from './outbox.ts';
import { SocketWriter } from './socket-writer.ts';
import type { AdmissionTicket } from './ticket.ts';

/** How long a silenced client may take to read why, before it is cut. */
const READ_GOODBYE_WITHIN_MS = 250;

/** One admitted socket, from handshake to close. */
export class LiveConnection implements OutboxReader, LiveTab {
  readonly id: number;
  readonly ticket: AdmissionTicket;
  /** What its limits are counted for. */
  readonly address: string;
  readonly budget = new MessageBudget();
  readonly isGuest = false;
  /** Present from the first challenge on. */
  proof: ProofOfWork<InitMessage> | undefined;
  /** Speaks the ring's frames; known from its `init` on. */
  isRing = false;
  /** Its hop code is being redeemed; what it sends meanwhile comes before its `init` and is ignored. */
  isRedeeming = false;
  lastGateAt = Number.NEGATIVE_INFINITY;
  lastHopAt = Number.NEGATIVE_INFINITY;
  lastLookAt = Number.NEGATIVE_INFINITY;
  lastWaveAt = Number.NEGATIVE_INFINITY;
  /** For the scene's outbox only. */
  readonly skips: number[] = [];
  joinedAt = 0;
  readonly #socket: WebSocket;
  readonly #writer: SocketWriter;
  readonly #onBehind: () => void;
  readonly #isCompact: boolean;
  #isClosing = false;

  /**
   * @param stream what `socket` runs on: frames are written to it directly
   * @param onBehind called once when the reader fell behind its write budget and was dropped
   */
  constructor(id: number, ticket: AdmissionTicket, socket: WebSocket, stream: Duplex, onBehind: () => void) {
    this.id = id;
    this.ticket = ticket;
    this.address = addressKey(ticket.clientIp);
    this.#socket = socket;
    this.#isCompact = socket.protocol === SUBPROTOCOL;
    this.#writer = new SocketWriter(stream);
    this.#onBehind = onBehind;
  }

  /** False from the moment either side began to close: what still arrives then is ignored. */
  get isOpen(): boolean {
    return !this.#isClosing && this.#socket.readyState === WebSocket.OPEN;
  }

  get dialect(): Dialect {
    if (!this.isRing) return 'classic';
    return this.#isCompact ? 'compact' : 'ring';
  }

  get tab(): number {
    return this.id;
  }

  get reader(): OutboxReader {
    return this;
  }

  hears(audience: Audience): boolean {
    return isMeant(audience, this);
  }

  opening(isWelcomed: boolean): SceneInput {
    const { origin, isSpectator } = this.ticket;
    return {
      kind: 'opened',
      connection: this.id,
      address: this.address,
      ...(origin !== undefined && { origin }),
      ...(isSpectator && { isSpectator, ...(isWelcomed && { isWatching: true }) }),
    };
  }

  send(frame: OutgoingFrame): void {
    if (this.#mayWrite()) this.#writer.write(frame.wireFor(this.dialect));
  }

  deliver(batch: Batch): boolean {
    return this.#mayWrite() && this.#writer.deliver(batch, this);
  }

  close({ code, reason }: CloseReason): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.close(code, reason);
  }

  /** Closes without listening any further: for one who would go on shouting until the goodbye is answered. */
  silence(reason: CloseReason, clock: Clock): void {
    this.close(reason);
    this.#socket.pause();
    const timer = clock.setTimer(() => this.#socket.terminate(), READ_GOODBYE_WITHIN_MS);
    this.#socket.once('close', () => timer.cancel());
  }

  /** Answers a ping. */
  pong(payload: Buffer): void {
    if (this.isOpen) this.#socket.pong(payload, false);
  }

  #mayWrite(): boolean {
    if (!this.isOpen) return false;
    if (!this.#writer.isOverBudget) return true;
    this.#isClosing = true;
    this.#socket.terminate();
    this.#onBehind();
    return false;
  }
}
