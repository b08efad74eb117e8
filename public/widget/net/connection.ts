/** One socket to the own square, brought back when it is lost, given up when the square says so. */
import type { CLOSE } from '../../../src/protocol/close-codes.ts';
import { SUBPROTOCOL } from '../../../src/protocol/compact.ts';
import type { Clock, Timer } from '../time/clock.ts';
import { takeChallenge } from './challenge.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
/** A delay is 75 … 125 % of its nominal length, so that a square's return is not met by everyone at once. */
const JITTER = 0.5;
/** A socket that has not said hello by then is given up. */
const HELLO_TIMEOUT_MS = 12_000;

type Close = (typeof CLOSE)[keyof typeof CLOSE];

/** Reasons after which no widget comes back by itself. */
export type TerminalReason = Extract<Close, { readonly retry: false }>['reason'];

/** Only the types of the table are imported, to keep its numbers out of the bundle; the compiler keeps these in step. */
const TERMINAL: Readonly<Record<TerminalReason, true>> = {
  kicked: true,
  inactive: true,
  blocked: true,
  'site disabled': true,
  'site disabled or unknown': true,
  'plus required': true,
  'origin not allowed': true,
  'rate limited': true,
};
const FULL: (typeof CLOSE)['full']['reason'] = 'full';

/** The part of a WebSocket that is used; tests pass their own. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
}

export interface SocketHandlers {
  readonly opened: () => void;
  readonly message: (data: unknown) => void;
  readonly closed: (reason: string) => void;
}

/** By address: whether the square there speaks the subprotocol. At most one entry for each strip's square. */
const speaks = new Map<string, boolean>();

/** Who only watches has a socket that only listens. */
export function urlFor(base: string, isWatching: boolean): string {
  const url = new URL(base);
  if (isWatching) url.searchParams.set('watch', '1');
  return url.href;
}

/**
 * A browser's socket; opens by itself. It offers the compact subprotocol. Browsers end the handshake with a classic server
 * that answers nothing to the offer, and do not say why, so a first try that never opened is made once more without it.
 */
export function openWebSocket(url: string, handlers: SocketHandlers): SocketLike {
  let isOver = false;
  const connect = (isOffered: boolean): WebSocket => {
    const one = isOffered ? new WebSocket(url, SUBPROTOCOL) : new WebSocket(url);
    one.binaryType = 'arraybuffer';
    one.addEventListener('open', () => {
      speaks.set(url, isOffered);
      handlers.opened();
    });
    one.addEventListener('message', (event) => handlers.message(event.data));
    one.addEventListener('close', (event) => {
      if (isOffered && !isOver && !speaks.has(url)) socket = connect(false);
      else handlers.closed(event.reason);
    });
    return one;
  };
  let socket = connect(speaks.get(url) ?? true);
  return {
    send: (text) => socket.send(text),
    close() {
      isOver = true;
      socket.close();
    },
  };
}

export type ConnectionState =
  | { readonly name: 'idle' }
  /** `since`: when the first try of this row began. */
  | { readonly name: 'connecting'; readonly isReturn: boolean; readonly since: number }
  | { readonly name: 'live' }
  | { readonly name: 'waiting'; readonly until: number; readonly isFull: boolean; readonly since: number }
  /** The square does not want this visitor now; only a reload asks again. */
  | { readonly name: 'stopped'; readonly reason: string };

/** Others were there and are out of reach. */
export function isPathLost(state: ConnectionState): boolean {
  return state.name === 'waiting' || (state.name === 'connecting' && state.isReturn) || state.name === 'stopped';
}

export interface ConnectionDeps {
  readonly open: (handlers: SocketHandlers) => SocketLike;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The first message of each socket. */
  readonly init: () => string;
  readonly onMessage: (data: unknown) => void;
  readonly onState: (state: ConnectionState) => void;
}

export class Connection {
  readonly #deps: ConnectionDeps;
  #state: ConnectionState = { name: 'idle' };
  #socket: SocketLike | undefined;
  #timer: Timer | undefined;
  #turn: object | undefined;
  #delayMs = FIRST_DELAY_MS;
  #hadHello = false;
  #lostAt: number | undefined;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Connects, or tries at once when waiting. Does nothing while connected or after the square said no. */
  start(): void {
    if (this.#state.name === 'idle' || this.#state.name === 'waiting') this.#connect();
  }

  /** Comes back although the square said no: the visitor asks for it. */
  restart(): void {
    if (this.#state.name === 'stopped') this.#connect();
    else this.start();
  }

  /**
   * Ends the connection from this side; `start` may begin anew.
   * @returns whether there was one, or a try at one
   */
  stop(): boolean {
    const { name } = this.#state;
    this.#drop();
    this.#lostAt = undefined;
    // What is given up is not lost.
    this.#hadHello = false;
    this.#delayMs = FIRST_DELAY_MS;
    if (name !== 'stopped') this.#become({ name: 'idle' });
    return name !== 'stopped' && name !== 'idle';
  }

  /** @returns false when nothing was sent because there is no live connection */
  send(message: object): boolean {
    if (this.#state.name !== 'live' || this.#socket === undefined) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** The caller saw a hello: only that proves that the square takes this visitor. */
  confirm(): void {
    this.#timer?.cancel();
    this.#delayMs = FIRST_DELAY_MS;
    this.#hadHello = true;
    this.#lostAt = undefined;
    this.#become({ name: 'live' });
  }

  #connect(): void {
    this.#timer?.cancel();
    const { clock } = this.#deps;
    this.#lostAt ??= clock.now();
    this.#become({ name: 'connecting', isReturn: this.#hadHello, since: this.#lostAt });
    // What an abandoned socket still says is not heard.
    const turn = {};
    this.#turn = turn;
    this.#timer = clock.setTimer(() => {
      this.#drop();
      this.#wait(false);
    }, HELLO_TIMEOUT_MS);
    try {
      this.#socket = this.#deps.open({
        opened: () => {
          if (this.#turn === turn) this.#socket?.send(this.#deps.init());
        },
        message: (data) => {
          const isWanted = (): boolean => this.#turn === turn;
          const later = (run: () => void): void => void clock.setTimer(run, 0);
          const send = (text: string): void => this.#socket?.send(text);
          if (isWanted() && !takeChallenge(data, later, isWanted, send)) this.#deps.onMessage(data);
        },
        closed: (reason) => {
          if (this.#turn === turn) this.#closed(reason);
        },
      });
    } catch {
      // A page whose policy forbids the address throws here, each time: the visitor sees "offline".
      this.#closed('');
    }
  }

  #closed(reason: string): void {
    this.#drop();
    if (Object.hasOwn(TERMINAL, reason)) this.#become({ name: 'stopped', reason });
    else this.#wait(reason === FULL);
  }

  #wait(isFull: boolean): void {
    const { clock, random } = this.#deps;
    const delayMs = this.#delayMs * (1 - JITTER / 2 + JITTER * random());
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_DELAY_MS);
    this.#lostAt ??= clock.now();
    this.#become({ name: 'waiting', until: clock.now() + delayMs, isFull, since: this.#lostAt });
    this.#timer = clock.setTimer(() => this.#connect(), delayMs);
  }

  #drop(): void {
    this.#timer?.cancel();
    this.#turn = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#deps.onState(state);
  }
}
