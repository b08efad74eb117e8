import { PassThrough } from 'node:stream';
import { WebSocket } from 'ws';
import type { CloseReason } from '../../../src/protocol/close-codes.ts';
import type { ServerFrame } from '../../../src/protocol/frames.ts';
import type { Batch } from '../../../src/realtime/batch.ts';
import type { OutgoingFrame } from '../../../src/realtime/encode.ts';
import { LiveConnection } from '../../../src/realtime/live-connection.ts';

/** Made as the `ws` server makes them, and never connected: its type names no options for such a one. */
const UNUSED_SOCKET: WebSocket = Reflect.construct(WebSocket, [null, undefined, {}]);

/** A visitor's tab as its scene knows it. What the socket would carry is handed over as it is. */
export class VirtualTab extends LiveConnection {
  readonly sceneKey: string;
  readonly #hear: (frame: ServerFrame) => void;
  readonly #onClose: (reason: string) => void;
  #isUp = true;

  constructor(id: number, sceneKey: string, hear: (frame: ServerFrame) => void, onClose: (reason: string) => void) {
    const ticket = { sceneKey, isHosted: true, clientIp: '', connectionLimit: 1_000 };
    super(id, ticket, UNUSED_SOCKET, new PassThrough(), () => {});
    this.sceneKey = sceneKey;
    this.#hear = hear;
    this.#onClose = onClose;
  }

  override get isOpen(): boolean {
    return this.#isUp;
  }

  override send(frame: OutgoingFrame): void {
    if (this.#isUp) this.#hear(JSON.parse(frame.ringText));
  }

  override deliver({ frames }: Batch): boolean {
    for (const [place, frame] of frames.entries()) {
      if (frame !== undefined && place >= this.joinedAt && !this.skips.includes(place)) this.send(frame);
    }
    return this.#isUp;
  }

  override close({ reason }: CloseReason): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#onClose(reason);
  }

  /** The page is closed, or its square is gone. */
  drop(): void {
    this.#isUp = false;
  }
}
