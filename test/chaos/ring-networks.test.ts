/** Links that are cut one by one and one way only: three squares on networks of their own, or behind proxies. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { watchGate, type GateWatcher } from '../support/gate-watcher.ts';
import { LiveClient } from '../support/live-client.ts';
import {
  isWithinNetworks,
  runWithinNetworks,
  startNetworkedRing,
  type NetworkedSquare,
} from '../support/ring-of-networks.ts';
import { eventually } from '../support/sharded-square.ts';

const WITHIN_MS = 60_000;

test('two whose link is cut, both ways or one, go on seeing each other; who is heard by nobody fades', async (t) => {
  const inner = isWithinNetworks() ? undefined : runWithinNetworks(fileURLToPath(import.meta.url));
  if (inner === undefined) return hurtLinks(t);
  for (const line of inner.said.split('\n').filter((said) => said.startsWith('ℹ on '))) t.diagnostic(line.slice(2));
  return assert.ok(inner.passed, inner.said);
});

async function hurtLinks(t: TestContext): Promise<void> {
  const ring = await startNetworkedRing(t);
  const { low, middle, high } = ring;
  const atLow = await watchGate(t, low, middle);
  const atMiddle = await watchGate(t, middle, low);
  await Promise.all([atLow, atMiddle].map((watcher) => watcher.until('live', 0, WITHIN_MS)));
  const ofHigh = await watchGate(t, low, high);
  await ofHigh.until('live', 0, WITHIN_MS);
  const watched = performance.now();

  /** Somebody comes to either one, and the other sees it. @returns the longer of the two times, ms */
  const seeEachOther = async (): Promise<number> => {
    const times = [comes(t, low, atMiddle), comes(t, middle, atLow)];
    return Math.max(...(await Promise.all(times)));
  };
  ring.deafenLow();
  ring.deafenMiddle();
  const cut = await seeEachOther();
  const { right } = await atLow.client.next('neighbours');
  atLow.client.send({ type: 'gate', side: right?.site === middle.id ? 'right' : 'left' });
  const passage = await atLow.client.next('passage');
  assert.ok(
    'url' in passage && passage.code === undefined,
    'no word passes between the two: the way is open, without a plate',
  );
  ring.heal();
  ring.deafenMiddle();
  const half = await seeEachOther();
  const fadesOf = ({ seen }: GateWatcher) =>
    seen.filter(({ state, atMs }) => state !== 'live' && atMs > watched).length;
  // On a machine that is too slow for anybody, gates fade whose links nobody touched.
  if (fadesOf(ofHigh) === 0) assert.deepEqual([atLow, atMiddle].map(fadesOf), [0, 0], 'not dim for a moment');
  ring.heal();

  await ofHigh.until('live', 0, WITHIN_MS);
  ring.muteHigh();
  const muted = performance.now();
  const dim = await ofHigh.until('dim', muted, WITHIN_MS);
  ring.heal();
  const live = await ofHigh.until('live', performance.now(), WITHIN_MS);
  t.diagnostic(
    `on ${ring.kind}: seen through the third within ${cut.toFixed(0)} ms of a cut link, ${half.toFixed(0)} ms of half a one; ` +
      `heard by nobody: dim after ${dim.toFixed(0)} ms, live ${live.toFixed(0)} ms after the heal`,
  );
}

/** @returns how long it takes until another square counts a newcomer, ms */
async function comes(t: TestContext, at: NetworkedSquare, watcher: GateWatcher): Promise<number> {
  const before = watcher.seen.at(-1)?.count ?? 0;
  const begun = performance.now();
  const newcomer = await LiveClient.connect(at.socket);
  t.after(() => newcomer.socket.terminate());
  await newcomer.join({ browserId: `newcomer ${begun}` });
  await eventually(`a newcomer at ${at.id} is seen`, () => (watcher.seen.at(-1)?.count ?? 0) > before, WITHIN_MS);
  return performance.now() - begun;
}
