import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, systemRandomBytes } from '../../federation/clock.ts';
import { createLinkKeeper } from '../../federation/node/link-keeper.ts';
import { figureAt, formRing, setUpSquares, startRing, startSquare } from '../support/ring-of-squares.ts';
import { sealedSummary, siteTopic, startRawMember } from '../support/raw-member.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

test("a stranger's node can neither connect nor publish", async (context) => {
  const { ring, squares } = await startRing(context, ['alder', 'birch']);
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  alder.populate({ count: 1, figures: [] });
  await birch.untilGate('left', (gate) => gate.count === 1);

  const stranger = await startRawMember(context);
  // The dialler may see its dial succeed for a moment: the gater knows the key only after the handshake.
  await stranger.node.dial(birch.key.square, birch.draft.addrs, 5_000).catch(() => {});
  await birch.untilCounted('connection-refused', 'stranger');
  const topic = siteTopic(ring.ringId, 'alder');
  const bytes = sealedSummary(stranger.key, ring.ringId, 'alder', { count: 99, epoch: 9 });
  assert.equal(await stranger.node.publish(topic, bytes), 0);
  alder.populate({ count: 2, figures: [] });
  assert.equal((await birch.untilGate('left', (gate) => gate.count !== 1)).count, 2);
  assert.ok(!birch.service.links().some(({ square }) => square === stranger.key.square));
  assert.equal(stranger.node.connectionCount(birch.key.square), 0);
});

test("a member that speaks for another's site is rejected, scored down and cut off", async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [alderSetup, birchSetup, mallowSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && mallowSetup !== undefined);
  const ring = formRing(setups);
  const alder = await startSquare(context, alderSetup, ring.documents);
  const birch = await startSquare(context, birchSetup, ring.documents);
  alder.populate({ count: 1, figures: [figureAt(0.5)] });
  await birch.untilGate('left', (gate) => gate.count === 1);

  const topic = siteTopic(ring.ringId, 'alder');
  const mallow = await startRawMember(context, mallowSetup);
  mallow.keepSaying(birchSetup, topic, (seq) =>
    sealedSummary(mallow.key, ring.ringId, 'alder', { seq, epoch: 99, count: 99 }),
  );
  await birch.untilCounted('summary', 'wrong-publisher', 9);
  await birch.untilCounted('link-cut', 'conduct');
  await birch.untilLinked(mallow, false);
  assert.equal(birch.service.view('birch')?.left?.count, 1, 'alder is shown as it says itself');
  await birch.untilCounted('connection-refused', 'banished');
});

test('a member that floods with what is in order is cut off, and its neighbour goes on hearing the others', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [alderSetup, birchSetup, mallowSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && mallowSetup !== undefined);
  const ring = formRing(setups);
  const alder = await startSquare(context, alderSetup, ring.documents);
  const birch = await startSquare(context, birchSetup, ring.documents);
  const topic = siteTopic(ring.ringId, 'mallow');
  const mallow = await startRawMember(context, mallowSetup);
  await mallow.join(birchSetup, topic);
  const begun = performance.now();
  let said = 0;
  while (birch.counted('link-cut', 'conduct') === 0 && performance.now() - begun < 15_000) {
    const batch = Array.from({ length: 16 }, (_, index) =>
      sealedSummary(mallow.key, ring.ringId, 'mallow', { seq: said + index }),
    );
    said += batch.length;
    await Promise.all(batch.map((bytes) => mallow.node.publish(topic, bytes).catch(() => 0)));
    // Both squares live on this loop: the other has to get its turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await birch.untilCounted('link-cut', 'conduct');
  context.diagnostic(`cut off after ${said} messages, ${(performance.now() - begun).toFixed(0)} ms`);
  assert.ok(birch.counted('summary', 'accepted') < 40, 'few of them got as far as the register');
  await birch.untilLinked(mallow, false);
  alder.populate({ count: 6, figures: [] });
  await birch.untilGate('left', (gate) => gate.count === 6);
});

test('a square with many sites in one ring is heard at each of them', async (context) => {
  const apart = (name: string): string[] =>
    name === 'many' ? Array.from({ length: 32 }, (_, index) => `site-${index}`) : [name];
  const setups = await setUpSquares(context, ['alder', 'many', 'birch'], apart);
  const ring = formRing(setups);
  const squares = await Promise.all(setups.map(async (setup) => startSquare(context, setup, ring.documents)));
  const [alder, many, birch] = squares;
  assert.ok(alder !== undefined && many !== undefined && birch !== undefined);
  many.populate({ count: 2, figures: [] }, 'site-0');
  many.populate({ count: 3, figures: [] }, 'site-31');
  await alder.untilGate('right', (gate) => gate.count === 2);
  await birch.untilGate('left', (gate) => gate.count === 3);
  await alder.untilLinked(many);
});

