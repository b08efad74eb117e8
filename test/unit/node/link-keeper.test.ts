import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLinkKeeper } from '../../../federation/node/link-keeper.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { seededBytes } from '../../support/ring-documents.ts';

/** The keeper over a network that is three numbers: policy only, the links themselves are tested with real squares. */
function rig(self = 'a') {
  const clock = new ManualClock();
  const net = {
    connections: 0,
    isGossiping: true,
    isHeard: true,
    isInUse: false,
    dials: [] as number[],
    hungUp: [] as number[],
    works: false,
  };
  const counts: string[] = [];
  const keeper = createLinkKeeper({
    self,
    clock,
    random: seededBytes('links'),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    count: (event, reason) => counts.push(`${event}/${reason}`),
    isHeard: () => net.isHeard,
    isInUse: () => net.isInUse,
    node: {
      async dial() {
        net.dials.push(clock.monotonic());
        if (!net.works) throw new Error('refused');
        net.connections += 1;
        keeper.noteLink('b', true);
      },
      async hangUp() {
        net.hungUp.push(clock.monotonic());
        net.connections = 0;
        keeper.noteLink('b', false);
      },
      connectionCount: () => net.connections,
      isGossiping: () => net.isGossiping,
    },
  });
  keeper.setTargets(new Map([['b', ['/ip4/127.0.0.1/tcp/1']]]));
  /** Lets time pass and dials settle. */
  const pass = async (ms: number, stepMs = 50): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      clock.advance(stepMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, net, counts, keeper, pass };
}

test('only the lower id dials', async () => {
  const lower = rig('a');
  lower.keeper.start();
  await lower.pass(100);
  assert.equal(lower.net.dials.length > 0, true);
  const higher = rig('c');
  higher.keeper.start();
  await higher.pass(60_000, 1_000);
  assert.deepEqual(higher.net.dials, []);
});

test('somebody who wants over the hill to a square that is just back does not wait for the next dial in turn', async () => {
  const { net, keeper, pass } = rig('a');
  keeper.start();
  await pass(20_000);
  net.works = true;
  const { length } = net.dials;
  await Promise.all([keeper.reach('b'), keeper.reach('b')]);
  assert.deepEqual([net.connections, net.dials.length - length], [1, 1], 'one dial for all who wait');
  await keeper.reach('b');
  await pass(10_000);
  assert.equal(net.dials.length - length, 1, 'none while the link is up');
  const higher = rig('c');
  higher.keeper.start();
  higher.net.works = true;
  await higher.keeper.reach('b');
  assert.deepEqual(higher.net.dials, [], 'the other side dials, and alone');
});

test('after two minutes without a link the higher id dials as well, and no sooner', async () => {
  const { net, keeper, pass } = rig('c');
  keeper.start();
  await pass(119_000, 500);
  assert.deepEqual(net.dials, []);
  net.works = true;
  await pass(6_000);
  assert.equal(net.connections, 1);
  net.connections = 0;
  keeper.noteLink('b', false);
  const { length } = net.dials;
  await pass(60_000, 500);
  assert.equal(net.dials.length, length, 'a link that has just fallen is the lower one’s to mend');
});

test('a neighbour that is away is dialled at least every 3.1 s, so that it is live within 5 s of its return', async () => {
  const { net, keeper, pass } = rig();
  keeper.start();
  await pass(60_000);
  const gaps = net.dials.slice(1).map((at, index) => at - (net.dials[index] ?? 0));
  assert.ok(gaps.length > 15 && Math.max(...gaps) <= 3_100, `${Math.max(...gaps)} ms`);
  assert.ok(Math.min(...gaps) >= 200);
  net.works = true;
  await pass(3_100);
  assert.equal(net.connections, 1);
  const { length } = net.dials;
  await pass(10_000);
  assert.equal(net.dials.length, length, 'no dials while the link is up');
});

