import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import type { ServerFrame } from '../../src/protocol/frames.ts';

type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

export interface LiveClientOptions {
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** False: never answers a ping, like a machine whose cable was pulled. */
  readonly answersPings?: boolean;
}

/** No answer on loopback takes this long, not even on a machine that is busy with other things. */
const PATIENCE_MS = 20_000;

/** A visitor's socket, real, that keeps what it heard until a test asks. */
export class LiveClient {
  /** How the socket ended; resolves once. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly socket: WebSocket;
  #inbox: ServerFrame[] = [];
  readonly #waiters = new Set<() => void>();
  #pings = 0;

  private constructor(url: string, { origin, headers, answersPings = true }: LiveClientOptions) {
    this.socket = new WebSocket(url, {
      autoPong: answersPings,
      perMessageDeflate: false,
      ...(origin !== undefined && { origin }),
      ...(headers && { headers }),
    });
    this.socket.on('message', (data) => {
      this.#inbox.push(JSON.parse(textOf(data)));
      for (const waiter of this.#waiters) waiter();
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  /** Resolves when the handshake is done; a refusal follows as a close. @throws when there is no handshake at all */
  static async connect(url: string, options: LiveClientOptions = {}): Promise<LiveClient> {
    const client = new LiveClient(url, options);
    await once(client.socket, 'open', { signal: AbortSignal.timeout(PATIENCE_MS) });
    client.socket.on('error', () => undefined); // a reset is told by `closed`
    return client;
  }

  /** Sends an object as JSON, anything else as it is. */
  send(message: object | string | Buffer): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** Sends an `init` and waits for the `hello`. */
  async join(init: object = {}): Promise<FrameOf<'hello'>> {
    this.send({ type: 'init', ...init });
    return this.next('hello');
  }

  /** Takes the first frame of a type that matches, waiting for it; frames of other types stay for later. */
  async next<Type extends ServerFrame['type']>(
    type: Type,
    matches: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    const take = (): FrameOf<Type> | undefined => {
      const found = this.#inbox.filter((frame) => isOfType(frame, type)).find(matches);
      this.#inbox = this.#inbox.filter((frame) => frame !== found);
      return found;
    };
    return take() ?? this.#waitFor(take, `no ${type} came`);
  }

  /** Everything heard since the last take. Call `settled` first to know that nothing is under way. */
  take(): ServerFrame[] {
    const frames = this.#inbox;
    this.#inbox = [];
    return frames;
  }

  /** Resolves when the square has handled all that was sent before, and all it sent before has arrived here. */
  async roundTrip(): Promise<void> {
    this.#pings += 1;
    const mark = String(this.#pings);
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.socket.off('pong', onPong).off('close', onClose);
      };
      const onPong = (payload: Buffer): void => {
        if (String(payload) !== mark) return;
        done();
        resolve();
      };
      const fail = (why: string): void => {
        done();
        reject(new Error(why));
      };
      const onClose = (code: number): void => fail(`closed (${code}) while a ping was under way`);
      const timer = setTimeout(() => fail('no pong came'), PATIENCE_MS);
      this.socket.on('pong', onPong).on('close', onClose);
      this.socket.ping(mark);
    });
  }

  /** Asserts that nothing was heard since the last take, after a round trip instead of a sleep. */
  async expectSilence(): Promise<void> {
    await this.roundTrip();
    assert.deepEqual(this.take(), []);
  }

  /** Closes as a page does that is left. */
  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #waitFor<Value>(take: () => Value | undefined, complaint: string): Promise<Value> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        this.socket.off('close', onClose);
      };
      const fail = (why: string): void => {
        done();
        reject(new Error(`${complaint}: ${why}`));
      };
      const onClose = (code: number, reason: Buffer): void => fail(`closed with ${code} ${String(reason)}`);
      const look = (): void => {
        const value = take();
        if (value === undefined) return;
        done();
        resolve(value);
      };
      const timer = setTimeout(() => fail(`waited ${PATIENCE_MS} ms`), PATIENCE_MS);
      this.#waiters.add(look);
      this.socket.on('close', onClose);
      if (this.socket.readyState === WebSocket.CLOSED) fail('the socket is closed');
    });
  }
}

function isOfType<Type extends ServerFrame['type']>(frame: ServerFrame, type: Type): frame is FrameOf<Type> {
  return frame.type === type;
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}

/** Waits until everything that these clients sent has been handled and has reached all of them. */
export async function settled(...clients: readonly LiveClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.roundTrip()));
  await Promise.all(clients.map((client) => client.roundTrip()));
}
