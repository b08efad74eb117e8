/** The operator of a real square mutes a neighbour from the command line, while the ring runs in its own process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showRing } from '../../src/ring/list-command.ts';
import { muteSquare } from '../../src/ring/mute-command.ts';
import { watchGate } from '../support/gate-watcher.ts';
import { startRing } from '../support/ring-of-processes.ts';

/** No promise: how long a busy machine may take. */
const GUARD_MS = 60_000;

test('a muted neighbour is dark and shut here and nowhere else, a restart included, until it is unmuted', async (t) => {
  const members = await startRing(t, ['alder', 'birch', 'cedar']);
  const [alder, birch, cedar] = members;
  assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
  const context = { dataDir: alder.dataDir, now: Date.now(), allowPrivate: true, ring: undefined, isDryRun: false };
  const atAlder = await watchGate(t, alder, birch);
  const atCedar = await watchGate(t, cedar, birch);
  await atAlder.until('live', 0, GUARD_MS);
  await atCedar.until('live', 0, GUARD_MS);

  const dry = await muteSquare({ ...context, isDryRun: true }, 'birch', true);
  assert.ok(dry.ok && dry.lines.includes('Dry run, nothing was written.'));
  assert.equal((await muteSquare(context, 'nobody', true)).ok, false);
  assert.equal((await muteSquare(context, 'alder', true)).ok, false, 'itself');
  const mutedAtMs = performance.now();
  assert.ok((await muteSquare(context, 'birch', true)).ok);
  await atAlder.until('dark', mutedAtMs, GUARD_MS);
  atAlder.client.send({ type: 'hop', side: 'right' });
  const refused = await atAlder.client.next('hopped');
  assert.ok('refused' in refused && refused.refused === 'closed');
  assert.equal(atCedar.seen.at(-1)?.state, 'live', 'nobody else follows');
  const shown = await showRing(context);
  assert.ok(shown.ok && shown.lines.includes(`  muted here: ${birch.square}`));

  await alder.process().stop();
  await alder.restart();
  const again = await watchGate(t, alder, birch);
  const toCedar = await watchGate(t, alder, cedar);
  await toCedar.until('live', 0, GUARD_MS);
  assert.deepEqual([...new Set(again.seen.map(({ state }) => state))], ['dark'], 'never lit since');
  assert.ok((await muteSquare(context, 'birch', false)).ok);
  await again.until('live', 0, GUARD_MS);
});
