import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Channel, QUESTIONS_MAX, STREAMS_MAX, type ChannelMessage, type Hearing } from '../../../src/lib/channel.ts';
import { joinStreams, STREAM_WINDOW, streamPair, type FrameStream } from '../../../src/lib/frame-stream.ts';
import { ManualClock } from '../../support/manual-clock.ts';

type Asking = {
  news: { greeting: string };
  questions: { double: { question: number; answer: number } };
  streams: { view: { opening: string; out: string; back: number } };
};
type Silent = { news: Record<string, never>; questions: Record<string, never>; streams: Record<string, never> };
type ViewStream = FrameStream<number, string>;

const SILENT: Hearing<Silent> = { news: {}, questions: {}, streams: {} };

/** Two sides of a channel, over copies of the messages, as another process gets them. */
function sides(hearing: Partial<Hearing<Asking>>) {
  const clock = new ManualClock();
  const sent: ChannelMessage[] = [];
  const here: Channel<Asking, Silent> = new Channel<Asking, Silent>({
    clock,
    hearing: SILENT,
    send(message) {
      sent.push(message);
      there.hear(structuredClone(message));
      return true;
    },
  });
  const there: Channel<Silent, Asking> = new Channel<Silent, Asking>({
    clock,
    hearing: {
      news: { greeting() {} },
      questions: { double: (value) => Promise.resolve(2 * value) },
      streams: { view() {} },
      ...hearing,
    },
    send(message) {
      here.hear(structuredClone(message));
      return true;
    },
  });
  return { here, there, clock, sent };
}

/** Opens a stream and hands out both ends. */
function streamBetween(): { opener: FrameStream<string, number>; other: ViewStream } {
  const taken: ViewStream[] = [];
  const { here } = sides({ streams: { view: (_opening, stream) => void taken.push(stream) } });
  const opener = here.open('view', 'left');
  const [other] = taken;
  assert.ok(other !== undefined);
  return { opener, other };
}

test('news arrive, questions are answered, each by its name', async () => {
  const heard: string[] = [];
  const { here } = sides({ news: { greeting: (body) => heard.push(body) } });
  here.tell('greeting', 'hello');
  assert.deepEqual(heard, ['hello']);
  assert.deepEqual(await Promise.all([here.ask('double', 2), here.ask('double', 21)]), [4, 42]);
});

test('a question whose answering fails has no answer, and neither has one that nobody knows', async () => {
  const { here, there } = sides({ questions: { double: () => Promise.reject(new Error('broken')) } });
  assert.equal(await here.ask('double', 1), undefined);
  const answers: ChannelMessage[] = [];
  const deaf = new Channel<Silent, Silent>({
    clock: new ManualClock(),
    hearing: SILENT,
    send: (message) => answers.push(message) > 0,
  });
  deaf.hear({ kind: 'question', id: 7, name: 'toString', body: 0 });
  deaf.hear({ kind: 'open', stream: 3, name: 'constructor', body: 0 });
  deaf.hear({ kind: 'news', name: '__proto__', body: 0 });
  deaf.hear({ kind: 'frame', stream: 99, body: 0 });
  deaf.hear({ kind: 'answer', id: 99, body: 0 });
  assert.deepEqual(answers, [
    { kind: 'answer', id: 7 },
    { kind: 'end', stream: -3, reason: 'busy' },
  ]);
  there.reset();
});

test('a question that is not answered in time has no answer, and its late answer meets nobody', async () => {
  const late = Promise.withResolvers<number>();
  const { here, clock } = sides({ questions: { double: () => late.promise } });
  const answer = here.ask('double', 1);
  clock.advance(10_000);
  assert.equal(await answer, undefined);
  late.resolve(2);
  await late.promise;
  assert.equal(clock.pendingTimers, 0);
});

test('more questions than the bound get no answer at once; those under way are answered', async () => {
  const gate = Promise.withResolvers<void>();
  const { here } = sides({ questions: { double: (value) => gate.promise.then(() => 2 * value) } });
  const underWay = Array.from({ length: QUESTIONS_MAX }, () => here.ask('double', 4));
  assert.equal(await here.ask('double', 4), undefined);
  gate.resolve();
  assert.deepEqual(new Set(await Promise.all(underWay)), new Set([8]));
  assert.equal(await here.ask('double', 4), 8, 'there is room again');
});

test('when the other process ends, questions get no answer and streams end; the next process is served', async () => {
  const never = new Promise<number>(() => undefined);
  let isDead = true;
  const { here, clock } = sides({ questions: { double: (value) => (isDead ? never : Promise.resolve(2 * value)) } });
  const answer = here.ask('double', 1);
  const stream = here.open('view', 'left');
  const ends: string[] = [];
  stream.onEnd((reason) => ends.push(reason));
  here.reset();
  assert.equal(await answer, undefined);
  assert.deepEqual(ends, ['gone']);
  assert.equal(stream.send('anybody?'), false);
  assert.equal(clock.pendingTimers, 0);
  isDead = false;
  assert.equal(await here.ask('double', 3), 6);
});

