import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../support/live-square.ts';

/** Longer than anybody may take to come back. */
const GONE_MS = 2_000;

/** Closes, and lets the time pass after which nobody waits any more. */
async function leave({ host, clock }: LiveSquare, client: LiveClient): Promise<void> {
  const before = host.visitorCount('default');
  const sockets = host.socketCount('default');
  await client.close();
  while (host.socketCount('default') === sockets) await turn();
  clock.advance(GONE_MS);
  assert.equal(host.visitorCount('default'), before - 1);
}

test('whoever comes to an empty street is told where the last visitor walked, and how long ago; no more of them', async (t) => {
  const square = await startLiveSquare(t);
  const ada = await square.connect();
  await ada.join({ ring: 1, browserId: 'ada', displayName: 'Ada', x: 0.75 });
  ada.send({ type: 'move', x: 0.25 });
  await settled(ada);
  await leave(square, ada);
  assert.equal(square.host.stats().scenes, 0, 'the scene itself is over');

  square.clock.advance(41.5 * 60_000);
  const classic = await square.connect();
  assert.ok(!('footprints' in (await classic.join())), 'a classic client hears nothing new');
  await leave(square, classic);
  const bo = await square.connect();
  const { footprints } = await bo.join({ ring: 1, browserId: 'bo', x: 0.5 });
  assert.equal(footprints?.minutesAgo, 0, 'the classic visitor walked here too');
  await leave(square, bo);

  square.clock.advance(41.5 * 60_000);
  const cy = await square.connect();
  const hello = await cy.join({ ring: 1, browserId: 'cy' });
  assert.deepEqual(hello.footprints, { x: 0.5, heading: 'right', minutesAgo: 41 });
  const dee = await square.connect();
  assert.equal((await dee.join({ ring: 1, browserId: 'dee' })).footprints, undefined, 'nor is anybody told in company');
  await leave(square, dee);
  await leave(square, cy);

  square.clock.advance(60 * 60_000);
  const eve = await square.connect();
  assert.equal((await eve.join({ ring: 1, browserId: 'eve' })).footprints, undefined, 'after an hour they are gone');
});
