import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { addressKey } from '../moderation/address-key.ts';
import { newWindow, spend, type FixedWindow } from '../moderation/fixed-window.ts';
import type { Clock } from '../lib/clock.ts';
import { clientIpOf, type TrustedProxies } from './client-address.ts';

/** Where the ring listens for WebSockets, as this process reaches it. */
export interface RingListener {
  readonly host: string;
  readonly port: number;
}

export interface RingDoorDeps {
  readonly clock: Clock;
  /** Undefined: there is no ring to be reached here. */
  readonly listener: () => RingListener | undefined;
  readonly trustedProxies: TrustedProxies;
  /** Counts `ring-door`: passed, busy, too-often, no-ring, unreachable. */
  readonly count: (event: string, reason: string) => void;
}

/** Passed at once: a handful of neighbours, and members that pass by for documents. */
const PASSED_MAX = 128;

/**
 * From one address: a neighbour that restarts dials a few times. The ring's listener sees all that comes through this door
 * from one address, and takes 20 a second of it: one stranger must not use that up.
 */
const PER_ADDRESS = { max: 10, windowMs: 10_000 };
const ADDRESSES_MAX = 4_096;

/** The ring listens on this machine: it answers at once or not at all. */
const CONNECT_WITHIN_MS = 2_000;

/** Of the request's headers, what the ring's listener needs for its handshake. */
const PASSED_HEADERS = [
  'host',
  'connection',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
];

/**
 * Passes upgrades on `/` through to the ring, so that an operator opens one port for visitors and squares alike. Bytes go
 * as they come; who may speak is decided behind, by the keys of the ring.
 */
export class RingDoor {
  readonly #deps: RingDoorDeps;
  /** By address; the one unused for longest is forgotten first. */
  readonly #attempts = new Map<string, FixedWindow>();
  readonly #passed = new Set<Duplex>();

  constructor(deps: RingDoorDeps) {
    this.#deps = deps;
  }

  /** Takes an upgrade whose socket already has an `error` listener. */
  pass(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { clock, listener, trustedProxies, count } = this.#deps;
    const refuse = (status: string, reason: string, headers = ''): void => {
      count('ring-door', reason);
      socket.end(`HTTP/1.1 ${status}\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    const target = listener();
    if (target === undefined) return refuse('404 Not Found', 'no-ring');
    const xRealIp = String(request.headers['x-real-ip'] ?? '');
    const { remoteAddress } = request.socket;
    if (!this.#mayTry(addressKey(clientIpOf({ remoteAddress, xRealIp }, trustedProxies)))) {
      return refuse('429 Too Many Requests', 'too-often', 'Retry-After: 10\r\n');
    }
    if (this.#passed.size >= PASSED_MAX) return refuse('503 Service Unavailable', 'busy', 'Retry-After: 10\r\n');

    this.#passed.add(socket);
    const upstream = connect(target.port, target.host);
    const timer = clock.setTimer(() => upstream.destroy(), CONNECT_WITHIN_MS);
    let isOpen = false;
    socket.once('close', () => {
      this.#passed.delete(socket);
      upstream.destroy();
    });
    upstream.once('connect', () => {
      timer.cancel();
      isOpen = true;
      count('ring-door', 'passed');
      upstream.write(requestHead(request));
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => upstream.destroy());
    upstream.once('close', () => {
      timer.cancel();
      if (isOpen) socket.destroy();
      else refuse('503 Service Unavailable', 'unreachable', 'Retry-After: 2\r\n');
    });
  }

  /** Ends what is passed through. Idempotent. */
  close(): void {
    for (const socket of this.#passed) socket.destroy();
  }

  #mayTry(address: string): boolean {
    const window = this.#attempts.get(address) ?? newWindow();
    this.#attempts.delete(address);
    this.#attempts.set(address, window);
    if (this.#attempts.size > ADDRESSES_MAX) {
      const [oldest] = this.#attempts.keys();
      if (oldest !== undefined) this.#attempts.delete(oldest);
    }
    return spend(window, PER_ADDRESS.max, PER_ADDRESS.windowMs, this.#deps.clock.monotonic());
  }
}

function requestHead({ headers }: IncomingMessage): string {
  const lines = PASSED_HEADERS.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [`${name}: ${String(value)}`];
  });
  return `GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