test('a forged signature is blamed on whoever passed it on', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [alderSetup, birchSetup, mallowSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && mallowSetup !== undefined);
  const ring = formRing(setups);
  const birch = await startSquare(context, birchSetup, ring.documents);
  const topic = siteTopic(ring.ringId, 'alder');
  const mallow = await startRawMember(context, mallowSetup);
  const forger = { ...mallow.key, publicKey: alderSetup.key.publicKey };
  mallow.keepSaying(birchSetup, topic, (seq) => sealedSummary(forger, ring.ringId, 'alder', { seq }));
  await birch.untilCounted('summary', 'bad-signature', 9);
  await birch.untilCounted('link-cut', 'conduct');
  assert.equal(birch.service.view('birch')?.left?.state, 'dark');
});

test('a captured summary that is played back later changes nothing', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [alderSetup, birchSetup, mallowSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && mallowSetup !== undefined);
  const ring = formRing(setups);
  // Gossip forgets after a moment here: what keeps a replay out must be the order of (epoch, seq).
  const options = { seenTtlMs: 300 };
  const alder = await startSquare(context, alderSetup, ring.documents, options);
  const birch = await startSquare(context, birchSetup, ring.documents, options);
  const topic = siteTopic(ring.ringId, 'alder');
  const mallow = await startRawMember(context, mallowSetup, [topic], options.seenTtlMs);
  await mallow.join(birchSetup, topic);
  await mallow.node.dial(alder.key.square, alder.draft.addrs, 5_000).catch(() => {});
  alder.populate({ count: 5, figures: [] });
  await birch.untilGate('left', (gate) => gate.count === 5);
  const captured = await mallow.untilHeard(topic);
  alder.populate({ count: 6, figures: [] });
  await birch.untilGate('left', (gate) => gate.count === 6);

  const ignored = () => birch.counted('summary', 'stale') + birch.counted('summary', 'duplicate');
  const before = ignored();
  const seen = new Set<number | undefined>();
  birch.service.onView((_site, view) => seen.add(view.left?.count));
  // Played back until it gets through gossip's own memory of it, which ends with the second that it is swept in.
  mallow.keepSaying(birchSetup, topic, () => captured);
  await birch.untilCounted('summary', 'stale');
  assert.ok(ignored() > before);
  assert.ok(!seen.has(5), 'nobody came back');
  assert.equal(birch.service.view('birch')?.left?.count, 6);
});

test('an oversize message does not deafen a link for good', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch']);
  const [alderSetup, birchSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined);
  const ring = formRing(setups);
  const birch = await startSquare(context, birchSetup, ring.documents);
  const topic = siteTopic(ring.ringId, 'alder');
  const alder = await startRawMember(context, alderSetup, [siteTopic(ring.ringId, 'birch')]);
  const keeper = createLinkKeeper({
    self: alder.key.square,
    node: alder.node,
    clock: systemClock,
    random: systemRandomBytes,
    log: silent,
    count() {},
    isHeard: () => true,
    isInUse: () => false,
  });
  context.after(() => keeper.stop());
  alder.onLink((square, isUp) => keeper.noteLink(square, isUp));
  keeper.setTargets(new Map([[birch.key.square, birch.draft.addrs]]));
  keeper.start();
  await birch.untilLinked(alder);
  await alder.join(birchSetup, topic);
  // Again and again, as a square does: what is said just after a subscription may be lost.
  let seq = 0;
  let count = 1;
  const publishing = setInterval(() => {
    void alder.node.publish(topic, sealedSummary(alder.key, ring.ringId, 'alder', { count, seq }));
    seq += 1;
  }, 250);
  context.after(() => clearInterval(publishing));
  await birch.untilGate('left', (gate) => gate.count === 1);

  await alder.node.publish(topic, new Uint8Array(100 * 1_024));
  await birch.untilCounted('link-hung-up', 'no-gossip');
  count = 2;
  await birch.untilGate('left', (gate) => gate.count === 2);
});

test('a second connection with the same square is repaired to one that hears both ways', async (context) => {
  const { squares, setups } = await startRing(context, ['alder', 'birch']);
  const [alder, birch] = squares;
  const [alderSetup] = setups;
  assert.ok(alder !== undefined && birch !== undefined && alderSetup !== undefined);
  alder.populate({ count: 1, figures: [] });
  birch.populate({ count: 1, figures: [] });
  await Promise.all([
    alder.untilGate('left', (gate) => gate.count === 1),
    birch.untilGate('left', (gate) => gate.count === 1),
  ]);
  // What crossing dials leave behind, and what a half-dead connection does when its square comes back over a new one.
  const twin = await startRawMember(context, { ...alderSetup, port: 0 });
  await twin.node.dial(birch.key.square, birch.draft.addrs, 5_000);
  await birch.untilCounted('link-hung-up', 'double');
  await twin.node.stop();
  alder.populate({ count: 2, figures: [] });
  birch.populate({ count: 2, figures: [] });
  await Promise.all([
    alder.untilGate('left', (gate) => gate.count === 2),
    birch.untilGate('left', (gate) => gate.count === 2),
  ]);
  await Promise.all([alder.untilLinked(birch), birch.untilLinked(alder)]);
});
