/** Who is linked with whom, who hears whom by whom, and whose key is used twice: real squares over loopback. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMember } from '../../federation/governance/members-list.ts';
import { admission, GuestScenes, HomeScene } from '../support/guest-scenes.ts';
import {
  figureAt,
  formRing,
  freePort,
  publish,
  setUpSquares,
  startRing,
  startSquare,
  type SquareSetup,
} from '../support/ring-of-squares.ts';

const byId = (a: SquareSetup, b: SquareSetup): number => (a.key.square < b.key.square ? -1 : 1);

test('with the direct link cut, summaries still arrive through the squares in between', async (context) => {
  const setups = (await setUpSquares(context, ['ash', 'beech', 'cedar', 'elm', 'fir'])).sort(byId);
  // Only the lower id dials. Whoever is below the one in the middle dials an address where nobody is.
  const [low, , middle] = setups;
  assert.ok(low !== undefined && middle !== undefined);
  const nowhere = await freePort();
  const listed = setups.map((setup) =>
    setup === middle ? { ...setup, draft: { ...setup.draft, addrs: [`/ip4/127.0.0.1/tcp/${nowhere}`] } } : setup,
  );
  const ring = formRing(listed);
  const squares = await Promise.all(setups.map(async (setup) => startSquare(context, setup, ring.documents)));
  const squareOf = ({ key }: SquareSetup) => squares.find((square) => square.key.square === key.square);
  const speaker = squareOf(middle);
  const hearer = squareOf(low);
  assert.ok(speaker !== undefined && hearer !== undefined);
  speaker.populate({ count: 5, figures: [figureAt(0.5)] });
  const begun = performance.now();
  // Some see the speaker through a gate, all of five hear it as a neighbour.
  while (hearer.service.sight(ring.ringId, middle.name).count !== 5) {
    assert.ok(performance.now() - begun < 20_000, 'never heard');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  context.diagnostic(`heard without a link after ${(performance.now() - begun).toFixed(0)} ms`);
  const link = hearer.service.links().find(({ square }) => square === middle.key.square);
  assert.equal(link?.connected, false);
});

test('past two sleeping sites the next one that is awake is seen, linked with and walked to; awake again, they are', async (context) => {
  const asleep = new Set(['beech', 'cedar']);
  const names = ['ash', 'beech', 'cedar', 'elm', 'fir', 'gum', 'hazel'];
  const { setups, squares } = await startRing(context, names, { asleep });
  const [ash, , , elm] = squares;
  assert.ok(ash !== undefined && elm !== undefined);
  elm.populate({ count: 4, figures: [figureAt(0.5)] });
  const seen = await ash.untilGate(
    'right',
    ({ site, state, count }) => site === 'elm' && state === 'live' && count === 4,
  );
  assert.deepEqual(seen.past, ['Site beech', 'Site cedar']);
  assert.deepEqual((await elm.untilGate('left', ({ state }) => state === 'live')).past, ['Site cedar', 'Site beech']);
  await ash.untilLinked(elm);
  const offer = await ash.service.offer('ash', 'right', { name: 'Ana', look: 1 });
  assert.ok(offer.ok && offer.code !== undefined, 'with a code: the squares are linked');
  assert.equal(offer.url.split('#')[0], setups[3]?.draft.sites[0]?.entry);

  asleep.clear();
  for (const { service } of squares) service.refreshSites();
  const next = await ash.untilGate('right', ({ site, state }) => site === 'beech' && state === 'live');
  assert.equal(next.past, undefined);
  await ash.untilLinked(elm, false);
});

test('when the list moves squares apart they are no neighbours, and a visit between them goes on', async (context) => {
  const names = ['ash', 'beech', 'cedar', 'elm', 'fir'];
  const scenes = new GuestScenes();
  const { ring, squares } = await startRing(context, names, { scenes });
  const [ash, , cedar] = squares;
  assert.ok(ash !== undefined && cedar !== undefined);
  await ash.untilLinked(cedar);
  const home = new HomeScene(ash.service, 'ash', 'cedar');
  home.tell(admission(7));
  await home.untilEvent('admitted');
  const newcomers = await setUpSquares(context, ['gum', 'hazel']);
  const grown = newcomers.reduce(
    (documents, { draft }) =>
      publish({ ...ring, documents }, (list) => {
        const added = addMember(list, draft, { now: Date.now(), allowPrivate: true });
        if (!added.ok) return added;
        // Between the second and the third, so that the first and the third are three and more steps apart.
        const members = [...added.value.members];
        const last = members.pop();
        if (last !== undefined) members.splice(2, 0, last);
        return { ...added, value: { ...added.value, members } };
      }),
    ring.documents,
  );
  const outcome = ash.rings.accept(grown, Date.now());
  assert.ok(outcome.ok && outcome.changed);
  await Promise.all([ash.untilLinked(cedar, false), cedar.untilLinked(ash, false)]);
  assert.equal(
    ash.service.links().some(({ square }) => square === cedar.key.square),
    false,
  );
  scenes.say({ kind: 'frame', text: '{"n":1}', except: null, only: null });
  await home.untilEvent('frame');
  home.tell({ kind: 'say', guest: 7, tab: 0, text: '{"type":"say","text":"hello"}' });
  await scenes.untilCommand('say');
});

test('a second square with a copied key: its owner and its neighbours are told', async (context) => {
  const setups = (await setUpSquares(context, ['ash', 'beech', 'cedar', 'elm'])).sort(byId);
  // The lowest id dials everybody, the copy too.
  const [owner] = setups;
  assert.ok(owner !== undefined);
  const ring = formRing(setups);
  const squares = await Promise.all(setups.map(async (setup) => startSquare(context, setup, ring.documents)));
  const [original, ...neighbours] = squares;
  assert.ok(original !== undefined);
  for (const neighbour of neighbours) await original.untilLinked(neighbour);
  assert.equal(original.service.isKeyUsedTwice(), false);
  const copy = await startSquare(context, { ...owner, port: await freePort() }, ring.documents, { epoch: 2 });
  const begun = performance.now();
  await Promise.race([original.untilCounted('rival', 'own'), copy.untilCounted('rival', 'own')]);
  context.diagnostic(`one of the two knew after ${(performance.now() - begun).toFixed(0)} ms`);
  await Promise.race(neighbours.map((neighbour) => neighbour.untilCounted('rival', 'other')));
  assert.ok(original.service.isKeyUsedTwice() || copy.service.isKeyUsedTwice());
});
