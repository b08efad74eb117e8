/** docs/protocol.md is enough: a square written from it alone takes its place among ours. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { LiveClient } from '../support/live-client.ts';
import { fetchList, OtherSquare } from '../support/other-square.ts';
import { startOwnRing } from '../support/ring-of-processes.ts';

const PATIENCE_MS = 30_000;

test('a square that knows no more than docs/protocol.md is heard, hears, looks over the hill and sends a guest', async (t) => {
  const { ring, members } = await startOwnRing(t, ['alder', 'birch', 'cedar'], { RING_SHARING: 'live' });
  const [alder, birch, cedar] = members;
  assert.ok(alder && birch && cedar);
  const signal = AbortSignal.timeout(3 * PATIENCE_MS);
  // Another programme takes over what cedar was: its key, its place in the list.
  await cedar.process().stop();
  const list = await fetchList(alder.url, ring.ringId);
  assert.deepEqual(
    list.members.map(({ sites }) => sites.map(({ id }) => id)),
    [['alder'], ['birch'], ['cedar']],
  );
  const other = await OtherSquare.start(list, await readFile(join(cedar.dataDir, 'square.key')));
  t.after(() => other.stop());

  const bo = await LiveClient.connect(birch.socket);
  t.after(() => bo.close());
  await bo.join({ ring: 1, browserId: 'bo', displayName: 'Bo' });
  const publishing = setInterval(
    () => void other.publish('cedar', 3, [[Uint8Array.of(1, 2, 3, 4), 40, 7, 3, false]]),
    500,
  );
  t.after(() => clearInterval(publishing));
  const { right } = await bo.next('neighbours', (frame) => frame.right?.count === 3);
  assert.deepEqual(
    [right?.site, right?.state, right?.figures.map(({ color, pose }) => [color, pose])],
    ['cedar', 'live', [[7, 'wave']]],
  );

  const ada = await LiveClient.connect(alder.socket);
  t.after(() => ada.close());
  const heard = other.heard('alder', ({ n }) => n === 1, signal);
  await ada.join({ ring: 1, browserId: 'ada', displayName: 'Ada', x: 0.5 });
  const summary = await heard;
  assert.equal(summary.h, 3, 'alder shows itself live');
  assert.equal(summary.f.length, 1);

  const view = await other.open('/townring/view/1', 'alder');
  view.say([0, view.ring, 'cedar', 'alder', 1]);
  view.say([1, 1]);
  const [, isWhole, count, figures] = await view.next(([kind]) => kind === 0, signal);
  assert.deepEqual([isWhole, count], [true, 1]);
  assert.ok(JSON.stringify(figures).includes('"Ada"'), 'with the name, since it shares as much');
  assert.equal((await ada.next('neighbours', ({ left }) => left?.lookers === 1)).left?.site, 'cedar');
  ada.send({ type: 'say', text: 'good evening' });
  const [, , , , , said] = await view.next(
    ([kind, , , , , lines]) => kind === 0 && Array.isArray(lines) && lines.length > 0,
    signal,
  );
  assert.ok(JSON.stringify(said).includes('good evening'));
  await view.close();

  const visit = await other.open('/townring/visit/1', 'alder');
  visit.say([0, visit.ring, 'cedar', 'alder']);
  let pings = 0;
  const vouching = setInterval(() => {
    visit.say([5, pings]);
    pings += 1;
  }, 250);
  t.after(() => clearInterval(vouching));
  visit.say([1, 77, 0, 'Cy', 9, 0, 2]);
  const [, guest, edge, , id] = await visit.next(([kind]) => kind === 0, signal);
  assert.deepEqual([guest, edge], [77, 0]);
  const { peer } = await ada.next('join');
  assert.deepEqual([peer.id, peer.displayName, peer.ring?.from?.site, peer.ring?.look], [id, 'Cy', 'cedar', 9]);
  visit.say([3, 77, 0, '{"type":"say","text":"and to you"}']);
  assert.equal((await ada.next('say')).text, 'and to you');
  ada.send({ type: 'action', action: 'jump' });
  const [, text] = await visit.next(([kind, frame]) => kind === 2 && String(frame).includes('"jump"'), signal);
  assert.match(String(text), /^\{"type":"action"/);
  visit.say([4, 77, null]);
  assert.equal((await ada.next('leave')).id, peer.id);
  clearInterval(vouching);
  await visit.close();
});
