import { fork, type ChildProcess, type SendHandle } from 'node:child_process';
import { extname } from 'node:path';
import type { Clock, Timer } from '../lib/clock.ts';
import { processTime, type ProcessTime } from '../lib/process-cpu.ts';
import type { FromSupervised, ToSupervised } from '../lib/supervised-life.ts';
import { RestartPolicy } from './restart-policy.ts';

/** How often the edge and a process tell each other that they run. */
const BEAT_MS = 100;

/**
 * So many beats without an answer, and a process that computed meanwhile is killed. Counted in our own turns: a pause of
 * ours is not its fault.
 */
const BEATS_MISSED_MAX = 10;

/**
 * What it must have computed since its third silent beat to count as stuck, CPU seconds. One that was not given so much on a
 * crowded machine is late: ending it would make thousands of visitors join again, on that very machine.
 */
const STUCK_CPU_SECONDS = 0.5;
const BEATS_MISSED_AT_MEASURE = 3;

/** So many beats, and it is killed whatever it does: it waits for something that does not come. */
const BEATS_MISSED_AT_ALL = 50;

/** A process that is not ready by then is killed. Fifteen seconds were seen under a load of 15 on two cores. */
const START_WITHIN_MS = 30_000;

/** What a process's goodbyes may take. */
const STOP_WITHIN_MS = 2_500;

/** What is remembered of each process's life. */
const EVENTS_KEPT = 100;

/** Of these, how many go into the log line of an exit. */
const EVENTS_LOGGED = 10;

export interface ProcessEvent {
  /** ms since the epoch */
  readonly at: number;
  readonly event: string;
  readonly reason: string;
}

export interface SupervisorDeps {
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
  /** Counts under the process's name: up, crash, stuck, killed, ended, late, resting. */
  readonly count: (event: string, reason: string) => void;
  /** Environment of the process. */
  readonly env: NodeJS.ProcessEnv;
}

export interface SupervisedProcessDeps<Load, To extends object, From> extends SupervisorDeps {
  /** In logs and counters. */
  readonly name: 'shard' | 'ring';
  /** Log fields that tell it from others of its name. */
  readonly fields: object;
  /** Its main module, without extension. */
  readonly module: string;
  /** Of Node. */
  readonly flags: readonly string[];
  /** The first message of a process. `isFirst`: no process before it was lost. @throws Error when it cannot begin now */
  readonly beginning: (isFirst: boolean) => To;
  /** Whether something heard is a message at all. */
  readonly isMessage: (value: unknown) => value is FromSupervised<Load> | From;
  readonly onMessage: (message: From) => void;
  readonly onUp: () => void;
  readonly onDown: () => void;
  /** It ended too often and is started again after so many ms only. */
  readonly onRest: (delayMs: number) => void;
}

/** A process as its supervisor knows it: one at a time, told to live by heartbeats, started again when it ends. */
export class SupervisedProcess<Load, To extends object, From extends { readonly kind: string }> {
  readonly #deps: SupervisedProcessDeps<Load, To, From>;
  readonly #policy = new RestartPolicy();
  readonly #events: ProcessEvent[] = [];
  readonly #ready = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;
  #isUp = false;
  #isStopping = false;
  #wasUp = false;
  /** Why we killed it, or what it said last. */
  #reason: { readonly word: string; readonly text: string } | undefined;
  #missedBeats = 0;
  /** What the kernel said when it fell silent. */
  #atSilence: ProcessTime | undefined;
  #beatTimer: Timer | undefined;
  #deadline: Timer | undefined;
  #restsUntil: number | undefined;
  #load: Load | undefined;

