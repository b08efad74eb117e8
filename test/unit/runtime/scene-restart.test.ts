import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FOOTPRINTS_MS } from '../../../src/scene/footprint-memory.ts';
import { settled } from '../../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../../support/live-square.ts';

const secretOf = (hello: { readonly browserSecret: string }): string => hello.browserSecret;

/** The next change of the roster fails, once. */
function failOnce(square: LiveSquare): void {
  square.ring.onTouch = () => {
    square.ring.onTouch = () => undefined;
    throw new Error('no ring');
  };
}

test('a scene that fails goes on from its last snapshot: same sockets, same visitors, everybody put right', async (t) => {
  const square = await startLiveSquare(t);
  const ada = await square.connect();
  const bo = await square.connect();
  const gone = await square.connect();
  const adaHello = await ada.join({ browserId: 'ada', displayName: 'Ada', x: 0.3 });
  const boHello = await bo.join({ browserId: 'bo', displayName: 'Bo', x: 0.6 });
  const goneHello = await gone.join({ browserId: 'gone' });
  square.clock.advance(1_000);
  await settled(ada, bo, gone);
  for (const client of [ada, bo]) client.take();
  failOnce(square);
  gone.socket.terminate();
  assert.equal((await bo.next('move', ({ id }) => id === adaHello.id)).x, 0.3);
  assert.equal((await ada.next('move', ({ id }) => id === boHello.id)).x, 0.6);
  assert.ok(square.counted.includes('scene-fault close'));
  assert.ok(square.counted.includes('scene-restart close'));
  assert.equal(square.host.visitorCount('default'), 3, 'whoever closed is in grace');
  await settled(ada, bo);
  for (const client of [ada, bo]) client.take();
  ada.send({ type: 'move', x: 0.35 });
  assert.equal((await bo.next('move')).x, 0.35);
  square.clock.advance(1_500);
  assert.equal((await bo.next('leave')).id, goneHello.id);
  const tab = await square.connect();
  assert.equal((await tab.join({ browserId: 'ada', browserSecret: secretOf(adaHello) })).id, adaHello.id);
  const stranger = await square.connect();
  assert.ok((await stranger.join({ browserId: 'new' })).id > goneHello.id, 'no number is given twice');
});

test('who joined after the snapshot comes back by themselves, and is seen leaving; a new tab takes nobody away', async (t) => {
  const square = await startLiveSquare(t);
  const ada = await square.connect();
  const adaHello = await ada.join({ browserId: 'ada' });
  const gone = await square.connect();
  await gone.join({ browserId: 'gone' });
  square.clock.advance(1_000);
  const tab = await square.connect();
  await tab.join({ browserId: 'ada', browserSecret: secretOf(adaHello) });
  const late = await square.connect();
  const lateHello = await late.join({ browserId: 'late' });
  await settled(ada, tab, late, gone);
  ada.take();
  failOnce(square);
  gone.socket.terminate();
  assert.deepEqual(await late.closed, { code: 1011, reason: 'internal error' });
  assert.deepEqual(await tab.closed, { code: 1011, reason: 'internal error' });
  await ada.roundTrip();
  const left = ada.take().flatMap((frame) => (frame.type === 'leave' ? [frame.id] : []));
  assert.deepEqual(left, [lateHello.id]);
  const back = await square.connect();
  const again = await back.join({ browserId: 'late', browserSecret: secretOf(lateHello) });
  assert.equal(again.browserSecret, lateHello.browserSecret);
  assert.ok(again.id > lateHello.id);
  assert.equal((await ada.next('join')).peer.id, again.id);
});

test('a scene that fails again at once ends instead of restarting for ever; the next visitor finds a new one', async (t) => {
  const square = await startLiveSquare(t);
  const ada = await square.connect();
  await ada.join({ browserId: 'ada' });
  const [first, second] = [await square.connect(), await square.connect()];
  await first.join({ browserId: 'first' });
  await second.join({ browserId: 'second' });
  square.clock.advance(1_000);
  failOnce(square);
  first.socket.terminate();
  await ada.next('move', ({ id }) => id === 3);
  failOnce(square);
  second.socket.terminate();
  assert.deepEqual(await ada.closed, { code: 1011, reason: 'internal error' });
  const back = await square.connect();
  assert.equal((await back.join({ browserId: 'ada' })).peers.length, 0);
});

test('nothing is left running in a scene where nothing happens, and nothing is kept of one that ended', async (t) => {
  const square = await startLiveSquare(t);
  const idle = square.clock.pendingTimers;
  const ada = await square.connect();
  await ada.join({ browserId: 'ada' });
  square.clock.advance(5_000);
  const snapshots: string[] = [];
  square.host.onSnapshot(({ key }) => void snapshots.push(key));
  square.clock.advance(20_000);
  assert.deepEqual(snapshots, [], 'no change, no snapshot');
  ada.send({ type: 'move', x: 0.5 });
  ada.send({ type: 'typing', typing: true });
  await ada.roundTrip();
  square.clock.advance(999);
  square.clock.advance(1_001);
  assert.ok(snapshots.length >= 1 && snapshots.length <= 2, `${snapshots.length} within two seconds`);
  await ada.close();
  square.clock.advance(10_000);
  assert.equal(square.host.stats().scenes, 0);
  assert.equal(square.clock.pendingTimers, idle + 1, 'footprints are to be forgotten');
  square.clock.advance(FOOTPRINTS_MS);
  assert.equal(square.clock.pendingTimers, idle);
});