test('after ten minutes of outage a neighbour is dialled every half minute', async () => {
  const { net, keeper, pass } = rig();
  keeper.start();
  await pass(11 * 60_000, 200);
  const before = net.dials.length;
  await pass(10 * 60_000, 200);
  const dials = net.dials.length - before;
  assert.ok(dials >= 16 && dials <= 26, `${dials} dials in ten minutes`);
});

test('a link that falls is dialled again at once, as on the first day', async () => {
  const { net, keeper, pass } = rig();
  net.works = true;
  keeper.start();
  await pass(1_000);
  net.connections = 0;
  keeper.noteLink('b', false);
  await pass(350);
  assert.equal(net.connections, 1);
});

test('gossip that died on a live link is noticed within 5 s and the link set up anew', async () => {
  const { net, counts, keeper, pass } = rig();
  net.works = true;
  keeper.start();
  await pass(2_000);
  net.isGossiping = false;
  await pass(5_000);
  assert.equal(net.hungUp.length, 1);
  assert.ok(counts.includes('link-hung-up/no-gossip'));
  net.isGossiping = true;
  await pass(10_000);
  assert.equal(net.connections, 1);
  assert.equal(net.hungUp.length, 1);
});

test('two connections are closed and one set up', async () => {
  const { net, counts, keeper, pass } = rig();
  net.works = true;
  keeper.start();
  await pass(1_000);
  net.connections = 2;
  await pass(3_000);
  assert.ok(counts.includes('link-hung-up/double'));
  assert.equal(net.connections, 1);
});

test('a linked neighbour that is never heard gets a new link, then ever more patience', async () => {
  const { net, keeper, pass } = rig();
  net.works = true;
  net.isHeard = false;
  keeper.start();
  await pass(30 * 60_000, 500);
  assert.ok(net.hungUp.length >= 4 && net.hungUp.length <= 8, `${net.hungUp.length} in half an hour`);
  const gaps = net.hungUp.slice(1).map((at, index) => at - (net.hungUp[index] ?? 0));
  assert.deepEqual(
    gaps,
    gaps.toSorted((one, other) => one - other),
  );
});

test('who is no neighbour any more is not dialled, and a stopped keeper leaves no timer', async () => {
  const { clock, net, keeper, pass } = rig();
  keeper.start();
  await pass(2_000);
  net.works = true;
  await pass(3_000);
  assert.equal(net.connections, 1);
  keeper.setTargets(new Map());
  assert.equal(net.connections, 0, 'the link is closed');
  const before = net.dials.length;
  await pass(10_000);
  assert.equal(net.dials.length, before);
  assert.deepEqual(keeper.links(), []);
  keeper.setTargets(new Map([['b', ['/ip4/127.0.0.1/tcp/1']]]));
  await pass(100);
  keeper.stop();
  await pass(100);
  assert.equal(clock.pendingTimers, 0);
});

test('who is no neighbour any more stays linked while visitors are on their way there, and not much longer', async () => {
  const { net, keeper, counts, pass } = rig();
  net.works = true;
  net.isInUse = true;
  keeper.start();
  await pass(1_000);
  keeper.setTargets(new Map());
  await pass(120_000, 1_000);
  assert.deepEqual(net.hungUp, []);
  net.isInUse = false;
  await pass(15_000, 500);
  assert.equal(net.hungUp.length, 1);
  assert.ok(counts.includes('link-hung-up/passed'));
  await pass(60_000, 1_000);
  assert.equal(net.hungUp.length, 1);
});

test('a link that was made for something that passes is hung up when it is over, and kept when it became a neighbour', async () => {
  for (const isNeighbour of [false, true]) {
    const { net, keeper, pass } = rig();
    keeper.setTargets(new Map());
    keeper.start();
    net.connections = 1;
    keeper.passBy('b');
    await pass(5_000, 500);
    assert.equal(net.hungUp.length, 0, 'what passes has time to begin');
    if (isNeighbour) keeper.setTargets(new Map([['b', []]]));
    await pass(60_000, 500);
    assert.equal(net.hungUp.length, isNeighbour ? 0 : 1);
  }
});
