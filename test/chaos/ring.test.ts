/** The ring works through the process border: gates, passages and arrivals of scenes that live in shards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchGate } from '../support/gate-watcher.ts';
import { LiveClient } from '../support/live-client.ts';
import { openStore } from '../../src/store/store.ts';
import { startOwnRing, startRing } from '../support/ring-of-processes.ts';
import { comeBack } from '../support/sharded-square.ts';

test('scenes in shards show their neighbours live, let visitors through, and go on doing so after a crash', async (t) => {
  const [moss, quay] = await startRing(t, ['moss', 'quay'], {
    SHARDS: '2',
    NODE_ENV: 'test',
    TOWNRING_CRASH_DOOR: '1',
  });
  assert.ok(moss !== undefined && quay !== undefined);
  const enter = (url: string): Promise<LiveClient> => LiveClient.connect(url);
  const ada = await enter(moss.socket);
  await ada.join({ ring: 1, browserId: 'ada', displayName: 'Ada' });
  const bo = await enter(quay.socket);
  const clients = [ada, bo];
  t.after(() => {
    for (const { socket } of clients) socket.terminate();
  });
  const begun = performance.now();
  await bo.join({ ring: 1, browserId: 'bo', displayName: 'Bo' });
  await ada.next('neighbours', ({ left, right }) => [left, right].some((gate) => gate?.count === 1));
  const seen = performance.now() - begun;

  ada.send({ type: 'gate', side: 'right' });
  const passage = await ada.next('passage');
  assert.ok('url' in passage && passage.code !== undefined, 'let through');
  const there = await enter(quay.socket);
  clients.push(there);
  const hello = await there.join({
    ring: 1,
    browserId: 'ada-at-quay',
    arrival: { code: passage.code, referrer: `${moss.url}/` },
  });
  assert.equal(hello.arrival?.from.name, 'Moss');
  assert.equal(hello.displayName, 'Ada', 'with the plate on');

  const crasher = await enter(moss.socket);
  crasher.send({ type: 'init', browserId: 'door-crash' });
  await ada.closed;
  const back = await comeBack(() => enter(moss.socket));
  clients.push(back);
  await back.join({ ring: 1, browserId: 'ada' });
  const gates = await back.next('neighbours');
  assert.ok(
    [gates.left, gates.right].some((gate) => gate?.state === 'live'),
    'the next process knows the gates at once',
  );
  t.diagnostic(`a newcomer was on the neighbour's horizon after ${seen.toFixed(0)} ms`);
});

test('who knows a neighbour asleep sees past it, through the process border too', async (t) => {
  const { ring, members } = await startOwnRing(t, ['moss', 'quay', 'fern']);
  const [moss, quay] = members;
  assert.ok(moss !== undefined && quay !== undefined);
  await quay.process().stop();
  await moss.process().stop();
  const store = openStore(moss.dataDir);
  const now = Date.now();
  const care = { checkedAt: now, found: 'refused', failingSince: now, failures: 9, isAsleep: true };
  store.saveRingRecord('care', { id: `${ring.ringId} quay`, json: JSON.stringify(care) });
  store.close();
  await moss.restart({ SHARDS: '1' });
  const { client, until } = await watchGate(t, moss, { id: 'fern' });
  await until('live', 0, 30_000);
  const { right } = await client.next('neighbours', (frame) => frame.right?.state === 'live');
  assert.deepEqual([right?.site, right?.past], ['fern', ['Quay']]);
});
