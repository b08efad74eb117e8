import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../lib/clock.ts';
import type { CloseReason } from '../protocol/close-codes.ts';
import { SUBPROTOCOL } from '../protocol/compact.ts';

/** Fixed by RFC 6455 section 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** 16 bytes in base64. */
const HANDSHAKE_KEY = /^[+/\dA-Za-z]{22}==$/;

/** A final close frame from server to client is never masked. */
const CLOSE_FRAME_HEAD = 0x88;

/** So many refused sockets are kept open at once; the oldest is cut for the next. */
const REFUSED_MAX = 256;

/** How long a refused client may take to read why. */
const READ_WITHIN_MS = 1_000;

/** A request that is no WebSocket handshake learns nothing more. */
const NO_HANDSHAKE = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Tells clients why they may not come in, for the price of one write: handshake and close frame are our own bytes, and no
 * WebSocket is made of the connection. Clients of the classic protocol read nothing but a close frame's reason.
 */
export class RefusedSockets {
  readonly #clock: Clock;
  /** In the order of their coming. */
  readonly #open = new Map<Duplex, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Answers the upgrade request and ends the connection; takes care of the socket from here on, errors included. */
  refuse(request: Pick<IncomingMessage, 'method' | 'headers'>, socket: Duplex, reason: CloseReason): void {
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#forget(socket));
    this.#makeRoom();
    this.#open.set(
      socket,
      this.#clock.setTimer(() => socket.destroy(), READ_WITHIN_MS),
    );
    // Read and thrown away: an end with unread bytes behind it would be a reset, which can swallow the answer.
    socket.resume();
    socket.end(refusalBytes(request, reason));
  }

  /** Cuts those that are still open. Idempotent. */
  stop(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #makeRoom(): void {
    if (this.#open.size < REFUSED_MAX) return;
    for (const oldest of this.#open.keys()) {
      this.#forget(oldest);
      oldest.destroy();
      return;
    }
  }

  #forget(socket: Duplex): void {
    this.#open.get(socket)?.cancel();
    this.#open.delete(socket);
  }
}

/** The complete answer: a finished handshake, then the close frame; or a 400 to what asked for no WebSocket. */
export function refusalBytes(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  { code, reason }: CloseReason,
): Buffer {
  const key = headers['sec-websocket-key'];
  const isHandshake =
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    key !== undefined &&
    HANDSHAKE_KEY.test(key);
  if (!isHandshake) return Buffer.from(NO_HANDSHAKE);
  const accept = createHash('sha1').update(`${key}${HANDSHAKE_GUID}`).digest('base64');
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    // Without it a browser that offered it ends the handshake, and never reads why.
    ...(offers(headers['sec-websocket-protocol'], SUBPROTOCOL) ? [`Sec-WebSocket-Protocol: ${SUBPROTOCOL}`] : []),
  ];
  // Every reason of ours fits a one-byte length (125 bytes).
  const text = Buffer.from(reason);
  const frame = Buffer.alloc(4);
  frame[0] = CLOSE_FRAME_HEAD;
  frame[1] = 2 + text.length;
  frame.writeUInt16BE(code, 2);
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), frame, text]);
}

function offers(header: string | undefined, protocol: string): boolean {
  return header?.split(',').some((each) => each.trim() === protocol) === true;
}
