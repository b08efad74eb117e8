import { connect, type Socket } from 'node:net';
import { countPositions } from '../../src/protocol/compact.ts';
import { closeFrame, messageFrame, pongFrame } from './client-frames.ts';
import { FrameSkimmer } from './frame-skimmer.ts';

/** Where a client goes. */
export interface Target {
  /** Literal loopback address. */
  readonly host: string;
  readonly port: number;
  /** Request target of the upgrade, path and query. */
  readonly path: string;
  /** `Origin` header; hosted sites want one. */
  readonly origin: string | undefined;
  /** Asks for the ring's frames in this subprotocol; classic without. */
  readonly protocol?: string | undefined;
}

export interface ClientEnd {
  /** 1006: the connection broke off without a close frame. */
  readonly code: number;
  readonly reason: string;
}

/** Reads of all clients go through one buffer: they are handled to the end before the next. */
const READ_BUFFER = Buffer.alloc(262_144);

/** How every JSON frame begins, and no binary one. */
const OPENING_BRACE = 0x7b;

/** No handshake may take this long. */
const HANDSHAKE_WITHIN_MS = 10_000;

/** One visitor of a bench: a bare TCP socket that speaks just enough WebSocket. */
export class BenchClient {
  /** Frames received since the handshake; each position of a compact message is one. */
  received = 0;
  receivedBytes = 0;
  /** Set when it has ended. */
  ended: ClientEnd | undefined;
  /** Sees the payload of each message while set; without it payloads are skipped. */
  onPayload: ((payload: Buffer) => void) | undefined;
  onEnded: ((end: ClientEnd) => void) | undefined;
  readonly #socket: Socket;
  readonly #skimmer: FrameSkimmer;
  #handshake: string | undefined = '';
  #settle: { readonly resolve: () => void; readonly reject: (err: Error) => void } | undefined;
  #closeCode: ClientEnd | undefined;

  private constructor(target: Target, settle: { resolve: () => void; reject: (err: Error) => void }) {
    this.#settle = settle;
    this.#skimmer = new FrameSkimmer(
      {
        onMessage: (payload, bytes, isBinary) => {
          this.received += isBinary ? countPositions(bytes) : 1;
          if (payload !== undefined) this.onPayload?.(payload);
        },
        onPing: (payload) => this.write(pongFrame(payload)),
        onClose: (code, reason) => {
          this.#closeCode = { code, reason };
          this.#socket.end(closeFrame(1000));
        },
      },
      false,
    );
    const { host, port, path, origin, protocol } = target;
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (length) => {
          this.#read(length);
          return true;
        },
      },
    });
    this.#socket
      .on('error', () => undefined) // told by `close`
      .on('close', () => this.#finish());
    const headers = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...(origin === undefined ? [] : [`Origin: ${origin}`]),
      ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    ];
    this.#socket.write(`${headers.join('\r\n')}\r\n\r\n`);
  }

  /** Resolves when the handshake is complete. @throws Error when the server refuses it or does not answer */
  static async open(target: Target): Promise<BenchClient> {
    let client: BenchClient | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error('no handshake in time')), HANDSHAKE_WITHIN_MS);
        client = new BenchClient(target, { resolve, reject });
      });
    } catch (err) {
      client?.cut();
      throw err;
    } finally {
      clearTimeout(timer);
    }
    if (client === undefined) throw new Error('no client was made');
    return client;
  }

  /** Sends an `init` and resolves with the parsed `hello`, or with undefined when the server closed instead. */
  join(init: object): Promise<unknown> {
    return new Promise((resolve) => {
      const end = (value: unknown): void => {
        this.read(undefined);
        this.onEnded = undefined;
        resolve(value);
      };
      if (this.ended !== undefined) return end(undefined);
      this.onEnded = () => end(undefined);
      this.read((payload) => {
        if (payload[0] !== OPENING_BRACE) return;
        const frame: unknown = JSON.parse(payload.toString());
        if (typeof frame === 'object' && frame !== null && 'type' in frame && frame.type === 'hello') end(frame);
      });
      this.send({ type: 'init', ...init });
    });
  }

  /** Hands payloads to a reader from the next frame on; undefined only counts them, which is cheaper. */
  read(onPayload: ((payload: Buffer) => void) | undefined): void {
    this.onPayload = onPayload;
    this.#skimmer.readsPayloads = onPayload !== undefined;
  }

  send(message: object): void {
    this.write(messageFrame(message));
  }

  /** Sends prebuilt bytes. The caller does not change them afterwards. */
  write(bytes: Buffer): void {
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(bytes);
  }

  /** Closes as a page does that is left. */
  leave(): void {
    if (!this.#socket.destroyed) this.#socket.end(closeFrame(1001));
  }

  /** Resets the connection. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }

  #read(length: number): void {
    this.receivedBytes += length;
    if (this.#handshake === undefined) return this.#skimmer.feed(READ_BUFFER, 0, length);
    const before = this.#handshake.length;
    this.#handshake += READ_BUFFER.toString('latin1', 0, length);
    const end = this.#handshake.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const isUpgraded = this.#handshake.startsWith('HTTP/1.1 101');
    const status = this.#handshake.slice(0, this.#handshake.indexOf('\r\n'));
    this.#handshake = undefined;
    if (isUpgraded) this.#settle?.resolve();
    else this.#settle?.reject(new Error(`refused: ${status}`));
    this.#settle = undefined;
    return this.#skimmer.feed(READ_BUFFER, end + 4 - before, length);
  }

  #finish(): void {
    this.ended ??= this.#closeCode ?? { code: 1006, reason: '' };
    this.#settle?.reject(new Error('closed during the handshake'));
    this.#settle = undefined;
    this.onEnded?.(this.ended);
  }
}
