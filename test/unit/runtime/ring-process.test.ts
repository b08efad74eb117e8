import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSquareKey } from '../../../federation/node/identity.ts';
import { createLog } from '../../../src/log/log.ts';
import { RingProcess } from '../../../src/runtime/ring-process.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const silent = createLog('silent');

test('a ring whose run has no saved number does not start, says why, and answers everything with nothing', async () => {
  const clock = new ManualClock();
  const ring = new RingProcess({
    clock,
    log: silent,
    count() {},
    env: {},
    logLevel: 'silent',
    source: {
      key: await generateSquareKey(),
      keyFile: '/nowhere/square.key',
      rings: { all: () => [], onChange: () => () => undefined, accept: () => ({ ok: false, reason: 'unknown-ring' }) },
      nextEpoch() {
        throw new Error('database or disk is full');
      },
      sites: () => [],
      asleep: () => [],
      addresses: { listen: [], announce: [] },
      allowPrivate: true,
      guestsMax: 0,
      birdStayMs: 0,
      answerRequest: () => Promise.resolve(undefined),
      log: silent,
      count() {},
    },
  });
  await assert.rejects(
    ring.start(() => ({ count: 0, figures: [] })),
    /ring process did not start: database or disk is full/,
  );
  assert.deepEqual([ring.isUp(), ring.links(), ring.liveGates()], [false, [], 0]);
  assert.deepEqual(await ring.port.requestPassage('default', 'left', { name: '', look: 0 }), {
    ok: false,
    reason: 'no-neighbour',
  });
  assert.equal(await ring.port.redeem('default', 'code'), undefined);
  await ring.stop();
  assert.equal(clock.pendingTimers, 0, 'nothing waits for a process that is not there');
});
