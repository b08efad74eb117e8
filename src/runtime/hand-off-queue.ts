import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../lib/clock.ts';
import type { HandOver } from '../shard/messages.ts';
import { answerBusy } from './busy-answer.ts';

/** Upgrades that one shard may have waiting or under way. */
export const QUEUE_MAX = 2_048;

/** Sent and not acknowledged at once. Node sends handles one after the other anyway. */
const WINDOW = 32;

/** An upgrade that is not under way by then is answered with 503. */
export const TAKE_WITHIN_MS = 2_000;

/** When a client that was refused for want of room may come again. */
const RETRY_AFTER_MS = 2_000;

const BUSY = 'this square is busy';

export interface HandOffDeps {
  readonly clock: Clock;
  /**
   * Sends to the shard. Calls back once: without an error when the socket has left this process, with one when it never
   * will.
   */
  readonly send: (message: HandOver, socket: Duplex, onSent: (err: Error | null) => void) => void;
  /** What became of one upgrade. */
  readonly count: (outcome: 'taken' | 'full' | 'late' | 'lost' | 'gone') => void;
}

interface Waiting {
  readonly message: HandOver;
  readonly socket: Duplex;
  readonly dueAt: number;
  /** The shard may have it. */
  hasLeft: boolean;
}

/**
 * Upgrades on their way to one shard. Node would queue them without bound and forget them when the shard dies; this queue
 * is bounded, knows what the shard has acknowledged, and answers whoever waits too long.
 */
export class HandOffQueue {
  readonly #deps: HandOffDeps;
  /** In order of arrival, so in order of deadline. */
  #waiting: Waiting[] = [];
  readonly #underWay = new Map<number, Waiting>();
  #isUp = false;
  #timer: Timer | undefined;

  constructor(deps: HandOffDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#waiting.length + this.#underWay.size;
  }

  /** Takes a socket whose reading has stopped and whose errors are listened to. */
  offer(message: HandOver, socket: Duplex): void {
    if (this.size >= QUEUE_MAX) {
      this.#deps.count('full');
      return answerBusy(socket, RETRY_AFTER_MS, BUSY);
    }
    const dueAt = this.#deps.clock.monotonic() + TAKE_WITHIN_MS;
    this.#waiting.push({ message, socket, dueAt, hasLeft: false });
    this.#pump();
  }

  /** The shard has this socket now; our copy of it ends. */
  acknowledge(id: number): void {
    const item = this.#underWay.get(id);
    if (item === undefined) return;
    this.#underWay.delete(id);
    item.socket.destroy();
    this.#deps.count('taken');
    this.#pump();
  }

  up(): void {
    this.#isUp = true;
    this.#pump();
  }

  /** The shard has died: what it may have had ends, what had not left waits for the next one, deadlines unchanged. */
  down(): void {
    this.#isUp = false;
    const back: Waiting[] = [];
    for (const item of this.#underWay.values()) {
      if (item.hasLeft) {
        item.socket.destroy();
        this.#deps.count('lost');
      } else {
        back.push(item);
      }
    }
    this.#underWay.clear();
    this.#waiting = [...back, ...this.#waiting];
    // What came back is due before the one that the timer was set for.
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#setTimer();
  }

  /** Answers everybody who waits. */
  refuseAll(retryAfterMs: number, why: string): void {
    for (const { socket } of this.#waiting) {
      this.#deps.count('late');
      answerBusy(socket, retryAfterMs, why);
    }
    this.#waiting = [];
    this.#setTimer();
  }

  #pump(): void {
    while (this.#isUp && this.#underWay.size < WINDOW) {
      const item = this.#waiting.shift();
      if (item === undefined) break;
      if (item.socket.destroyed) this.#deps.count('gone');
      else this.#send(item);
    }
    this.#setTimer();
  }

  #send(item: Waiting): void {
    const { id } = item.message;
    this.#underWay.set(id, item);
    this.#deps.send(item.message, item.socket, (err) => {
      // With an error the channel has closed: `down` is about to be called and takes the socket back.
      if (err === null) item.hasLeft = true;
    });
  }

  #expire(): void {
    const now = this.#deps.clock.monotonic();
    while (this.#waiting[0] !== undefined && this.#waiting[0].dueAt <= now) {
      const item = this.#waiting.shift();
      if (item === undefined) break;
      this.#deps.count('late');
      answerBusy(item.socket, RETRY_AFTER_MS, BUSY);
    }
    this.#setTimer();
  }

  #setTimer(): void {
    const first = this.#waiting[0];
    if (first === undefined) {
      this.#timer?.cancel();
      this.#timer = undefined;
      return;
    }
    if (this.#timer !== undefined) return;
    this.#timer = this.#deps.clock.setTimer(
      () => {
        this.#timer = undefined;
        this.#expire();
      },
      Math.max(0, Math.ceil(first.dueAt - this.#deps.clock.monotonic())),
    );
  }
}
