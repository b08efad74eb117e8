import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRing, until } from '../support/ring-of-squares.ts';

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
  await until(
    'every count at every square',
    isComplete,
    (notify) => {
      const timer = setInterval(notify, 50);
      return () => clearInterval(timer);
    },
    () => squares.map(({ service }) => names.map((name) => service.sight(ring.ringId, name))),
  );
  context.diagnostic(`complete everywhere after ${(performance.now() - begun).toFixed(0)} ms`);
  for (const square of squares) {
    for (const reason of ['bad-signature', 'undecodable', 'wrong-publisher', 'flood', 'too-often']) {
      assert.equal(square.counted('digest', reason), 0, reason);
    }
  }
});
