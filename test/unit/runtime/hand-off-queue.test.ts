import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { HandOffQueue, QUEUE_MAX, TAKE_WITHIN_MS } from '../../../src/runtime/hand-off-queue.ts';
import type { HandOver } from '../../../src/shard/messages.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A socket's writing side that keeps what was written. */
class Line extends Duplex {
  written = '';
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += String(chunk);
    done();
  }
}

interface Sent {
  readonly id: number;
  readonly onSent: (err: Error | null) => void;
}

function rig() {
  const clock = new ManualClock();
  const sent: Sent[] = [];
  const counted: string[] = [];
  const queue = new HandOffQueue({
    clock,
    send: ({ id }, _socket, onSent) => void sent.push({ id, onSent }),
    count: (outcome) => void counted.push(outcome),
  });
  let nextId = 1;
  const offer = (): Line => {
    const line = new Line();
    line.on('error', () => undefined);
    const message: HandOver = {
      kind: 'hand',
      id: nextId,
      ticket: { sceneKey: 'default', isHosted: false, clientIp: '127.0.0.1', connectionLimit: 100 },
      url: '/live',
      headers: {},
      head: '',
    };
    nextId += 1;
    queue.offer(message, line);
    return line;
  };
  return { clock, sent, counted, queue, offer };
}

test('upgrades wait until the shard is up, go in order, and our copy ends when the shard has its own', () => {
  const { queue, sent, counted, offer } = rig();
  const [first, second] = [offer(), offer()];
  assert.deepEqual(sent, []);
  queue.up();
  assert.deepEqual(
    sent.map(({ id }) => id),
    [1, 2],
  );
  assert.equal(first.destroyed, false, 'before the acknowledgement the socket is ours as well');
  queue.acknowledge(1);
  queue.acknowledge(1);
  assert.equal(first.destroyed, true);
  assert.equal(second.destroyed, false);
  assert.deepEqual(counted, ['taken']);
  assert.equal(queue.size, 1);
});

test('a shard that takes nothing gets a window full, not everything', () => {
  const { queue, sent, offer } = rig();
  queue.up();
  for (let index = 0; index < 100; index += 1) offer();
  assert.equal(sent.length, 32);
  queue.acknowledge(5);
  assert.equal(sent.length, 33);
  assert.equal(queue.size, 99);
});

test('one more than 2,048 is told to come again at once', () => {
  const { queue, counted, offer } = rig();
  for (let index = 0; index < QUEUE_MAX; index += 1) offer();
  const line = offer();
  assert.match(line.written, /^HTTP\/1\.1 503 Service Unavailable\r\nRetry-After: 2\r\n/);
  assert.deepEqual(counted, ['full']);
  assert.equal(queue.size, QUEUE_MAX);
});

test('whoever waits for two seconds is told to come again; nobody hangs, no timer stays', () => {
  const { queue, clock, counted, offer } = rig();
  const early = offer();
  clock.advance(TAKE_WITHIN_MS / 2);
  const late = offer();
  clock.advance(TAKE_WITHIN_MS / 2 - 1);
  assert.equal(early.written, '');
  clock.advance(1);
  assert.match(early.written, /503/);
  assert.equal(late.written, '');
  clock.advance(TAKE_WITHIN_MS / 2);
  assert.match(late.written, /503/);
  assert.deepEqual(counted, ['late', 'late']);
  assert.equal(queue.size, 0);
  assert.equal(clock.pendingTimers, 0);
});

test('when the shard dies, what may have reached it ends and the rest goes to the next process', () => {
  const { queue, sent, counted, offer } = rig();
  queue.up();
  const [left, kept, failed] = [offer(), offer(), offer()];
  sent[0]?.onSent(null);
  sent[2]?.onSent(new Error('channel closed'));
  queue.down();
  assert.equal(left.destroyed, true, 'nobody can know what its client has been told');
  assert.deepEqual([kept.destroyed, failed.destroyed], [false, false]);
  assert.deepEqual(counted, ['lost']);
  sent.length = 0;
  queue.up();
  assert.deepEqual(
    sent.map(({ id }) => id),
    [2, 3],
  );
});

test('the deadline runs on through the death of a shard', () => {
  const { queue, clock, offer } = rig();
  queue.up();
  const line = offer();
  clock.advance(TAKE_WITHIN_MS - 100);
  queue.down();
  const fresh = offer();
  clock.advance(100);
  assert.match(line.written, /503/);
  assert.equal(fresh.written, '');
});

test('a client that left while it waited is not sent', () => {
  const { queue, sent, counted, offer } = rig();
  offer().destroy();
  offer();
  queue.up();
  assert.deepEqual(
    sent.map(({ id }) => id),
    [2],
  );
  assert.deepEqual(counted, ['gone']);
});

test('a resting shard tells everybody who waits for how long', () => {
  const { queue, clock, offer } = rig();
  const line = offer();
  queue.refuseAll(9_500, 'this square is resting');
  assert.match(line.written, /Retry-After: 10\r\n[\s\S]*\r\n\r\nthis square is resting\n$/);
  assert.equal(clock.pendingTimers, 0);
});
