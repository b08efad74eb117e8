import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection, type ConnectionState, type SocketHandlers } from '../../../public/widget/net/connection.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { CLOSE } from '../../../src/protocol/close-codes.ts';

function rig(random = () => 0.5) {
  const time = new ManualClock();
  const sockets: (SocketHandlers & { sent: string[]; isClosed: boolean })[] = [];
  const states: ConnectionState[] = [];
  const heard: unknown[] = [];
  const connection = new Connection({
    clock: { now: () => time.monotonic(), setTimer: (run, ms) => time.setTimer(run, ms) },
    random,
    init: () => 'init',
    onMessage: (data) => heard.push(data),
    onState: (state) => states.push(state),
    open: (handlers) => {
      const socket = { ...handlers, sent: [] as string[], isClosed: false };
      sockets.push(socket);
      return {
        send: (text) => socket.sent.push(text),
        close: () => {
          socket.isClosed = true;
        },
      };
    },
  });
  const waits = (): number => {
    const state = connection.state;
    return state.name === 'waiting' ? Math.round(state.until - time.monotonic()) : -1;
  };
  return { time, sockets, states, heard, connection, waits, last: () => sockets.at(-1) };
}

test('lost sockets are tried again after 0.5, 1, 2, 4, 8, 8 seconds; an open socket alone does not shorten that', () => {
  const { connection, last, time, waits } = rig();
  connection.start();
  for (const expected of [500, 1_000, 2_000, 4_000, 8_000, 8_000]) {
    last()?.opened();
    last()?.closed('internal error');
    assert.equal(waits(), expected);
    time.advance(expected);
  }
  last()?.opened();
  connection.confirm();
  last()?.closed('internal error');
  assert.equal(waits(), 500);
});

test('delays vary by a quarter each way, so that a return is not met by everybody at once', () => {
  for (const [chance, expected] of [
    [0, 375],
    [0.999_999, 625],
  ] as const) {
    const { connection, last, waits } = rig(() => chance);
    connection.start();
    last()?.closed('');
    assert.equal(waits(), expected);
  }
});

test('every reason of the protocol either ends it for good or is tried again, as its table says', () => {
  for (const { reason, retry } of Object.values(CLOSE)) {
    const { connection, last, time, sockets } = rig();
    connection.start();
    last()?.opened();
    connection.confirm();
    last()?.closed(reason);
    assert.equal(connection.state.name, retry ? 'waiting' : 'stopped', reason);
    connection.start();
    time.advance(60_000);
    assert.equal(sockets.length > 1, retry, reason);
    connection.stop();
  }
});

test('nothing is sent before the hello, and nothing of a dropped socket is heard', () => {
  const { connection, heard, last, sockets, time } = rig();
  connection.start();
  last()?.opened();
  assert.equal(connection.send({ type: 'move' }), false);
  connection.confirm();
  assert.equal(connection.send({ type: 'move' }), true);
  assert.deepEqual(last()?.sent, ['init', '{"type":"move"}']);
  connection.stop();
  sockets[0]?.message('late');
  sockets[0]?.closed('internal error');
  assert.deepEqual([heard, connection.state.name, sockets[0]?.isClosed, time.pendingTimers], [[], 'idle', true, 0]);
});

test('a square that accepts and never greets is given up after 12 seconds', () => {
  const { connection, last, sockets, time } = rig();
  connection.start();
  last()?.opened();
  time.advance(12_000);
  assert.equal(connection.state.name, 'waiting');
  assert.equal(sockets[0]?.isClosed, true);
});

test('a page that forbids the address is offline, not broken', () => {
  const time = new ManualClock();
  const connection = new Connection({
    clock: { now: () => time.monotonic(), setTimer: (run, ms) => time.setTimer(run, ms) },
    random: () => 0.5,
    init: () => '',
    onMessage: () => undefined,
    onState: () => undefined,
    open: () => {
      throw new Error('policy');
    },
  });
  connection.start();
  assert.equal(connection.state.name, 'waiting');
  connection.stop();
  assert.equal(time.pendingTimers, 0);
});
