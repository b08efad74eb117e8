import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawRegions, regionOf } from '../../federation/presence/region.ts';
import { startRing, until, type TestSquare } from '../support/ring-of-squares.ts';

/** Two far regions take 5 s when all goes well; a machine that is starved may take many turns. */
const FAR_WITHIN_MS = 120_000;

/** Sights tell nobody that they changed. */
const often = (notify: () => void) => {
  const timer = setInterval(notify, 50);
  return () => clearInterval(timer);
};

test('in a ring of eight, everybody knows how many are at every site, four steps away as well', async (context) => {
  const names = ['ash', 'beech', 'cedar', 'elm', 'fir', 'gum', 'hazel', 'iris'];
  const { ring, squares } = await startRing(context, names);
  for (const [index, square] of squares.entries()) square.populate({ count: index + 1, figures: [] });
  const begun = performance.now();
  const isComplete = (): true | undefined =>
    squares.every(({ service }) =>
      names.every((name, index) => {
        const { state, count } = service.sight(ring.ringId, name);
        return state === 'live' && count === index + 1;
      }),
    ) || undefined;
  await until('every count at every square', isComplete, often, () =>
    squares.map(({ service }) => names.map((name) => service.sight(ring.ringId, name))),
  );
  context.diagnostic(`complete everywhere after ${(performance.now() - begun).toFixed(0)} ms`);
  for (const square of squares) {
    for (const reason of ['bad-signature', 'undecodable', 'wrong-publisher', 'flood', 'too-often']) {
      assert.equal(square.counted('digest', reason), 0, reason);
    }
  }
});

test('in a ring of several regions the counts of all are known while somebody looks at the map', async (context) => {
  const names = ['ash', 'beech', 'cedar', 'elm', 'fir', 'gum', 'hazel', 'iris', 'juniper'];
  const regionSizes = { usual: 3, max: 8 };
  const { ring, squares } = await startRing(context, names, { parts: { regionSizes } });
  for (const [index, square] of squares.entries()) square.populate({ count: index + 1, figures: [] });
  const regions = drawRegions(
    squares.map(({ key }) => key.square),
    names.length,
    regionSizes,
  );
  const regionAt = ({ key }: TestSquare) => regionOf(regions, key.square)?.index;
  // Everybody hears two steps either way and the own region: one that knows least is the one that looks.
  const heardAt = (at: number): string[] =>
    names.filter((_, index) => {
      const [here, there] = [squares[at], squares[index]];
      const steps = Math.abs(at - index);
      const isNear = Math.min(steps, names.length - steps) <= 2;
      return isNear || (here !== undefined && there !== undefined && regionAt(here) === regionAt(there));
    });
  const [least = 0] = [...names.keys()].sort((a, b) => heardAt(a).length - heardAt(b).length);
  const looker = squares[least];
  assert.ok(looker !== undefined && heardAt(least).length < names.length);
  const known = (): string[] => names.filter((name) => looker.service.sight(ring.ringId, name).count !== undefined);
  const untilKnown = (wanted: readonly string[]) =>
    until('the counts', () => wanted.every((name) => known().includes(name)) || undefined, often, known);
  await untilKnown(heardAt(least));
  assert.deepEqual(known(), heardAt(least), 'of far regions nothing while nobody looks');

  const begun = performance.now();
  // A square that is asked too early knows too little itself: the next turn brings the rest.
  while (known().length < names.length) {
    assert.ok(performance.now() - begun < FAR_WITHIN_MS, `known: ${known().join(' ')}`);
    looker.service.lookAround();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  context.diagnostic(`${regions.length} regions known after ${(performance.now() - begun).toFixed(0)} ms`);
  for (const [index, name] of names.entries()) {
    assert.equal(looker.service.sight(ring.ringId, name).count, index + 1, name);
  }
  for (const square of squares) assert.equal(square.counted('link-cut', 'conduct'), 0);
});
