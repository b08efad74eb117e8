import { WebSocket } from 'ws';
import type { Clock, Timer } from '../lib/clock.ts';
import { HEARTBEAT_INTERVAL_MS } from '../protocol/limits.ts';

/** Sockets looked at in one turn: so many pings cost some milliseconds, and nobody else should wait longer. */
const SLICE = 256;

/** Between two slices. A walk over 10,000 sockets takes 0.4 s. */
const PAUSE_MS = 10;

/**
 * Finds sockets whose other end is gone: one timer for all of them, none while there are none. A socket that has not
 * answered the previous ping when the next is due is dropped, so a silent end is found within one to two intervals.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #onSilent: () => void;
  readonly #sockets = new Set<WebSocket>();
  readonly #waiting = new Set<WebSocket>();
  #timer: Timer | undefined;

  /** @param onSilent called for each socket dropped */
  constructor(clock: Clock, onSilent: () => void) {
    this.#clock = clock;
    this.#onSilent = onSilent;
  }

  get sockets(): ReadonlySet<WebSocket> {
    return this.#sockets;
  }

  /** Watches a socket until it closes. */
  watch(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('pong', () => this.#waiting.delete(socket));
    socket.once('close', () => {
      this.#waiting.delete(socket);
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.stop();
    });
    this.#timer ??= this.#clock.setTimer(() => this.#walk(), HEARTBEAT_INTERVAL_MS);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Looks at every socket that is there when it begins, a slice at a time. */
  #walk(): void {
    const beganAt = this.#clock.monotonic();
    const sockets = [...this.#sockets];
    const look = (from: number): void => {
      for (const socket of sockets.slice(from, from + SLICE)) this.#look(socket);
      const next = from + SLICE;
      const isDone = next >= sockets.length;
      const waitMs = isDone ? HEARTBEAT_INTERVAL_MS - (this.#clock.monotonic() - beganAt) : PAUSE_MS;
      this.#timer = this.#clock.setTimer(() => (isDone ? this.#walk() : look(next)), Math.max(0, waitMs));
    };
    look(0);
  }

  #look(socket: WebSocket): void {
    if (!this.#sockets.has(socket)) return;
    if (this.#waiting.has(socket)) {
      socket.terminate();
      this.#onSilent();
    } else {
      this.#waiting.add(socket);
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }
  }
}