test('with nobody there, a question has no answer and a stream ends, at once', async () => {
  const alone = new Channel<Asking, Silent>({ clock: new ManualClock(), hearing: SILENT, send: () => false });
  assert.equal(await alone.ask('double', 1), undefined);
  const ends: string[] = [];
  alone.open('view', 'left').onEnd((reason) => ends.push(reason));
  assert.deepEqual(ends, ['gone']);
});

test('frames arrive in order, both ways, also those that came before anybody listened', () => {
  const { opener, other } = streamBetween();
  for (const frame of ['a', 'b', 'c']) assert.ok(opener.send(frame));
  const there: string[] = [];
  other.onFrame((frame) => there.push(frame));
  opener.send('d');
  assert.deepEqual(there, ['a', 'b', 'c', 'd']);
  const here: number[] = [];
  opener.onFrame((frame) => here.push(frame));
  for (let value = 0; value < 3 * STREAM_WINDOW; value += 1) assert.ok(other.send(value));
  assert.deepEqual(
    here,
    Array.from({ length: 3 * STREAM_WINDOW }, (_, value) => value),
  );
});

test('a reader that does not read stops its sender at the window, and loses nothing', () => {
  const { opener, other } = streamBetween();
  const read: string[] = [];
  other.pause();
  other.onFrame((frame) => read.push(frame));
  let sent = 0;
  while (opener.send(String(sent))) sent += 1;
  assert.equal(sent, STREAM_WINDOW);
  let hasRoom = 0;
  opener.onRoom(() => (hasRoom += 1));
  other.resume();
  assert.equal(hasRoom, 1);
  assert.ok(opener.send('next'));
  assert.deepEqual(read.slice(-2), [String(sent - 1), 'next']);
});

test('a sender that ignores the window is cut off', () => {
  const taken: ViewStream[] = [];
  const messages: ChannelMessage[] = [];
  const channel = new Channel<Silent, Asking>({
    clock: new ManualClock(),
    send: (message) => messages.push(message) > 0,
    hearing: {
      news: { greeting() {} },
      questions: { double: (value) => Promise.resolve(value) },
      streams: { view: (_opening, stream) => void taken.push(stream) },
    },
  });
  channel.hear({ kind: 'open', stream: 1, name: 'view', body: 'left' });
  for (let count = 0; count <= STREAM_WINDOW; count += 1) channel.hear({ kind: 'frame', stream: 1, body: 'x' });
  assert.deepEqual(messages, [{ kind: 'end', stream: -1, reason: 'too-much' }]);
  assert.equal(taken[0]?.send(1), false);
});

test('an end comes after the last frame, once, and whoever asks later is told too', () => {
  const { opener, other } = streamBetween();
  other.pause();
  const seen: string[] = [];
  other.onFrame((frame) => seen.push(frame));
  other.onEnd((reason) => seen.push(`end ${reason}`));
  opener.send('last');
  opener.end('done');
  opener.end('again');
  assert.equal(opener.send('more'), false);
  assert.equal(seen.length, 0);
  other.resume();
  assert.deepEqual(seen, ['last', 'end done']);
  other.onEnd((reason) => seen.push(`late ${reason}`));
  assert.equal(seen.at(-1), 'late done');
});

test('streams beyond the bound end at once, and one that ends makes room', () => {
  const { here, sent } = sides({});
  const open = Array.from({ length: STREAMS_MAX }, () => here.open('view', 'left'));
  const before = sent.length;
  const ends: string[] = [];
  here.open('view', 'left').onEnd((reason) => ends.push(reason));
  assert.deepEqual(ends, ['busy']);
  assert.equal(sent.length, before, 'nobody over there was bothered');
  open[0]?.end('done');
  here.open('view', 'left').onEnd((reason) => ends.push(reason));
  assert.equal(ends.length, 1);
});

test('joined streams pass every frame on in order, at the pace of the slower reader, and end together', async () => {
  const [source, left] = streamPair<string, string>();
  const [right, sink] = streamPair<string, string>();
  joinStreams(left, right);
  const read: string[] = [];
  const ended = Promise.withResolvers<string>();
  sink.pause();
  sink.onFrame((frame) => read.push(frame));
  sink.onEnd((reason) => ended.resolve(reason));
  const total = 5 * STREAM_WINDOW;
  let next = 0;
  const push = (): void => {
    while (next < total && source.send(String(next))) next += 1;
    if (next === total) source.end('done');
  };
  source.onRoom(push);
  push();
  // Two windows, and the one frame that the joint holds.
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(next <= 2 * STREAM_WINDOW + 1, `${next} under way`);
  sink.resume();
  assert.equal(await ended.promise, 'done');
  assert.deepEqual(
    read,
    Array.from({ length: total }, (_, index) => String(index)),
  );
});
