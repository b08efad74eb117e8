import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortestMs } from '../support/promptness.ts';
import { figureAt, startRing } from '../support/ring-of-squares.ts';

test('three squares in a ring see each other live, and a change at one within two seconds', async (context) => {
  const { squares } = await startRing(context, ['alder', 'birch', 'cedar']);
  const [alder, birch, cedar] = squares;
  assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
  for (const square of squares) {
    await square.untilView((view) => view.left?.state === 'live' && view.right?.state === 'live');
  }
  assert.equal(birch.service.view('birch')?.left?.site, 'alder');
  assert.equal(birch.service.view('birch')?.right?.site, 'cedar');
  assert.equal(alder.service.view('alder')?.left?.site, 'cedar', 'the ring closes');

  let people = 1;
  const seenWithCount = () =>
    Promise.all([
      birch.untilGate('left', (gate) => gate.count === people),
      cedar.untilGate('right', (gate) => gate.count === people),
    ]);
  const tookMs = await shortestMs(2_000, async () => {
    people++;
    const before = performance.now();
    alder.populate({ count: people, figures: [figureAt(0.25, 7), { ...figureAt(0.5, 8), drawn: false }] });
    await seenWithCount();
    return performance.now() - before;
  });
  assert.ok(tookMs < 2_000, `took ${tookMs} ms`);
  const [seenByBirch, seenByCedar] = await seenWithCount();
  assert.equal(seenByBirch.figures.length, 1, 'counted, but not drawn');
  assert.deepEqual(seenByBirch.figures, seenByCedar.figures);
  const [figure] = seenByBirch.figures;
  assert.ok(figure !== undefined && Math.abs(figure.x - 0.25) < 1 / 256);
  assert.match(figure.h, /^[0-9a-f]{8}$/);
});

test('a square that stops gracefully is gone at its neighbours within a second and a half', async (context) => {
  const { squares } = await startRing(context, ['alder', 'birch', 'cedar']);
  const [alder, birch, cedar] = squares;
  assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
  alder.populate({ count: 1, figures: [figureAt(0.5)] });
  await Promise.all([
    birch.untilGate('left', (gate) => gate.count === 1),
    cedar.untilGate('right', (gate) => gate.count === 1),
  ]);
  const before = performance.now();
  const stopped = alder.service.stop(AbortSignal.timeout(3_000));
  const [gone] = await Promise.all([
    birch.untilGate('left', (gate) => gate.state === 'dark'),
    cedar.untilGate('right', (gate) => gate.state === 'dark'),
  ]);
  const tookMs = performance.now() - before;
  assert.ok(tookMs < 1_500, `took ${tookMs} ms`);
  assert.deepEqual(gone.figures, []);
  assert.equal(gone.count, undefined);
  await stopped;
});
