/**
 * Where a visitor is seen while squares die and links are cut: never in two scenes for more than 300 ms, never in none for more than
 * 900 (issue 6). A witness stands in all three scenes of three real squares and stamps who comes and goes.
 *
 * On a busy machine everything is told late, each scene at its own time. So the witness pings each square 50 times a second, and a
 * walk that is out of bounds is done again, twice at most: software that is late is late every time. What fails is a walk that was
 * never within bounds although at least once no ping took 50 ms. If the machine was late each time, the test says so and judges
 * nothing; the same bounds are held to the millisecond in test/simulation/visits.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { LiveClient } from '../support/live-client.ts';
import { gatesLive, startOwnRing, type RingMember } from '../support/ring-of-processes.ts';
import { SceneWitness, type Whereabouts } from '../support/scene-witness.ts';

const TWICE_MAX_MS = 300;
const NOWHERE_MAX_MS = 900;
const CALM_MS = 50;
const ATTEMPTS = 3;

/** @param delayMs of every link, each way */
async function standInRing(t: TestContext, delayMs: number) {
  const { members } = await startOwnRing(t, ['alder', 'birch', 'cedar'], {}, undefined, undefined, delayMs);
  const [alder, birch, cedar] = members;
  assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
  const witness = new SceneWitness(t);
  for (const member of members) await witness.stand(member);
  let visitors = 0;
  /** Somebody with a name of their own at a square. */
  const come = async ({ id, socket }: RingMember): Promise<{ client: LiveClient; name: string }> => {
    const client = await LiveClient.connect(socket);
    t.after(() => client.socket.terminate());
    visitors += 1;
    const name = `Ada ${visitors}`;
    await client.join({ ring: 1, browserId: `ada-${visitors}`, displayName: name, x: 0.5 });
    await witness.untilSeen(name, id);
    return { client, name };
  };
  return { alder, birch, cedar, witness, come };
}

/** A second has to pass between two hops of one tab. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_050));

/** Through a gate. On a machine so busy that the host has no time to answer within 2.5 s, the visitor asks again. */
async function walk(client: LiveClient, side: 'left' | 'right'): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    client.send({ type: 'hop', side });
    const hopped = await client.next('hopped');
    if ('edge' in hopped) return;
    assert.ok(turn < 5 && 'refused' in hopped && hopped.refused === 'unreachable', JSON.stringify(hopped));
    await pause();
  }
}

/** Does it again while it is out of bounds. */
async function judge(t: TestContext, what: string, once: () => Promise<Whereabouts>): Promise<void> {
  const seen: Whereabouts[] = [];
  while (seen.length < ATTEMPTS) {
    const whereabouts = await once();
    seen.push(whereabouts);
    const { twiceMs, nowhereMs, delayMs } = whereabouts;
    const figures = `twice ${twiceMs.toFixed(0)} ms, nowhere ${nowhereMs.toFixed(0)} ms, pings up to ${delayMs.toFixed(0)} ms`;
    t.diagnostic(`${what}: ${figures}`);
    if (twiceMs <= TWICE_MAX_MS && nowhereMs <= NOWHERE_MAX_MS) return;
  }
  const calm = seen.filter(({ delayMs }) => delayMs < CALM_MS);
  if (calm.length === 0) return t.diagnostic(`${what}: the machine is too busy to judge`);
  assert.fail(`${what}: ${JSON.stringify(calm)}`);
}

test('a visitor is in one place at a time, whoever dies and whatever is cut', async (t) => {
  const { alder, birch, cedar, witness, come } = await standInRing(t, 0);

  await judge(t, 'there, on and home', async () => {
    const { client, name } = await come(alder);
    await walk(client, 'right');
    await witness.untilSeen(name, 'birch');
    await pause();
    await walk(client, 'right');
    await witness.untilSeen(name, 'cedar');
    client.send({ type: 'hop', home: true });
    await witness.untilSeen(name, 'alder');
    return witness.whereaboutsOf(name);
  });

  await judge(t, 'the link is cut during a visit', async () => {
    const { client, name } = await come(alder);
    await walk(client, 'right');
    await witness.untilSeen(name, 'birch');
    for (const { link } of [alder, birch]) link.cut('both');
    await witness.untilSeen(name, 'alder');
    const whereabouts = witness.whereaboutsOf(name);
    for (const { link } of [alder, birch]) link.cut('none');
    for (const member of [alder, birch, cedar]) await gatesLive(member, 2);
    return whereabouts;
  });

  await judge(t, 'the host is killed during a visit', async () => {
    const { client, name } = await come(alder);
    await walk(client, 'right');
    await witness.untilSeen(name, 'birch');
    birch.process().kill('SIGKILL');
    await witness.untilSeen(name, 'alder');
    const whereabouts = witness.whereaboutsOf(name);
    await birch.restart();
    await witness.stand(birch);
    for (const member of [alder, birch, cedar]) await gatesLive(member, 2);
    return whereabouts;
  });

  await judge(t, 'the home is killed during a visit', async () => {
    const { client, name } = await come(alder);
    await walk(client, 'left');
    await witness.untilSeen(name, 'cedar');
    const killedAtMs = performance.now();
    alder.process().kill('SIGKILL');
    await witness.untilSeen(name);
    const { twiceMs, delayMs } = witness.whereaboutsOf(name);
    const keptMs = witness.lastSeenAtMs(name) - killedAtMs;
    if (keptMs <= NOWHERE_MAX_MS) return { twiceMs, nowhereMs: keptMs, delayMs };
    await alder.restart();
    await witness.stand(alder);
    for (const member of [alder, birch, cedar]) await gatesLive(member, 2);
    return { twiceMs, nowhereMs: keptMs, delayMs };
  });
});

test('over links that take 80 ms each way a visitor is in one place at a time', async (t) => {
  const { alder, witness, come } = await standInRing(t, 80);
  await judge(t, 'there, on and home', async () => {
    const { client, name } = await come(alder);
    await walk(client, 'right');
    await witness.untilSeen(name, 'birch');
    await pause();
    await walk(client, 'right');
    await witness.untilSeen(name, 'cedar');
    client.send({ type: 'hop', home: true });
    await witness.untilSeen(name, 'alder');
    return witness.whereaboutsOf(name);
  });
});
