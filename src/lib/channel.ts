/**
 * Questions, news and streams between two processes of one square, over any way to pass messages that keeps their order.
 * Everything under way is bounded, and all of it ends when the other process does.
 */
import type { Clock, Timer } from './clock.ts';
import { StreamEnd, type FrameStream } from './frame-stream.ts';

/** Questions of one side under way at once; further ones are answered with nothing. */
export const QUESTIONS_MAX = 1_000;

/** Streams that one side has opened at once; further ones end at once. */
export const STREAMS_MAX = 1_024;

/** A question that has no answer by then gets none. */
const ANSWER_WITHIN_MS = 10_000;

/** What one side says to the other, by name. Write it as a `type`: an `interface` is not closed. */
export interface Speech {
  /** Nothing comes back. */
  readonly news: Readonly<Record<string, unknown>>;
  readonly questions: Readonly<Record<string, { readonly question: unknown; readonly answer: unknown }>>;
  /** `out` are the opener's frames, `back` the other side's. */
  readonly streams: Readonly<
    Record<string, { readonly opening: unknown; readonly out: unknown; readonly back: unknown }>
  >;
}

/** What to do with all that the other side says. */
export interface Hearing<S extends Speech> {
  readonly news: { readonly [N in keyof S['news']]: (body: S['news'][N]) => void };
  /** An answer that rejects is none. */
  readonly questions: {
    readonly [N in keyof S['questions']]: (
      question: S['questions'][N]['question'],
    ) => Promise<S['questions'][N]['answer']>;
  };
  readonly streams: {
    readonly [N in keyof S['streams']]: (
      opening: S['streams'][N]['opening'],
      stream: FrameStream<S['streams'][N]['back'], S['streams'][N]['out']>,
    ) => void;
  };
}

/** What travels. Numbers of streams are the sender's: those it opened are positive, the other side's negative. */
export type ChannelMessage =
  | { readonly kind: 'news'; readonly name: string; readonly body: unknown }
  | { readonly kind: 'question'; readonly id: number; readonly name: string; readonly body: unknown }
  /** Without a body: there is no answer. */
  | { readonly kind: 'answer'; readonly id: number; readonly body?: unknown }
  | { readonly kind: 'open'; readonly stream: number; readonly name: string; readonly body: unknown }
  | { readonly kind: 'frame'; readonly stream: number; readonly body: unknown }
  | { readonly kind: 'room'; readonly stream: number; readonly count: number }
  | { readonly kind: 'end'; readonly stream: number; readonly reason: string };

export interface ChannelDeps<Theirs extends Speech> {
  readonly clock: Clock;
  /** Passes a message on. @returns false when there is nobody to pass it to: then it is dropped */
  readonly send: (message: ChannelMessage) => boolean;
  readonly hearing: Hearing<Theirs>;
}

interface Asked {
  readonly answer: (body: unknown) => void;
  readonly timer: Timer;
}

/** An end of a stream as messages reach it. */
interface OpenStream {
  take(frame: unknown): void;
  widen(count: number): void;
  conclude(reason: string): void;
  cut(reason: string): void;
}

/** One side of a channel. */
export class Channel<Mine extends Speech, Theirs extends Speech> {
  readonly #deps: ChannelDeps<Theirs>;
  readonly #asked = new Map<number, Asked>();
  readonly #streams = new Map<number, OpenStream>();
  #nextId = 1;
  #opened = 0;
  #answering = 0;
  /** Raised by {@link reset}: answers to a process that is gone are dropped. */
  #life = 0;

  constructor(deps: ChannelDeps<Theirs>) {
    this.#deps = deps;
  }

  tell<N extends keyof Mine['news'] & string>(name: N, body: Mine['news'][N]): void {
    this.#deps.send({ kind: 'news', name, body });
  }

