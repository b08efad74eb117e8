import { fork, type ChildProcess } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { extname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../lib/clock.ts';
import type { AdmissionTicket } from '../realtime/ticket.ts';
import { isFromShard, type Beginning, type FromShard, type ShardLoad, type ToShard } from '../shard/messages.ts';
import { answerBusy } from './busy-answer.ts';
import { HandOffQueue } from './hand-off-queue.ts';
import { RestartPolicy } from './restart-policy.ts';
import { stopReading } from './socket-handle.ts';

/** How often the edge and a shard tell each other that they run. */
const BEAT_MS = 100;

/** So many beats without an answer, and the shard is killed. Counted in our own turns: a pause of ours is not its fault. */
const BEATS_MISSED_MAX = 10;

/** A shard that is not ready by then is killed. */
const START_WITHIN_MS = 15_000;

/** What a shard's goodbyes may take; its sockets are cut after one second. */
const STOP_WITHIN_MS = 2_500;

/** What is remembered of each shard's life. */
const EVENTS_KEPT = 100;

/** Of these, how many go into the log line of an exit. */
const EVENTS_LOGGED = 10;

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

export interface ShardEvent {
  /** ms since the epoch */
  readonly at: number;
  readonly event: string;
  readonly reason: string;
}

export interface ShardProcessDeps {
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
  /** Counts `shard` (up, crash, stuck, killed, ended, late, resting) and `hand-over` (taken, full, late, lost, gone). */
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
  /** Environment of the process. */
  readonly env: NodeJS.ProcessEnv;
}

/** One shard as its supervisor knows it: one process at a time, started again when it ends, and the queue to it. */
export class ShardProcess {
  readonly index: number;
  readonly #deps: ShardProcessDeps;
  readonly #queue: HandOffQueue;
  readonly #policy = new RestartPolicy();
  readonly #events: ShardEvent[] = [];
  readonly #ready = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;
  #isUp = false;
  #isStopping = false;
  #wasUp = false;
  /** Why we killed it, or what it said last. */
  #reason: { readonly word: string; readonly text: string } | undefined;
  #missedBeats = 0;
  #beatTimer: Timer | undefined;
  #deadline: Timer | undefined;
  #restsUntil: number | undefined;
  #nextHandOver = 1;
  #load = NO_LOAD;

  constructor(index: number, deps: ShardProcessDeps) {
    this.index = index;
    this.#deps = deps;
    this.#queue = new HandOffQueue({
      clock: deps.clock,
      count: (outcome) => deps.count('hand-over', outcome),
      send: (message, socket, onSent) => {
        const child = this.#child;
        if (child === undefined || !child.connected || !(socket instanceof Socket)) {
          onSent(new Error('no channel'));
          return;
        }
        // Our copy stays open until the shard says that it has its own.
        child.send(message, socket, { keepOpen: true }, onSent);
      },
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get load(): ShardLoad {
    return this.#isUp ? this.#load : NO_LOAD;
  }

  /** Upgrades waiting or under way. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** How long this shard still rests, in ms; 0: it does not. */
  get restsForMs(): number {
    return this.#restsUntil === undefined ? 0 : Math.max(1, this.#restsUntil - this.#deps.clock.monotonic());
  }

  /** The latest events of this shard, oldest first. */
  get events(): readonly ShardEvent[] {
    return this.#events;
  }

  /** Resolves when the shard serves. @throws Error when its first process ends before that */
  start(): Promise<void> {
    this.#spawn();
    return this.#ready.promise;
  }

  send(message: ToShard): void {
    // What is not sent is in the next process's beginning.
    if (this.#isUp && this.#child?.connected === true) this.#child.send(message, () => undefined);
  }

  /** Hands one admitted upgrade over. */
  hand(ticket: AdmissionTicket, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Before anything else: what is read here from now on would be lost to the shard.
    if (!stopReading(socket)) {
      socket.destroy();
      return;
    }
    if (this.#isStopping || this.#restsUntil !== undefined) {
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

  /** Says goodbye to everybody in it and ends it, by force after 2.5 s. Idempotent. */
  stop(): Promise<void> {
    if (this.#isStopping) return this.#stopped.promise;
    this.#isStopping = true;
    this.#ready.promise.catch(() => undefined);
    this.#queue.refuseAll(1_000, RESTING);
    this.#clearTimers();
    const child = this.#child;
    if (child === undefined) {
      this.#stopped.resolve();
    } else {
      this.#deadline = this.#deps.clock.setTimer(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      if (child.connected) child.send({ kind: 'stop' } satisfies ToShard, () => undefined);
    }
    return this.#stopped.promise;
  }

  #spawn(): void {
    this.#restsUntil = undefined;
    this.#reason = undefined;
    this.#load = NO_LOAD;
    const child = fork(join(import.meta.dirname, `../shard/main${extname(import.meta.filename)}`), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: this.#deps.env,
      // JSON has no word for "never".
      serialization: 'advanced',
      execArgv: [...process.execArgv, ...SHARD_FLAGS],
    });
    this.#child = child;
    child.on('message', (message) => {
      if (this.#child === child && isFromShard(message)) this.#hear(message);
    });
    child.once('error', (err) => this.#ended(child, err.message));
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `exit ${code}`));
    this.#deadline = this.#deps.clock.setTimer(() => this.#kill('late', 'was not ready in time'), START_WITHIN_MS);
    this.#remember('spawned', String(child.pid));
    child.send(this.#deps.beginning(this.index, !this.#wasUp), () => undefined);
  }

  #hear(message: FromShard): void {
    if (message.kind === 'beat') {
      this.#missedBeats = 0;
      if (message.load !== undefined) this.#load = message.load;
      return;
    }
    if (message.kind === 'taken') return this.#queue.acknowledge(message.id);
    if (message.kind === 'crash') this.#reason = { word: 'crash', text: message.reason };
    else if (message.kind === 'ready') this.#becomeUp();
    else this.#deps.onMessage(this.index, message);
  }

  #becomeUp(): void {
    this.#deadline?.cancel();
    if (this.#isStopping) return;
    this.#isUp = true;
    this.#wasUp = true;
    this.#missedBeats = 0;
    this.#remember('up', '');
    this.#deps.count('shard', 'up');
    this.#deps.log.info({ shard: this.index, pid: this.#child?.pid }, 'shard ready');
    this.#deps.onUp(this.index);
    this.#beat();
    this.#queue.up();
    this.#ready.resolve();
  }

  #beat(): void {
    if (this.#missedBeats >= BEATS_MISSED_MAX) return this.#kill('stuck', 'answered no heartbeat for 1 s');
    this.#missedBeats += 1;
    this.send({ kind: 'beat' });
    this.#beatTimer = this.#deps.clock.setTimer(() => this.#beat(), BEAT_MS);
  }

  #kill(word: string, text: string): void {
    this.#reason ??= { word, text };
    this.#remember('kill', text);
    this.#child?.kill('SIGKILL');
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#isUp = false;
    this.#clearTimers();
    this.#queue.down();
    this.#deps.onDown(this.index);
    if (this.#isStopping) {
      this.#remember('stopped', how);
      return this.#stopped.resolve();
    }
    // A watchdog in the shard may have been quicker than our count.
    const silence =
      this.#missedBeats >= BEATS_MISSED_MAX / 2 ? { word: 'stuck', text: 'stopped answering' } : undefined;
    const reason = this.#reason ?? silence ?? { word: how.startsWith('SIG') ? 'killed' : 'ended', text: how };
    this.#remember(`exit ${how}`, reason.text);
    this.#deps.count('shard', reason.word);
    if (!this.#wasUp) {
      this.#isStopping = true;
      this.#stopped.resolve();
      return this.#ready.reject(new Error(`a scene process did not start: ${reason.text}`));
    }
    const delayMs = this.#policy.delayAfterExit(this.#deps.clock.monotonic());
    this.#deps.log.error(
      { shard: this.index, how, reason: reason.text, restartInMs: delayMs, events: this.#events.slice(-EVENTS_LOGGED) },
      'shard ended',
    );
    if (delayMs === 0) return this.#spawn();
    this.#restsUntil = this.#deps.clock.monotonic() + delayMs;
    this.#deps.count('shard', 'resting');
    this.#deps.onRest(this.index);
    this.#queue.refuseAll(delayMs, RESTING);
    this.#deadline = this.#deps.clock.setTimer(() => this.#spawn(), delayMs);
  }

  #clearTimers(): void {
    this.#beatTimer?.cancel();
    this.#deadline?.cancel();
  }

  #remember(event: string, reason: string): void {
    this.#events.push({ at: this.#deps.clock.now(), event, reason });
    if (this.#events.length > EVENTS_KEPT) this.#events.shift();
  }
}
