import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { createRingService, TrustedRings } from '../../federation/index.ts';
import { DOCUMENTS_LIMITS } from '../../federation/node/document-pull.ts';
import { DOCUMENTS_PROTOCOL, siteTopic } from '../../federation/node/topics.ts';
import type { RingServiceDeps } from '../../federation/ring-service.ts';
import { memoryTrustedState } from '../support/ring-documents.ts';
import { formRing, setUpSquares, startSquare, until, type SquareSetup } from '../support/ring-of-squares.ts';
import { startRawMember } from '../support/raw-member.ts';

function depsOf(
  { key, name }: SquareSetup,
  rings: TrustedRings,
  change: Partial<RingServiceDeps> = {},
): RingServiceDeps {
  return {
    key,
    rings,
    nextEpoch: () => 1,
    localSites: () =>
      rings.all().map(({ ringId }) => ({
        ringId,
        siteId: name,
        sharing: 'count',
        admitsGuests: true,
        letsVisitorsOut: true,
      })),
    samplePresence: () => ({ count: 1, figures: [] }),
    filterPlate: (_site, plate) => plate,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    count() {},
    ...change,
  };
}

test('a square that runs already joins a ring the moment its documents are installed', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch']);
  const [alderSetup, birchSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined);
  const ring = formRing(setups);
  const rings = new TrustedRings(memoryTrustedState(), { self: alderSetup.key.square, allowPrivate: true });
  const service = createRingService(depsOf(alderSetup, rings), { listen: [...alderSetup.draft.addrs] });
  context.after(() => service.stop(AbortSignal.timeout(3_000)));
  await service.start();
  assert.equal(service.view('alder'), undefined);
  assert.deepEqual(await service.offer('alder', 'left', { name: '', look: 0 }), { ok: false, reason: 'no-neighbour' });
  const birch = await startSquare(context, birchSetup, ring.documents);
  assert.ok(rings.install(ring.documents, Date.now()).ok);
  assert.equal(service.view('alder')?.left?.site, 'birch');
  const gate = await birch.untilGate('left', (view) => view.state === 'live');
  assert.equal(gate.count, 1);
  assert.deepEqual(gate.figures, [], 'the owner shares the count only');
  await until(
    'alder sees birch',
    () => service.view('alder')?.left?.state === 'live' || undefined,
    (notify) => service.onView(notify),
    () => service.view('alder'),
  );
});

test('nothing is published before the run has its number, and a start that fails leaves nothing behind', async (context) => {
  const [setup] = await setUpSquares(context, ['alder']);
  assert.ok(setup !== undefined);
  const rings = new TrustedRings(memoryTrustedState(), { self: setup.key.square, allowPrivate: true });
  assert.ok(rings.install(formRing([setup]).documents, Date.now()).ok);
  let samples = 0;
  const fullDisk = () => {
    assert.equal(samples, 0);
    throw new Error('disk full');
  };
  const samplePresence = () => {
    samples += 1;
    return { count: 0, figures: [] };
  };
  const failing = createRingService(depsOf(setup, rings, { nextEpoch: fullDisk, samplePresence }), {
    listen: [...setup.draft.addrs],
  });
  await assert.rejects(failing.start(), /disk full/);
  await failing.stop(AbortSignal.timeout(1_000));
  assert.equal(samples, 0);

  const service = createRingService(depsOf(setup, rings), { listen: [...setup.draft.addrs] });
  await service.start();
  await service.stop(AbortSignal.timeout(3_000));
  await service.stop(AbortSignal.timeout(3_000));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(setup.port, '127.0.0.1', resolve));
  await new Promise((resolve) => server.close(resolve));
});

test('a port that is taken is a fault at start, and a service never started stops quietly', async (context) => {
  const [setup] = await setUpSquares(context, ['alder']);
  assert.ok(setup !== undefined);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(setup.port, '127.0.0.1', resolve));
  context.after(() => server.close());
  const rings = new TrustedRings(memoryTrustedState(), { self: setup.key.square });
  const service = createRingService(depsOf(setup, rings), { listen: [...setup.draft.addrs] });
  await assert.rejects(service.start());
  await service.stop(AbortSignal.timeout(1_000));
  const idle = createRingService(depsOf(setup, rings), { listen: [] });
  await idle.stop(AbortSignal.timeout(1_000));
  assert.deepEqual([idle.links(), idle.addresses()], [[], []]);
});

test('a member that pours bytes down its link is cut off', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [, birchSetup, mallowSetup] = setups;
  assert.ok(birchSetup !== undefined && mallowSetup !== undefined);
  const ring = formRing(setups);
  const birch = await startSquare(context, birchSetup, ring.documents);
  const mallow = await startRawMember(context, mallowSetup);
  await mallow.join(birchSetup, siteTopic(ring.ringId, 'alder'));
  const flood = new Uint8Array(200 * 1_024);
  for (let turn = 0; turn < 60 && birch.counted('link-cut', 'bytes') === 0; turn += 1) {
    await mallow.node.ask(birch.key.square, DOCUMENTS_PROTOCOL, flood, DOCUMENTS_LIMITS).catch(() => {});
  }
  await birch.untilCounted('link-cut', 'bytes');
});
