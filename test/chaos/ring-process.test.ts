/** What visitors notice when the ring's process fails: nothing but gates that fade and come back. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Gate, ServerFrame } from '../../src/protocol/frames.ts';
import { LiveClient } from '../support/live-client.ts';
import { metric, startRing, type RingMember } from '../support/ring-of-processes.ts';
import { eventually, isRunning } from '../support/sharded-square.ts';

/** The ring's process of a square, as it last said. */
function ringPid(member: RingMember): number {
  const said = member
    .process()
    .lines()
    .findLast((line) => line.includes('"ring ready"'));
  const { pid }: { pid: number } = JSON.parse(said ?? '{"pid":0}');
  return pid;
}

async function enter(t: TestContext, member: RingMember, name: string): Promise<LiveClient> {
  const client = await LiveClient.connect(member.socket);
  t.after(() => client.socket.terminate());
  await client.join({ ring: 1, browserId: name, displayName: name });
  return client;
}

/** Resolves with the first gate told from now on that fits; all that was told before it is dropped. */
async function untilGate(client: LiveClient, what: string, fits: (gate: Gate) => boolean): Promise<void> {
  const isTold = (frame: ServerFrame): boolean =>
    frame.type === 'neighbours' && [frame.left, frame.right].some((gate) => gate !== null && fits(gate));
  await eventually(`a gate that is ${what}`, () => client.take().some(isTold), BACK_WITHIN_MS);
}
const isState = (state: Gate['state']) => (gate: Gate) => gate.state === state;

/** Spawn, libp2p, dial and first summary, while other tests load the machine. */
const BACK_WITHIN_MS = 20_000;

/** Talks without a pause until told to stop. @returns the longest that a word took to come back, ms */
function talk(speaker: LiveClient): () => Promise<number> {
  const told = new AbortController();
  let longest = 0;
  const run = (async () => {
    while (!told.signal.aborted) {
      const begun = performance.now();
      await speaker.roundTrip();
      longest = Math.max(longest, performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return async () => {
    told.abort();
    await run;
    return longest;
  };
}

/** Two squares, each with its ring and its scenes in processes of their own, and somebody in both. */
async function twoSquares(t: TestContext) {
  const [moss, quay] = await startRing(t, ['moss', 'quay'], { SHARDS: '1', WS_MESSAGES_PER_SECOND: '0' });
  assert.ok(moss !== undefined && quay !== undefined);
  const ada = await enter(t, moss, 'ada');
  const bo = await enter(t, quay, 'bo');
  await untilGate(ada, 'live', isState('live'));
  await untilGate(bo, 'peopled', ({ count }) => count === 1);
  return { moss, quay, ada, bo };
}

for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
  test(`${signal} of the ring's process: scenes talk on, gates fade, and the ring is back with a higher epoch`, async (t) => {
    const { moss, ada, bo } = await twoSquares(t);
    const mate = await enter(t, moss, 'mate');
    mate.send({ type: 'move', x: 0.4 });
    let lost = 0;
    for (const { socket } of [ada, mate, bo]) socket.once('close', () => (lost += 1));
    const pid = ringPid(moss);
    const longestWord = talk(mate);

    const begun = performance.now();
    process.kill(pid, signal);
    await untilGate(ada, 'dim', isState('dim'));
    const dimmed = performance.now() - begun;
    await untilGate(ada, 'live', isState('live'));
    const back = performance.now() - begun;
    assert.notEqual(ringPid(moss), pid);

    // Its sequence numbers begin anew: without a higher epoch the neighbour would take nothing of this for news.
    await enter(t, moss, 'newcomer');
    await untilGate(bo, 'fuller', ({ count }) => count === 3);
    const longest = await longestWord();
    assert.equal(lost, 0, 'nobody was disconnected');
    t.diagnostic(
      `gates dim after ${dimmed.toFixed(0)} ms, live again after ${back.toFixed(0)} ms; the longest word took ${longest.toFixed(0)} ms`,
    );
  });
}

test('while the ring is down a visitor walks on plainly; after too many crashes gates go dark, and come back', async (t) => {
  const { moss, ada } = await twoSquares(t);
  for (let crash = 0; crash < 6; crash += 1) {
    const pid = ringPid(moss);
    process.kill(pid, 'SIGKILL');
    if (crash < 5) await eventually('the next process', () => ringPid(moss) !== pid, 15_000);
  }
  await eventually('a rest', async () => (await metric(moss.url, /event="ring",reason="resting"} (\d+)/)) === 1);
  ada.send({ type: 'gate', side: 'right' });
  const passage = await ada.next('passage');
  assert.ok('url' in passage && passage.code === undefined, 'a plain walk');
  await untilGate(ada, 'dark', isState('dark'));
  await untilGate(ada, 'live', isState('live'));
});

test('a square that stops says goodbye through its ring process, and leaves no process behind', async (t) => {
  const { moss, bo } = await twoSquares(t);
  const begun = performance.now();
  const gone = untilGate(bo, 'dark', isState('dark'));
  moss.process().kill('SIGTERM');
  await gone;
  t.diagnostic(`dark at the neighbour ${(performance.now() - begun).toFixed(0)} ms after SIGTERM`);
  assert.equal(await moss.process().exited, 0);
  assert.ok(!isRunning(ringPid(moss)));
});