  constructor(deps: SupervisedProcessDeps<Load, To, From>) {
    this.#deps = deps;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** What it last said of itself; undefined while it is down. */
  get load(): Load | undefined {
    return this.#isUp ? this.#load : undefined;
  }

  /** How long it still rests, in ms; 0: it does not. */
  get restsForMs(): number {
    return this.#restsUntil === undefined ? 0 : Math.max(1, this.#restsUntil - this.#deps.clock.monotonic());
  }

  /** Its latest events, oldest first. */
  get events(): readonly ProcessEvent[] {
    return this.#events;
  }

  /** Resolves when it serves. @throws Error when the first process ends before that */
  start(): Promise<void> {
    this.#spawn();
    return this.#ready.promise;
  }

  /** @returns false while it is down: what the next process has to know is in its beginning */
  send(message: To): boolean {
    if (!this.#isUp || this.#child?.connected !== true) return false;
    this.#child.send(message, () => undefined);
    return true;
  }

  /**
   * Sends a message with a handle. Our copy of it stays open until whoever took it says so.
   * @param onSent called once: with an error when the handle never left
   */
  pass(message: To, handle: SendHandle, onSent: (err: Error | null) => void): void {
    if (this.#child?.connected === true) this.#child.send(message, handle, { keepOpen: true }, onSent);
    else onSent(new Error('no channel'));
  }

  /** Asks it to end, and ends it by force after 2.5 s. Idempotent. */
  stop(): Promise<void> {
    if (this.#isStopping) return this.#stopped.promise;
    this.#isStopping = true;
    this.#ready.promise.catch(() => undefined);
    this.#clearTimers();
    const child = this.#child;
    if (child === undefined) {
      this.#stopped.resolve();
    } else {
      this.#deadline = this.#deps.clock.setTimer(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      if (child.connected) child.send({ kind: 'stop' } satisfies ToSupervised, () => undefined);
    }
    return this.#stopped.promise;
  }

  #spawn(): void {
    this.#restsUntil = undefined;
    this.#reason = undefined;
    this.#load = undefined;
    let beginning: To;
    try {
      beginning = this.#deps.beginning(!this.#wasUp);
    } catch (err) {
      this.#reason = { word: 'ended', text: err instanceof Error ? err.message : String(err) };
      return this.#startAgain('not begun');
    }
    const child = fork(`${this.#deps.module}${extname(import.meta.filename)}`, [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: this.#deps.env,
      // JSON has no word for "never".
      serialization: 'advanced',
      execArgv: [...process.execArgv, ...this.#deps.flags],
    });
    this.#child = child;
    child.on('message', (message) => {
      if (this.#child === child && this.#deps.isMessage(message)) this.#hear(message);
    });
    child.once('error', (err) => this.#ended(child, err.message));
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `exit ${code}`));
    this.#deadline = this.#deps.clock.setTimer(() => this.#kill('late', 'was not ready in time'), START_WITHIN_MS);
    this.#remember('spawned', String(child.pid));
    child.send(beginning, () => undefined);
  }

  #hear(message: FromSupervised<Load> | From): void {
    if (!isOfLife<Load>(message)) return this.#deps.onMessage(message);
    if (message.kind === 'beat') {
      this.#missedBeats = 0;
      if (message.load !== undefined) this.#load = message.load;
    } else if (message.kind === 'crash') {
      this.#reason = { word: 'crash', text: message.reason };
    } else {
      this.#becomeUp();
    }
  }

  #becomeUp(): void {
    const { name, fields, log, count, onUp } = this.#deps;
    this.#deadline?.cancel();
    if (this.#isStopping) return;
    this.#isUp = true;
    this.#wasUp = true;
    this.#missedBeats = 0;
    this.#remember('up', '');
    count(name, 'up');
    log.info({ ...fields, pid: this.#child?.pid }, `${name} ready`);
    onUp();
    this.#beat();
    this.#ready.resolve();
  }

  #beat(): void {
    if (this.#isStuck()) {
      return this.#kill('stuck', `answered no heartbeat for ${(this.#missedBeats * BEAT_MS) / 1_000} s`);
    }
    this.#missedBeats += 1;
    if (this.#missedBeats === BEATS_MISSED_AT_MEASURE) this.#atSilence = this.#time();
    if (this.#child?.connected === true) this.#child.send({ kind: 'beat' } satisfies ToSupervised, () => undefined);
    this.#beatTimer = this.#deps.clock.setTimer(() => this.#beat(), BEAT_MS);
  }

  #isStuck(): boolean {
    if (this.#missedBeats < BEATS_MISSED_MAX) return false;
    const now = this.#time();
    if (now === undefined || now.isStopped || this.#missedBeats >= BEATS_MISSED_AT_ALL) return true;
    return now.cpuSeconds - (this.#atSilence ?? now).cpuSeconds >= STUCK_CPU_SECONDS;
  }

  #time(): ProcessTime | undefined {
    const pid = this.#child?.pid;
    return pid === undefined ? undefined : processTime(pid);
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
    this.#deps.onDown();
    if (this.#isStopping) {
      this.#remember('stopped', how);
      return this.#stopped.resolve();
    }
    // A watchdog in the process may have been quicker than our count.
    const silence =
      this.#missedBeats >= BEATS_MISSED_MAX / 2 ? { word: 'stuck', text: 'stopped answering' } : undefined;
    this.#reason ??= silence ?? { word: how.startsWith('SIG') ? 'killed' : 'ended', text: how };
    this.#startAgain(how);
  }

  #startAgain(how: string): void {
    const { name, fields, log, count, clock, onRest } = this.#deps;
    const reason = this.#reason ?? { word: 'ended', text: how };
    this.#remember(`exit ${how}`, reason.text);
    count(name, reason.word);
    if (!this.#wasUp) {
      this.#isStopping = true;
      this.#stopped.resolve();
      return this.#ready.reject(new Error(`the ${name} process did not start: ${reason.text}`));
    }
    const delayMs = this.#policy.delayAfterExit(clock.monotonic());
    log.error(
      { ...fields, how, reason: reason.text, restartInMs: delayMs, events: this.#events.slice(-EVENTS_LOGGED) },
      `${name} ended`,
    );
    if (delayMs === 0) return this.#spawn();
    this.#restsUntil = clock.monotonic() + delayMs;
    count(name, 'resting');
    onRest(delayMs);
    this.#deadline = clock.setTimer(() => this.#spawn(), delayMs);
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

function isOfLife<Load>(message: FromSupervised<Load> | { readonly kind: string }): message is FromSupervised<Load> {
  return message.kind === 'beat' || message.kind === 'crash' || message.kind === 'ready';
}
