/** One square in two rings: sites in both, listened to and told in both, while rings come as it runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRingService } from '../../federation/index.ts';
import { TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { LocalPresence, RingView } from '../../federation/types.ts';
import { memoryTrustedState } from '../support/ring-documents.ts';
import { figureAt, formRing, setUpSquares, startSquare, until } from '../support/ring-of-squares.ts';

test('a square in two rings is seen in both, sees both, and is let through from both', async (context) => {
  const [ash, beech, cedar] = await setUpSquares(context, ['ash', 'beech', 'cedar']);
  assert.ok(ash !== undefined && beech !== undefined && cedar !== undefined);
  const first = formRing([ash, beech], 'Hedgerow');
  const second = formRing([cedar, ash], 'Canal');
  const others = await Promise.all([
    startSquare(context, beech, first.documents),
    startSquare(context, cedar, second.documents),
  ]);
  const [inFirst, inSecond] = others;
  assert.ok(inFirst !== undefined && inSecond !== undefined);

  const rings = new TrustedRings(memoryTrustedState(), { self: ash.key.square, allowPrivate: true });
  assert.ok(rings.install(first.documents, Date.now()).ok);
  let presence: LocalPresence = { count: 3, figures: [figureAt(0.5)] };
  const views: RingView[] = [];
  const told = new Set<() => void>();
  const service = createRingService(
    {
      key: ash.key,
      rings,
      nextEpoch: () => 1,
      localSites: () =>
        rings.all().map(({ ringId }) => ({
          ringId,
          siteId: 'ash',
          sharing: 'figures',
          admitsGuests: true,
          letsVisitorsOut: true,
        })),
      samplePresence: () => presence,
      filterPlate: (_site, plate) => plate,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      count() {},
    },
    { listen: [`/ip4/127.0.0.1/tcp/${ash.port}`] },
  );
  context.after(() => service.stop(AbortSignal.timeout(3_000)));
  service.onView((_site, view) => {
    views.push(view);
    for (const notify of told) notify();
  });
  const heard = async (ring: string): Promise<void> => {
    await until(
      `something of ${ring}`,
      () => views.find((view) => view.ring.name === ring && view.left?.state === 'live') && true,
      (notify) => {
        told.add(notify);
        return () => void told.delete(notify);
      },
      () => views.at(-1),
    );
  };
  await service.start();
  await inFirst.untilGate('left', (gate) => gate.count === 3);
  await heard('Hedgerow');

  // The second ring comes while the first one turns.
  assert.ok(rings.install(second.documents, Date.now()).ok);
  await inSecond.untilGate('left', (gate) => gate.count === 3);
  await heard('Canal');
  assert.equal(service.view('ash')?.ring.name, 'Hedgerow', 'the gates shown stay those of the first ring');

  presence = { count: 8, figures: [] };
  service.touch('ash');
  await Promise.all(others.map((other) => other.untilGate('left', (gate) => gate.count === 8)));

  for (const other of others) {
    const outcome = await other.service.offer(other.name, 'left', { name: 'Ana', look: 7 });
    assert.ok(outcome.ok && outcome.code !== undefined, `${other.name} lets through`);
    assert.equal(service.redeem('ash', outcome.code)?.from.site, other.name);
    assert.equal(service.redeem('ash', outcome.code), undefined, 'once');
  }
});
