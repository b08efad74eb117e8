/** The load generator against real squares: what it counts is what was sent. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { BenchClient } from '../../../scripts/bench/bench-client.ts';
import { Crowd } from '../../../scripts/bench/crowd.ts';
import { readOptions, targetOf } from '../../../scripts/bench/options.ts';
import { readProcesses } from '../../../scripts/bench/process-figures.ts';
import { RUNS } from '../../../scripts/bench/scenarios.ts';
import { BENCH_ORIGIN, startBenchSquare } from '../../../scripts/bench/bench-square.ts';
import { freePorts } from '../../../scripts/free-ports.ts';
import { startLiveSquare } from '../../support/live-square.ts';

const square = await startBenchSquare(2);
after(() => square.stop());

test('a walking crowd is delivered whole, and each step was seen by everybody else', async () => {
  const crowd = await Crowd.join([targetOf(square.socket, undefined)], 5);
  const { sent, delivered, latencies, skippedShare, stale, disconnected } = await crowd.walk(5, 1);
  assert.ok(sent >= 10 && sent <= 26, `${sent} sent`);
  assert.ok(delivered >= (sent - 5) * 4 && delivered <= sent * 4 + 20, `${delivered} delivered of ${sent}`);
  assert.ok(latencies.count > 0);
  assert.ok(skippedShare < 0.5);
  assert.deepEqual({ stale, disconnected }, { stale: 0, disconnected: 0 });
  await crowd.leave();
  assert.equal(
    crowd.clients.every(({ ended }) => ended !== undefined),
    true,
  );
});

test('a flood is counted, and the crowd beside it is heard in the end', async () => {
  const common = ['--walkers', '4', '--seconds', '1', '--rate', '300', '--pid', String(square.pid)];
  const malformed = readOptions(['malformed', '--url', square.socket, ...common]);
  const besideFrames = await RUNS.malformed(malformed.server, malformed);
  assert.ok((besideFrames['hostileSent'] ?? 0) > 20);
  assert.equal(besideFrames['disconnected'], 0);
  assert.equal(besideFrames['staleAfter'], 0);
  assert.ok((besideFrames['residentMb'] ?? 0) > 30);
  const scenes = `${square.socket}?siteKey=bench_{n}`;
  const flooded = readOptions(['hostile-scene', '--url', scenes, '--scenes', '2', '--origin', BENCH_ORIGIN, ...common]);
  const besideScene = await RUNS['hostile-scene'](flooded.server, flooded);
  assert.equal(besideScene['disconnected'], 0);
  assert.equal(besideScene['staleAfter'], 0);
});

test('visitors who stay, who come and go, and who do nothing are all counted', async () => {
  const common = ['--url', square.socket, '--pid', String(square.pid), '--seconds', '1', '--rate', '20'];
  const storm = readOptions(['join-storm', '--walkers', '10', ...common]);
  const stormed = await RUNS['join-storm'](storm.server, storm);
  assert.deepEqual({ joins: stormed['joins'], refused: stormed['refused'] }, { joins: 10, refused: 0 });
  const churn = readOptions(['churn', '--hold-ms', '100', ...common]);
  const churned = await RUNS.churn(churn.server, churn);
  assert.deepEqual({ joins: churned['joins'], refused: churned['refused'] }, { joins: 20, refused: 0 });
  const idle = readOptions(['idle', '--walkers', '10', ...common]);
  assert.equal((await RUNS.idle(idle.server, idle))['visitors'], 10);
});

test('a crowd that is not let in is an error', async (t) => {
  const small = await startLiveSquare(t, { defaultConnectionLimit: 3 });
  await assert.rejects(Crowd.join([targetOf(small.url(), undefined)], 5), /refused: 1013 full/);
});

test('a client hears why it was closed, and that a server is not there', async (t) => {
  const small = await startLiveSquare(t, { defaultConnectionLimit: 1 });
  const first = await BenchClient.open(targetOf(small.url(), undefined));
  assert.notEqual(await first.join({}), undefined);
  const second = await BenchClient.open(targetOf(small.url(), undefined));
  assert.equal(await second.join({}), undefined);
  assert.deepEqual(second.ended, { code: 1013, reason: 'full' });
  first.cut();
  const [free] = await freePorts(1);
  const nobody = targetOf(`ws://127.0.0.1:${free}/live`, undefined);
  await assert.rejects(BenchClient.open(nobody), /closed during the handshake/);
});

test('a process is measured with its children, and a missing one is named', () => {
  const { cpuSeconds, residentBytes, descriptors } = readProcesses(process.pid);
  assert.ok(cpuSeconds > 0 && residentBytes > 10_000_000 && descriptors > 3);
  assert.throws(() => readProcesses(999_999_999), /no process/);
});
