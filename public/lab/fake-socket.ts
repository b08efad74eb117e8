/** A WebSocket without a net, on the lab's page only: strips of the page speak with a square that lives in the page. */
import type { WireFrame } from '../../src/protocol/frames.ts';

/** The far end of one socket. */
export interface FarEnd {
  opened(): void;
  /** Text of the widget, parsed; what is no object is `{}`. */
  heard(message: Readonly<Record<string, unknown>>): void;
}

export interface Line {
  send(frame: WireFrame): void;
  close(code: number, reason: string): void;
  after(delayMs: number, run: () => void): void;
}

export interface FakeSocketDeps {
  /** Who answers at an address. */
  readonly answer: (url: URL, line: Line) => FarEnd;
  /** Every frame that any socket receives. */
  readonly onFrame: (frame: WireFrame) => void;
}

/** Puts itself in the place of the page's WebSocket, for every script that is loaded from now on. */
export function installFakeSocket({ answer, onFrame }: FakeSocketDeps): void {
  class FakeSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly url: string;
    readonly protocol = '';
    readonly extensions = '';
    readonly bufferedAmount = 0;
    binaryType: BinaryType = 'blob';
    readyState = FakeSocket.CONNECTING;
    readonly #timers = new Set<number>();
    readonly #farEnd: FarEnd;

    constructor(url: string | URL) {
      super();
      this.url = new URL(url, location.href).href;
      this.#farEnd = answer(new URL(this.url), {
        send: (frame) => {
          if (this.readyState !== FakeSocket.OPEN) return;
          onFrame(frame);
          this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
        },
        close: (code, reason) => this.#end(code, reason),
        after: (delayMs, run) => this.#after(delayMs, run),
      });
      this.#after(0, () => {
        this.readyState = FakeSocket.OPEN;
        this.dispatchEvent(new Event('open'));
        this.#farEnd.opened();
      });
    }

    send(text: string): void {
      const message = objectFrom(text);
      this.#after(0, () => this.#farEnd.heard(message));
    }

    close(code = 1_000, reason = ''): void {
      this.#after(0, () => this.#end(code, reason));
      this.readyState = FakeSocket.CLOSING;
    }

    #end(code: number, reason: string): void {
      if (this.readyState === FakeSocket.CLOSED) return;
      this.readyState = FakeSocket.CLOSED;
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
      this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean: true }));
    }

    #after(delayMs: number, run: () => void): void {
      const timer = window.setTimeout(() => {
        this.#timers.delete(timer);
        run();
      }, delayMs);
      this.#timers.add(timer);
    }
  }
  Reflect.set(globalThis, 'WebSocket', FakeSocket);
}

/** Leaves the page its real socket and hears along. */
export function listenIn(onFrame: (frame: WireFrame) => void): void {
  class HeardSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') onFrame(JSON.parse(data));
      });
    }
  }
  Reflect.set(globalThis, 'WebSocket', HeardSocket);
}

function objectFrom(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
