import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeenVisitor } from '../../federation/types.ts';
import { GuestScenes, LookingScene } from '../support/guest-scenes.ts';
import { formRing, setUpSquares, startRing, startSquare } from '../support/ring-of-squares.ts';

const ada: SeenVisitor = {
  visitor: 1,
  x: 0.5,
  color: 3,
  pose: 'stand',
  walking: false,
  drawn: true,
  name: 'Ada',
  look: 9,
};

test('whoever looks over the hill sees who is there, what they do, and is seen as one more head', async (context) => {
  const scenes = new GuestScenes();
  scenes.sight = { count: 1, figures: [ada], said: [] };
  const { squares } = await startRing(context, ['alder', 'birch', 'cedar'], { scenes });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  const looking = new LookingScene(alder.service, 'alder', 'birch', 'right');
  const whole = await looking.untilChange(({ isWhole }) => isWhole);
  assert.equal(whole.count, 1);
  assert.deepEqual(
    Object.keys(whole.figures[0] ?? {}).toSorted((a, b) => a.localeCompare(b)),
    ['color', 'h', 'pose', 'walking', 'x'],
  );
  assert.equal((await birch.untilGate('left', ({ lookers }) => lookers === 1)).site, 'alder');
  looking.count(3);
  await birch.untilGate('left', ({ lookers }) => lookers === 3);
  scenes.show({ count: 2, figures: [{ ...ada, x: 0.75, pose: 'wave' }], said: [{ visitor: 1, text: 'secret' }] });
  const moved = await looking.untilChange(({ figures }) => figures[0]?.pose === 'wave');
  assert.deepEqual([moved.isWhole, moved.said], [false, []]);
  looking.count(0);
  await birch.untilGate('left', ({ lookers }) => lookers === undefined);
  assert.equal(scenes.watching, 1, 'the view lingers for whoever looks again');
  looking.count(1);
  await birch.untilGate('left', ({ lookers }) => lookers === 1);
  looking.end();
  await scenes.untilUnwatched();
  await birch.untilGate('left', ({ lookers }) => lookers === undefined);
});

test('names and words come with what is shared live, and nothing with what is not shared', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'cedar']);
  const [alderSetup, birchSetup, cedarSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && cedarSetup !== undefined);
  const ring = formRing(setups);
  const scenes = new GuestScenes();
  scenes.sight = { count: 1, figures: [ada], said: [] };
  const alder = await startSquare(context, alderSetup, ring.documents, { scenes });
  const birch = await startSquare(context, birchSetup, ring.documents, { scenes, site: { sharing: 'live' } });
  const cedar = await startSquare(context, cedarSetup, ring.documents, { scenes, site: { sharing: 'count' } });
  await Promise.all([alder.untilLinked(birch), alder.untilLinked(cedar)]);
  const atBirch = new LookingScene(alder.service, 'alder', 'birch', 'right');
  const whole = await atBirch.untilChange(({ isWhole }) => isWhole);
  assert.deepEqual([whole.figures[0]?.name, whole.figures[0]?.look], ['Ada', 9]);
  scenes.show({ count: 1, figures: [ada], said: [{ visitor: 1, text: 'hello' }] });
  assert.equal((await atBirch.untilChange(({ said }) => said.length > 0)).said[0]?.text, 'hello');
  assert.equal(await new LookingScene(alder.service, 'alder', 'cedar', 'left').untilEnd(), 'closed');
  assert.equal(await new LookingScene(alder.service, 'alder', 'nowhere', 'left').untilEnd(), 'no-neighbour');
  await birch.service.stop(AbortSignal.timeout(3_000));
  assert.equal(await atBirch.untilEnd(), 'lost');
});

test('a scene that changes all the time is told of ten times a second, not more often', async (context) => {
  const scenes = new GuestScenes();
  scenes.sight = { count: 1, figures: [ada], said: [] };
  const { squares } = await startRing(context, ['alder', 'birch'], { scenes });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  const looking = new LookingScene(alder.service, 'alder', 'birch', 'right');
  await looking.untilChange(({ isWhole }) => isWhole);
  const begunAt = performance.now();
  for (let n = 0; n < 100; n += 1) {
    scenes.show({ count: 1, figures: [{ ...ada, x: n / 100 }], said: [] });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await looking.untilChange(({ figures }) => (figures[0]?.x ?? 0) > 0.985);
  const most = 2 + (performance.now() - begunAt) / 100;
  assert.ok(looking.changes.length <= most, `${looking.changes.length} changes`);
});

test('what lies over a farther hill is not looked at: it is shown to those next door', async (context) => {
  const scenes = new GuestScenes();
  const { squares } = await startRing(context, ['alder', 'birch', 'cedar', 'dogwood'], { scenes });
  const [alder, birch, cedar] = squares;
  assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
  await alder.untilLinked(cedar);
  assert.equal(await new LookingScene(alder.service, 'alder', 'cedar', 'right').untilEnd(), 'closed');
  assert.deepEqual(scenes.watched, []);
});
