/** Three real squares against a flood, half a cable and a copied key. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../scripts/free-ports.ts';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { watchGate } from '../support/gate-watcher.ts';
import type { FloodSetup } from '../support/flooding-member.ts';
import { LiveClient } from '../support/live-client.ts';
import { install, metric, startOwnRing, type RingMember } from '../support/ring-of-processes.ts';
import { eventually } from '../support/sharded-square.ts';
import { tempDir } from '../support/temp-dir.ts';

const FLOODER = fileURLToPath(new URL('../support/flooding-member.ts', import.meta.url));

const WITHIN_MS = 30_000;
const DARK_WITHIN_MS = 16_500;

/** How long a flood and the calm before it are measured, ms. */
const MEASURE_MS = 6_000;

/** @param shards 1: scenes and ring in processes of their own */
async function startThree(t: TestContext, shards: '0' | '1') {
  const { ring, members } = await startOwnRing(t, ['alder', 'birch', 'cedar'], {
    SHARDS: shards,
    WS_MESSAGES_PER_SECOND: '0',
  });
  const [lowest, middle, highest] = [...members].sort((a, b) => (a.square < b.square ? -1 : 1));
  assert.ok(lowest !== undefined && middle !== undefined && highest !== undefined);
  return { ring, lowest, middle, highest };
}

/** Times of round trips of five visitors of one scene, sorted, ms. */
async function roundTrips(t: TestContext, { socket }: RingMember, durationMs: number): Promise<readonly number[]> {
  const until = performance.now() + durationMs;
  const times: number[] = [];
  const ping = async (name: string): Promise<void> => {
    const client = await LiveClient.connect(socket);
    t.after(() => client.socket.terminate());
    await client.join({ browserId: name });
    while (performance.now() < until) {
      const begun = performance.now();
      await client.roundTrip();
      times.push(performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    client.socket.terminate();
  };
  await Promise.all(['ada', 'bo', 'cy', 'di', 'eve'].map(ping));
  return times.sort((a, b) => a - b);
}

test('a member that floods at full speed is cut off, and nobody in a scene is', async (t) => {
  const { ring, lowest, middle, highest } = await startThree(t, '1');
  await highest.process().stop();
  const calm = await roundTrips(t, middle, MEASURE_MS);

  const setup: FloodSetup = {
    keyFile: join(highest.dataDir, 'square.key'),
    ringId: ring.ringId,
    site: highest.id,
    victims: [lowest, middle].map(({ square, link: { port } }) => ({ square, port })),
  };
  const flooder = spawn(process.execPath, [FLOODER, JSON.stringify(setup)], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => flooder.kill('SIGKILL'));
  let said = '';
  createInterface({ input: flooder.stdout }).on('line', (line) => (said = line));
  const flooded = await roundTrips(t, middle, MEASURE_MS);
  for (const { url, id } of [lowest, middle]) {
    const cut = async () => metric(url, /event="link-cut",reason="[a-z]+"} (\d+)/);
    await eventually(`${id} cuts the flood off`, async () => (await cut()) > 0, WITHIN_MS);
  }
  flooder.kill('SIGKILL');
  for (const [name, times] of Object.entries({ calm, flooded })) {
    const [p50, p99] = [0.5, 0.99].map((share) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1));
    t.diagnostic(`${name}: ${times.length} round trips, p50 ${p50} ms, p99 ${p99} ms`);
  }
  t.diagnostic(`messages that got out before and between the cuts, and dials: ${said}`);

  // The two honest ones still hear each other.
  const watcher = await watchGate(t, lowest, middle);
  await watcher.until('live', 0, WITHIN_MS);
});

test('half a cable: nothing goes out, then nothing goes in; gates fade on both sides, and both come back', async (t) => {
  const { middle, highest } = await startThree(t, '0');
  const [near, far] = await Promise.all([watchGate(t, middle, highest), watchGate(t, highest, middle)]);
  await Promise.all([near.until('live', 0, WITHIN_MS), far.until('live', 0, WITHIN_MS)]);
  for (const direction of ['outbound', 'inbound'] as const) {
    highest.link.cut(direction);
    const cut = performance.now();
    // Whoever is still heard when the other side gives the link up is dark somewhat later than who is not.
    const darks = await Promise.all([near, far].map(async (watcher) => watcher.until('dark', cut, 2 * DARK_WITHIN_MS)));
    assert.ok(Math.min(...darks) <= DARK_WITHIN_MS, `dark after ${darks.join(' and ')} ms`);
    highest.link.cut('none');
    const healed = performance.now();
    const lives = await Promise.all([near, far].map(async (watcher) => watcher.until('live', healed, WITHIN_MS)));
    const said = (times: readonly number[]) => times.map((ms) => ms.toFixed(0)).join(' and ');
    t.diagnostic(`${direction} cut: dark after ${said(darks)} ms, live ${said(lives)} ms after the heal`);
  }
});

test('a second square with a copied key is told of by its neighbours, and its end mends everything', async (t) => {
  const { ring, lowest, middle, highest } = await startThree(t, '0');
  const watcher = await watchGate(t, middle, lowest);
  await watcher.until('live', 0, WITHIN_MS);
  const dataDir = join(tempDir(t), 'copy');
  mkdirSync(dataDir, { mode: 0o700 });
  copyFileSync(join(lowest.dataDir, 'square.key'), join(dataDir, 'square.key'));
  install({ dataDir, square: lowest.square }, ring.documents);
  const [tcp = 0, ws = 0] = await freePorts(2);
  const copy = await startSquareProcess({
    DATA_DIR: dataDir,
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: String(tcp),
    P2P_WS_PORT: String(ws),
    ALLOW_PRIVATE_RING: '1',
    SHARDS: '0',
  });
  t.after(() => copy.stop());
  const begun = performance.now();
  // Which of the two a neighbour is linked with is chance: it takes one that hears both.
  const isReported = (): boolean =>
    [middle, highest].some((member) =>
      member
        .process()
        .lines()
        .some((line) => line.includes('use the same key')),
    );
  await eventually('a neighbour says so', isReported, 2 * WITHIN_MS);
  t.diagnostic(`reported after ${(performance.now() - begun).toFixed(0)} ms`);
  await copy.stop();
  await lowest.process().stop();
  await lowest.restart();
  // The gate may not have faded at all in between: somebody new is seen only by way of the new link.
  const newcomer = await LiveClient.connect(lowest.socket);
  t.after(() => newcomer.socket.terminate());
  await newcomer.join({ browserId: 'newcomer' });
  const isSeen = (): boolean => watcher.seen.at(-1)?.state === 'live' && watcher.seen.at(-1)?.count === 1;
  await eventually('a newcomer is seen over the hill', isSeen, 2 * WITHIN_MS);
});
