import { randomUUID } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import type { Clock, Timer } from '../../src/lib/clock.ts';
import { CLOSE } from '../../src/protocol/close-codes.ts';
import { HEARTBEAT_INTERVAL_MS } from '../../src/protocol/limits.ts';
import { colorOfCoat, encodeLook, type Look } from '../../src/protocol/look.ts';
import { seatsOf, type Command, type Wanderer } from './wanderer.ts';

export interface ResidentDeps {
  readonly clock: Clock;
  /** In 0 … 1; for waiting times between attempts. */
  readonly random: () => number;
  readonly wanderer: Wanderer;
  readonly log: (line: string) => void;
}

export interface ResidentOptions {
  readonly socketUrl: string;
  /** Sent as `Origin`, which hosted sites ask for. */
  readonly origin: string;
  /** The whole nameplate. */
  readonly displayName: string;
  readonly look: Look;
  /** Where it first stands, 0…1. */
  readonly x: number;
}

/** Same waiting times as the widget: half a second doubling to eight, less up to a half. */
const RETRY_MS = { first: 500, longest: 8_000 };
const HANDSHAKE_WITHIN_MS = 5_000;
/** A square pings every half minute; one that is silent for longer than two of them is gone. */
const SILENT_FOR_MS = 2.5 * HEARTBEAT_INTERVAL_MS;
/** A `hello` of a square with a thousand visitors stays well below. */
const MAX_FRAME_BYTES = 2_097_152;
const GOODBYE_WITHIN_MS = 1_000;

/** One resident's connection: comes back when it is lost, and carries what its wanderer wants to do. */
export class ResidentSocket {
  readonly #deps: ResidentDeps;
  readonly #options: ResidentOptions;
  /** The square knows a returning resident by these two. */
  readonly #browserId = `resident-${randomUUID()}`;
  #browserSecret = '';
  #id: number | undefined;
  #socket: WebSocket | undefined;
  #failures = 0;
  #heardAtMs = 0;
  #isStopped = false;
  #dial: Timer | undefined;
  #wake: Timer | undefined;
  #watchdog: Timer | undefined;

  constructor(deps: ResidentDeps, options: ResidentOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Comes in after `delayMs`. Call once. */
  start(delayMs: number): void {
    this.#dial = this.#deps.clock.setTimer(() => this.#open(), delayMs);
  }

  /** Leaves for good; resolves when the socket is closed. Idempotent, safe before and after the connection stands. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#dial?.cancel();
    this.#rest();
    const socket = this.#socket;
    if (socket === undefined) return;
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
    });
    if (socket.readyState === WebSocket.OPEN) socket.close(1000);
    else if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    const impatience = setTimeout(() => socket.terminate(), GOODBYE_WITHIN_MS);
    await closed;
    clearTimeout(impatience);
  }

  #open(): void {
    const { socketUrl, origin } = this.#options;
    const socket = new WebSocket(socketUrl, {
      origin,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: HANDSHAKE_WITHIN_MS,
    });
    this.#socket = socket;
    // Every error is followed by a close, which is where it is dealt with.
    socket.on('error', () => {});
    socket.on('open', () => this.#introduce());
    socket.on('message', (bytes) => this.#hear(bytes));
    socket.on('ping', () => this.#noteSound());
    socket.on('close', (_code, reason) => this.#closed(reason.toString()));
  }

  #introduce(): void {
    const { displayName, look, x } = this.#options;
    this.#noteSound();
    this.#watch();
    this.#send({
      type: 'init',
      browserId: this.#browserId,
      browserSecret: this.#browserSecret,
      x,
      displayName,
      color: colorOfCoat(look.coat),
      readingActive: true,
      widgetVisible: true,
      ring: 1,
      resident: true,
      look: encodeLook(look),
      beyondHill: true,
    });
  }

  #hear(bytes: RawData): void {
    if (this.#isStopped) return;
    this.#noteSound();
    const frame = frameFrom(bytes);
    const nowMs = this.#deps.clock.monotonic();
    const { wanderer } = this.#deps;
    switch (frame?.['type']) {
      case 'hello': {
        const { id, x, browserSecret } = frame;
        if (typeof id !== 'number' || typeof x !== 'number') return;
        this.#id = id;
        if (typeof browserSecret === 'string') this.#browserSecret = browserSecret;
        this.#failures = 0;
        wanderer.placed(x, seatsOf(frame['scene']), nowMs);
        break;
      }
      case 'join': {
        const peer = recordFrom(frame['peer']);
        const x = peer?.['x'];
        // Residents do not wave one another into a frenzy.
        if (typeof x === 'number' && recordFrom(peer?.['ring'])?.['resident'] !== true) wanderer.arrived(x, nowMs);
        break;
      }
      case 'move': {
        const { id, x, pose } = frame;
        if (id === this.#id && typeof x === 'number' && typeof pose === 'string') wanderer.seated(x, nowMs);
        break;
      }
      case 'say':
        if (typeof frame['text'] === 'string') wanderer.heard(frame['text']);
        break;
      default:
        return;
    }
    this.#arm();
  }

  #arm(): void {
    this.#wake?.cancel();
    this.#wake = undefined;
    const { clock, wanderer } = this.#deps;
    const atMs = wanderer.nextWakeAtMs;
    if (!Number.isFinite(atMs)) return;
    this.#wake = clock.setTimer(
      () => {
        for (const command of wanderer.wake(clock.monotonic())) this.#send(command);
        this.#arm();
      },
      Math.max(0, atMs - clock.monotonic()),
    );
  }

  #send(message: Command | Readonly<Record<string, unknown>>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #closed(reason: string): void {
    this.#socket = undefined;
    this.#rest();
    if (this.#isStopped) return;
    const { clock, random, log } = this.#deps;
    const known = Object.values(CLOSE).find((entry) => entry.reason === reason && reason !== '');
    if (known?.retry === false) {
      log(`${this.#options.displayName} was turned away: ${reason}`);
      return;
    }
    const waitMs = Math.min(RETRY_MS.first * 2 ** this.#failures, RETRY_MS.longest) * (1 - random() / 2);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#dial = clock.setTimer(() => this.#open(), waitMs);
  }

  #noteSound(): void {
    this.#heardAtMs = this.#deps.clock.monotonic();
  }

  #watch(): void {
    const { clock } = this.#deps;
    const leftMs = this.#heardAtMs + SILENT_FOR_MS - clock.monotonic();
    if (leftMs <= 0) this.#socket?.terminate();
    else this.#watchdog = clock.setTimer(() => this.#watch(), leftMs);
  }

  #rest(): void {
    this.#deps.wanderer.lost();
    this.#wake?.cancel();
    this.#watchdog?.cancel();
  }
}

type Fields = Readonly<Record<string, unknown>>;

function frameFrom(bytes: RawData): Fields | undefined {
  try {
    // One of our own sockets: a message always comes as one Buffer.
    return Buffer.isBuffer(bytes) ? recordFrom(JSON.parse(bytes.toString('utf8'))) : undefined;
  } catch {
    return undefined;
  }
}

function recordFrom(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
