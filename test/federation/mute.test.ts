/** A square mutes one of its neighbours while both run: what is between them ends, and everybody else's ring goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LocalSite } from '../../federation/ring-service.ts';
import { admission, GuestScenes, HomeScene, LookingScene } from '../support/guest-scenes.ts';
import { figureAt, formRing, setUpSquares, startSquare } from '../support/ring-of-squares.ts';

const plate = { name: 'Ada', look: 7 };

test('a muted square is dark and shut for its muter alone, whatever was under way ends, and unmuted it is there at once', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'cedar']);
  const [alderSetup, birchSetup, cedarSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && cedarSetup !== undefined);
  const { documents } = formRing(setups);
  const scenes = { alder: new GuestScenes(), birch: new GuestScenes() };
  const terms: { squares: NonNullable<LocalSite['squares']> } = { squares: [] };
  const alder = await startSquare(context, alderSetup, documents, { scenes: scenes.alder, site: terms });
  const birch = await startSquare(context, birchSetup, documents, { scenes: scenes.birch });
  const cedar = await startSquare(context, cedarSetup, documents);
  await Promise.all([alder.untilLinked(birch), alder.untilLinked(cedar), cedar.untilLinked(birch)]);
  birch.populate({ count: 1, figures: [figureAt(0.5)] });
  await alder.untilGate('right', ({ count }) => count === 1);

  const lookOut = new LookingScene(alder.service, 'alder', 'birch', 'right');
  const lookIn = new LookingScene(birch.service, 'birch', 'alder', 'left');
  await Promise.all([lookOut.untilChange(() => true), lookIn.untilChange(() => true)]);
  const ours = new HomeScene(alder.service, 'alder', 'birch');
  const theirs = new HomeScene(birch.service, 'birch', 'alder');
  ours.tell(admission(1));
  theirs.tell(admission(2));
  await Promise.all([ours.untilEvent('admitted'), theirs.untilEvent('admitted')]);
  const before = await birch.service.offer('birch', 'left', plate);
  assert.ok(before.ok && before.code !== undefined);

  const muted = { square: birch.key.square, isMuted: true, sharing: 'nothing' as const };
  terms.squares = [{ ...muted, admitsGuests: false, letsVisitorsOut: false }];
  alder.service.refreshSites();
  assert.deepEqual(await Promise.all([lookOut.untilEnd(), lookIn.untilEnd()]), ['closed', 'closed']);
  assert.equal(await ours.untilEnd(), 'closed');
  await theirs.untilEnd();
  assert.equal(alder.service.guests(), 0);
  const dark = await alder.untilGate('right', ({ state }) => state === 'dark');
  assert.deepEqual([dark.figures, dark.count], [[], undefined]);
  assert.deepEqual(alder.service.sight(alder.rings.all()[0]?.ringId ?? '', 'birch'), { state: 'unknown' });

  assert.equal(await new LookingScene(alder.service, 'alder', 'birch', 'right').untilEnd(), 'closed');
  assert.equal(await new LookingScene(birch.service, 'birch', 'alder', 'left').untilEnd(), 'closed');
  assert.equal(await new HomeScene(alder.service, 'alder', 'birch').untilEnd(), 'closed');
  const refused = new HomeScene(birch.service, 'birch', 'alder');
  refused.tell(admission(3));
  assert.equal((await refused.untilEvent('refused')).reason, 'closed');
  assert.deepEqual(await alder.service.offer('alder', 'right', plate), { ok: false, reason: 'closed' });
  assert.deepEqual(await birch.service.offer('birch', 'left', plate), { ok: false, reason: 'closed' });
  assert.equal(alder.service.redeem('alder', before.code), undefined, 'a plate that waited is not worn any more');
  alder.service.wave('alder', 'right');
  birch.service.wave('birch', 'left');
  await alder.untilCounted('wave-in', 'closed');
  assert.equal(alder.counted('wave-out', 'closed'), 1);

  const heard = alder.counted('summary', 'accepted');
  birch.populate({ count: 5, figures: [] });
  await cedar.untilGate('left', ({ count }) => count === 5);
  await alder.untilCounted('summary', 'accepted', heard + 1);
  assert.equal(alder.service.view('alder')?.right?.state, 'dark');
  assert.equal(
    (await birch.untilGate('left', ({ state }) => state === 'live')).site,
    'alder',
    'the word is one for all',
  );

  terms.squares = [];
  alder.service.refreshSites();
  await alder.untilGate('right', ({ state, count }) => state === 'live' && count === 5);
});

test('one neighbour sees more than all when it looks, and its guests alone are turned away', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'cedar']);
  const [alderSetup, birchSetup, cedarSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && cedarSetup !== undefined);
  const { documents } = formRing(setups);
  const scenes = new GuestScenes();
  scenes.sight = { count: 1, figures: [{ ...figureAt(0.5), name: 'Ada', look: 9 }], said: [] };
  const square = birchSetup.key.square;
  const squares = [{ square, isMuted: false, sharing: 'live', admitsGuests: false, letsVisitorsOut: true }] as const;
  const alder = await startSquare(context, alderSetup, documents, { scenes, site: { squares } });
  const birch = await startSquare(context, birchSetup, documents);
  const cedar = await startSquare(context, cedarSetup, documents);
  await Promise.all([birch.untilLinked(alder), cedar.untilLinked(alder)]);

  const seenFrom = async (service: typeof birch.service, site: string, side: 'left' | 'right') =>
    (await new LookingScene(service, site, 'alder', side).untilChange(({ isWhole }) => isWhole)).figures[0]?.name;
  assert.equal(await seenFrom(birch.service, 'birch', 'left'), 'Ada');
  assert.equal(await seenFrom(cedar.service, 'cedar', 'right'), undefined, 'grey, as all see');
  const ofBirch = new HomeScene(birch.service, 'birch', 'alder');
  const ofCedar = new HomeScene(cedar.service, 'cedar', 'alder');
  ofBirch.tell(admission(1));
  ofCedar.tell(admission(2));
  assert.equal((await ofBirch.untilEvent('refused')).reason, 'closed');
  assert.equal((await ofCedar.untilEvent('admitted')).guest, 2);
});
