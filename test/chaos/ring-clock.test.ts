/** A square whose clock is years off: it says so, its neighbours do, nobody's list changes, and its visitors walk on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchGate } from '../support/gate-watcher.ts';
import { listVersion, startRing } from '../support/ring-of-processes.ts';
import { eventually } from '../support/sharded-square.ts';
import { walkingPair } from '../support/walking-pair.ts';

const WITHIN_MS = 40_000;
const YEAR_MS = 365 * 24 * 60 * 60_000;
const PRELOAD = `--import ${new URL('../support/wrong-clock.ts', import.meta.url).href}`;

test('a clock that is years ahead, then years behind, is told of on both sides, and mended by setting it right', async (t) => {
  const members = await startRing(t, ['alder', 'birch', 'cedar']);
  const [wrong, near, far] = members;
  assert.ok(wrong !== undefined && near !== undefined && far !== undefined);
  const watcher = await watchGate(t, near, wrong);
  await watcher.until('live', 0, WITHIN_MS);
  for (const years of [5, -5]) {
    await wrong.process().stop();
    await wrong.restart({ NODE_OPTIONS: PRELOAD, WRONG_CLOCK_MS: String(years * YEAR_MS) });
    const says = (member: typeof wrong, words: string): boolean =>
      member
        .process()
        .lines()
        .some((line) => line.includes(words));
    const ahead = `"aheadSeconds":${years > 0 ? '' : '-'}1`;
    await eventually(
      'the square itself says so',
      () => says(wrong, 'the clock of this square is off') && says(wrong, ahead),
      WITHIN_MS,
    );
    await eventually('a neighbour says so', () => says(near, 'of a neighbour differ by more than a minute'), WITHIN_MS);
    await eventually('its gate is dark', () => watcher.seen.at(-1)?.state === 'dark', WITHIN_MS);
    const step = await walkingPair(t, wrong);
    await step();
    for (const member of members) assert.equal(await listVersion(member), 1, `${member.id}, ${years} years`);
  }
  const mended = performance.now();
  await wrong.process().stop();
  await wrong.restart();
  await watcher.until('live', mended, WITHIN_MS);
});
