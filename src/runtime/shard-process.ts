import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { AdmissionTicket } from '../realtime/ticket.ts';
import { isFromShard, type Beginning, type FromShard, type ShardLoad, type ToShard } from '../shard/messages.ts';
import { answerBusy } from './busy-answer.ts';
import { HandOffQueue } from './hand-off-queue.ts';
import { stopReading } from './socket-handle.ts';
import { SupervisedProcess, type ProcessEvent, type SupervisorDeps } from './supervised-process.ts';

export const RESTING = 'this square is resting';

/** Of an upgrade's headers those that the handshake needs. */
const HANDSHAKE_HEADERS = [
  'connection',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
];

/**
 * Megabytes of each half of a shard's young generation. Left alone it grows to 16 while a crowd comes in, and stays resident:
 * two shards with 10,000 idle visitors cost 52 kB for each, with this 29 (docs/benchmarks.md), a walking crowd no more CPU.
 * The main process cannot set it for itself: V8 reads it at its start.
 */
const SHARD_FLAGS = ['--max-semi-space-size=2'];

const NO_LOAD: ShardLoad = { scenes: 0, sockets: 0, visitors: 0, residentBytes: 0, cpuSeconds: 0 };

export interface ShardProcessDeps extends SupervisorDeps {
  /** Counts `shard` and `hand-over` (taken, full, late, lost, gone, resting). */
  readonly count: (event: string, reason: string) => void;
  /** What the next process begins with. `isFirst`: no process before it was lost. */
  readonly beginning: (shard: number, isFirst: boolean) => Beginning;
  readonly onMessage: (shard: number, message: FromShard) => void;
  /** A process is ready. */
  readonly onUp: (shard: number) => void;
  /** A process has ended. */
  readonly onDown: (shard: number) => void;
  /** The shard's process has ended and rests: its scenes are gone. */
  readonly onRest: (shard: number) => void;
}

/** One shard as its supervisor knows it, and the queue of upgrades to it. */
export class ShardProcess {
  readonly #deps: ShardProcessDeps;
  readonly #process: SupervisedProcess<ShardLoad, ToShard, FromShard>;
  readonly #queue: HandOffQueue;
  #nextHandOver = 1;

  constructor(index: number, deps: ShardProcessDeps) {
    this.#deps = deps;
    this.#process = new SupervisedProcess<ShardLoad, ToShard, FromShard>({
      ...deps,
      name: 'shard',
      fields: { shard: index },
      module: join(import.meta.dirname, '../shard/main'),
      flags: SHARD_FLAGS,
      isMessage: isFromShard,
      beginning: (isFirst) => deps.beginning(index, isFirst),
      onMessage: (message) => {
        if (message.kind === 'taken') this.#queue.acknowledge(message.id);
        else deps.onMessage(index, message);
      },
      onUp: () => {
        deps.onUp(index);
        this.#queue.up();
      },
      onDown: () => {
        this.#queue.down();
        deps.onDown(index);
      },
      onRest: (delayMs) => {
        deps.onRest(index);
        this.#queue.refuseAll(delayMs, RESTING);
      },
    });
    this.#queue = new HandOffQueue({
      clock: deps.clock,
      count: (outcome) => deps.count('hand-over', outcome),
      send: (message, socket, onSent) => {
        if (socket instanceof Socket) this.#process.pass(message, socket, onSent);
        else onSent(new Error('not a socket of its own'));
      },
    });
  }

  get isUp(): boolean {
    return this.#process.isUp;
  }

  get load(): ShardLoad {
    return this.#process.load ?? NO_LOAD;
  }

  /** Upgrades waiting or under way. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** How long this shard still rests, in ms; 0: it does not. */
  get restsForMs(): number {
    return this.#process.restsForMs;
  }

  /** The latest events of this shard, oldest first. */
  get events(): readonly ProcessEvent[] {
    return this.#process.events;
  }

  /** Resolves when the shard serves. @throws Error when its first process ends before that */
  start(): Promise<void> {
    return this.#process.start();
  }

  /** @returns false while it is down: what is not sent is in the next process's beginning */
  send(message: ToShard): boolean {
    return this.#process.send(message);
  }

  /** Hands one admitted upgrade over. */
  hand(ticket: AdmissionTicket, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Before anything else: what is read here from now on would be lost to the shard.
    if (!stopReading(socket)) {
      socket.destroy();
      return;
    }
    if (this.#process.isStopping || this.restsForMs > 0) {
      this.#deps.count('hand-over', 'resting');
      return answerBusy(socket, this.restsForMs, RESTING);
    }
    const headers: Record<string, string> = {};
    for (const name of HANDSHAKE_HEADERS) {
      const value = request.headers[name];
      if (value !== undefined) headers[name] = String(value);
    }
    const id = this.#nextHandOver;
    this.#nextHandOver += 1;
    this.#queue.offer(
      { kind: 'hand', id, ticket, url: request.url ?? '/', headers, head: head.toString('base64') },
      socket,
    );
  }

  /** Says goodbye to everybody in it and ends it. Idempotent. */
  stop(): Promise<void> {
    this.#queue.refuseAll(1_000, RESTING);
    return this.#process.stop();
  }
}
