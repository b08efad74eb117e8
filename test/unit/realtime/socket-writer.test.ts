import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import test from 'node:test';
import type { ServerFrame } from '../../../src/protocol/frames.ts';
import { Batch } from '../../../src/realtime/batch.ts';
import { OutgoingFrame, type Dialect } from '../../../src/realtime/encode.ts';
import { SocketWriter } from '../../../src/realtime/socket-writer.ts';
import { moveView } from '../../support/scene-frames.ts';
import { framesIn } from '../../support/server-frames.ts';

/** A reader on a stream: takes what is written at once, or not before it is told to. */
class Line extends Duplex {
  /** One entry for each system call that a socket would have made. */
  readonly calls: Buffer[] = [];
  isStuck = false;
  #waiting: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#take(chunk, done);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.#take(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _read(): void {}

  unstick(): void {
    this.isStuck = false;
    const done = this.#waiting;
    this.#waiting = undefined;
    done?.();
  }

  heard(): unknown[] {
    return this.calls.splice(0).flatMap((bytes) => framesIn(bytes));
  }

  #take(bytes: Buffer, done: () => void): void {
    this.calls.push(bytes);
    if (this.isStuck) this.#waiting = done;
    else done();
  }
}

const move = (id: number, x: number): ServerFrame => ({ type: 'move', ...moveView(id, x) });
const say = (id: number, text: string): ServerFrame => ({ type: 'say', id, text, at: 1 });

function batchOf(...frames: readonly (ServerFrame | undefined)[]): Batch {
  return new Batch(
    frames.map((frame) => frame && new OutgoingFrame(frame)),
    'classic',
  );
}

const share = (skips: readonly number[] = [], joinedAt = 0) => ({ dialect: 'classic' as Dialect, skips, joinedAt });

test('a batch is one write, whatever is left out of it', () => {
  const frames = [say(1, 'a'), say(2, 'b'), say(3, 'c'), undefined, say(5, 'e')];
  for (const [skips, joinedAt, heard] of [
    [[], 0, 'abce'],
    [[0], 0, 'bce'],
    [[4], 0, 'abc'],
    [[1], 0, 'ace'],
    [[0, 2], 0, 'be'],
    [[1, 2], 0, 'ae'],
    [[], 2, 'ce'],
    [[2], 1, 'be'],
    [[0], 1, 'bce'],
    [[0, 1, 2, 4], 0, ''],
    [[], 5, ''],
  ] as const) {
    const line = new Line();
    const hasWritten = new SocketWriter(line).deliver(batchOf(...frames), share(skips, joinedAt));
    assert.equal(hasWritten, heard !== '');
    assert.equal(line.calls.length, heard === '' ? 0 : 1, `calls for ${heard}`);
    const texts = line
      .heard()
      .map((frame) => (typeof frame === 'object' && frame !== null && 'text' in frame ? frame.text : ''));
    assert.equal(texts.join(''), heard);
  }
});

/** A writer whose reader has just fallen behind. */
function behind(): { readonly line: Line; readonly writer: SocketWriter } {
  const line = new Line();
  const writer = new SocketWriter(line);
  line.isStuck = true;
  writer.write(new OutgoingFrame(say(9, 'x'.repeat(line.writableHighWaterMark))).wireFor('classic'));
  line.calls.length = 0;
  return { line, writer };
}

test('a slow reader gets the newest positions when it has caught up, not the way there', async () => {
  const { line, writer } = behind();
  for (let step = 1; step <= 500; step += 1) writer.deliver(batchOf(move(1, step / 1_000), move(2, 0.9)), share());
  assert.ok(line.writableLength < line.writableHighWaterMark * 2);
  line.unstick();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(line.heard(), [move(1, 0.5), move(2, 0.9)]);
  writer.deliver(batchOf(move(1, 0.6)), share());
  assert.deepEqual(line.heard(), [move(1, 0.6)]);
});

test('a slow reader misses no word, hears it where it was said, and no step after a leave', async () => {
  const { line, writer } = behind();
  writer.deliver(batchOf(move(1, 0.1), move(2, 0.2), move(3, 0.3)), share());
  writer.deliver(batchOf(say(1, 'here'), { type: 'leave', id: 2 }, { type: 'chatThrottle', ms: 1 }), share());
  line.unstick();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(line.heard(), [
    move(1, 0.1),
    say(1, 'here'),
    { type: 'leave', id: 2 },
    { type: 'chatThrottle', ms: 1 },
    move(3, 0.3),
  ]);
});

test('a slow reader is not told of its own steps either', async () => {
  const { line, writer } = behind();
  writer.deliver(batchOf(move(1, 0.1), move(2, 0.2), undefined), share([0]));
  line.unstick();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(line.heard(), [move(2, 0.2)]);
});

test('a reader that never reads is over its budget after a megabyte of words, and takes no memory for positions', () => {
  const { line, writer } = behind();
  for (let step = 0; step < 10_000; step += 1) writer.deliver(batchOf(move(1, step / 10_000)), share());
  assert.equal(writer.isOverBudget, false);
  for (let line_ = 0; line_ < 8_000 && !writer.isOverBudget; line_ += 1) {
    writer.deliver(batchOf(say(1, 'x'.repeat(140))), share());
  }
  assert.equal(writer.isOverBudget, true);
  assert.ok(line.writableLength < 1_200_000);
});

test('a reader that is gone when it could catch up is left alone', async () => {
  const { line, writer } = behind();
  writer.deliver(batchOf(move(1, 0.1)), share());
  line.destroy();
  line.unstick();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(line.calls, []);
});

test('on a real socket a reader that sleeps through a crowd wakes to where everybody is now', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  const reader = connect(address.port, '127.0.0.1');
  t.after(() => {
    reader.destroy();
    server.close();
  });
  const [socket]: Socket[] = await once(server, 'connection');
  if (socket === undefined) throw new Error('nobody connected');
  const writer = new SocketWriter(socket);
  reader.pause();
  const crowd = Array.from({ length: 100 }, (_, index) => index + 1);
  let most = 0;
  const steps = 2_000;
  for (let step = 1; step <= steps; step += 1) {
    const x = step / steps;
    writer.deliver(batchOf(...crowd.map((id) => move(id, x))), share());
    most = Math.max(most, socket.writableLength);
    if (step % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(most >= socket.writableHighWaterMark, 'the reader was behind');
  assert.ok(most < socket.writableHighWaterMark + 50_000, `${most} bytes waited`);
  const end = new OutgoingFrame(say(1, 'awake')).wireFor('classic');
  const chunks: Buffer[] = [];
  reader.on('data', (chunk) => chunks.push(chunk));
  reader.resume();
  while (!chunks.at(-1)?.includes('"x":1,')) await once(reader, 'data');
  socket.end(end);
  await once(reader, 'end');
  const newest = new Map<unknown, unknown>();
  for (const frame of framesIn(Buffer.concat(chunks))) {
    if (typeof frame === 'object' && frame !== null && 'x' in frame && 'id' in frame) newest.set(frame.id, frame.x);
  }
  assert.deepEqual([...newest.values()], Array<number>(100).fill(1));
});