  /** @returns undefined when there is no answer: too many questions, a failure over there, no answer in time, nobody there */
  ask<N extends keyof Mine['questions'] & string>(
    name: N,
    question: Mine['questions'][N]['question'],
  ): Promise<Mine['questions'][N]['answer'] | undefined> {
    if (this.#asked.size >= QUESTIONS_MAX) return Promise.resolve(undefined);
    const id = this.#takeId();
    return new Promise((resolve) => {
      const timer = this.#deps.clock.setTimer(() => this.#answered(id, undefined), ANSWER_WITHIN_MS);
      const answer = (body: unknown): void => {
        if (isMeantFor(body, resolve)) resolve(body);
      };
      this.#asked.set(id, { answer, timer });
      if (!this.#deps.send({ kind: 'question', id, name, body: question })) this.#answered(id, undefined);
    });
  }

  open<N extends keyof Mine['streams'] & string>(
    name: N,
    opening: Mine['streams'][N]['opening'],
  ): FrameStream<Mine['streams'][N]['out'], Mine['streams'][N]['back']> {
    const id = this.#takeId();
    const stream = this.#streamEnd<Mine['streams'][N]['out'], Mine['streams'][N]['back']>(id);
    this.#opened += 1;
    stream.onEnd(() => (this.#opened -= 1));
    if (this.#opened > STREAMS_MAX) stream.cut('busy');
    else if (!this.#deps.send({ kind: 'open', stream: id, name, body: opening })) stream.cut('gone');
    return stream;
  }

  /** A message of the other side. */
  hear(message: ChannelMessage): void {
    switch (message.kind) {
      case 'news': {
        const listener = listenerOf(this.#deps.hearing.news, message.name);
        const { body } = message;
        return listener !== undefined && isMeantFor(body, listener) ? listener(body) : undefined;
      }
      case 'question':
        return void this.#answer(message.id, message.name, message.body);
      case 'answer':
        return this.#answered(message.id, message.body);
      case 'open':
        return this.#accept(-message.stream, message.name, message.body);
      case 'frame':
        return this.#streams.get(-message.stream)?.take(message.body);
      case 'room':
        return this.#streams.get(-message.stream)?.widen(message.count);
      case 'end':
        return this.#streams.get(-message.stream)?.conclude(message.reason);
    }
  }

  /** The other process has ended: all questions get no answer, all streams end with `gone`. The next one may use this channel. */
  reset(): void {
    this.#life += 1;
    this.#answering = 0;
    for (const id of this.#asked.keys()) this.#answered(id, undefined);
    for (const stream of this.#streams.values()) stream.cut('gone');
  }

  async #answer(id: number, name: string, body: unknown): Promise<void> {
    const answerer = listenerOf(this.#deps.hearing.questions, name);
    if (answerer === undefined || this.#answering >= QUESTIONS_MAX) {
      this.#deps.send({ kind: 'answer', id });
      return;
    }
    const life = this.#life;
    this.#answering += 1;
    const answer = await answerer(body).catch(() => undefined);
    if (life !== this.#life) return;
    this.#answering -= 1;
    this.#deps.send({ kind: 'answer', id, body: answer });
  }

  #answered(id: number, body: unknown): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    asked?.timer.cancel();
    asked?.answer(body);
  }

  #accept(id: number, name: string, body: unknown): void {
    const taker = listenerOf(this.#deps.hearing.streams, name);
    if (taker === undefined || this.#streams.size >= 2 * STREAMS_MAX) {
      this.#deps.send({ kind: 'end', stream: id, reason: 'busy' });
      return;
    }
    taker(body, this.#streamEnd(id));
  }

  #streamEnd<Out, In>(id: number): StreamEnd<Out, In> {
    const { send } = this.#deps;
    const stream = new StreamEnd<Out, In>({
      frame: (body) => send({ kind: 'frame', stream: id, body }),
      room: (count) => send({ kind: 'room', stream: id, count }),
      end: (reason) => send({ kind: 'end', stream: id, reason }),
    });
    const take = (frame: In): void => stream.take(frame);
    this.#streams.set(id, {
      take: (body) => {
        if (isMeantFor(body, take)) take(body);
      },
      widen: (count) => stream.widen(count),
      conclude: (reason) => stream.conclude(reason),
      cut: (reason) => stream.cut(reason),
    });
    stream.onEnd(() => this.#streams.delete(id));
    return stream;
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }
}

/** Both sides are ours and of one version: what comes under a name has the shape its listener takes. */
function isMeantFor<Body>(_body: unknown, _listener: (body: Body) => void): _body is Body {
  return true;
}

/** Who listens for a name, if anybody does. */
function listenerOf<Names extends object>(listeners: Names, name: string): Names[keyof Names] | undefined {
  return isNameIn(listeners, name) ? listeners[name] : undefined;
}

function isNameIn<Names extends object>(names: Names, name: PropertyKey): name is keyof Names {
  return Object.hasOwn(names, name);
}
