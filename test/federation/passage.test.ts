import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OFFER_PROTOCOL } from '../../federation/node/topics.ts';
import { decodeOfferAnswer, encodeOffer, OFFER_LIMITS } from '../../federation/passage/offer.ts';
import type { Offer } from '../../federation/passage/offer.ts';
import {
  figureAt,
  formRing,
  setUpSquares,
  startRing,
  startSquare,
  type SquareSetup,
} from '../support/ring-of-squares.ts';
import { siteTopic, startRawMember } from '../support/raw-member.ts';

const plate = { name: 'Ana', look: 41 };

test('a visitor keeps the plate over the hill, once, and comes in from the facing edge', async (context) => {
  const { squares, setups } = await startRing(context, ['alder', 'birch', 'cedar'], {
    filterPlate: (_site, { name, look }) => ({ name: name.replace('Ana', 'A-a'), look }),
  });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  const outcome = await alder.service.offer('alder', 'right', plate);
  assert.ok(outcome.ok && outcome.code !== undefined);
  assert.match(outcome.code, /^[A-Za-z0-9_-]{22}$/);
  const entry = setups[1]?.draft.sites[0]?.entry;
  assert.equal(outcome.url, `${entry}#ts=${outcome.code}`, 'from the signed list, with nothing but the code');

  assert.equal(alder.service.redeem('alder', outcome.code), undefined, 'it opens nothing anywhere else');
  const arrival = birch.service.redeem('birch', outcome.code);
  assert.deepEqual(arrival, {
    plate: { name: 'A-a', look: 41 },
    from: { site: 'alder', name: 'Site alder', url: setups[0]?.draft.sites[0]?.entry },
    side: 'left',
  });
  assert.equal(birch.service.redeem('birch', outcome.code), undefined, 'a second time it opens nothing');
});

test('a gate that its owner closed stays closed, and a gate without a link lets walkers through without the plate', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'cedar']);
  const [alderSetup, birchSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined);
  const ring = formRing(setups);
  const alder = await startSquare(context, alderSetup, ring.documents);
  const birch = await startSquare(context, birchSetup, ring.documents, { site: { admitsGuests: false } });
  await alder.untilLinked(birch);
  assert.deepEqual(await alder.service.offer('alder', 'right', plate), { ok: false, reason: 'closed' });

  const asleep = await alder.service.offer('alder', 'left', plate);
  assert.deepEqual(asleep, { ok: true, url: setups[2]?.draft.sites[0]?.entry });
  assert.deepEqual(await alder.service.offer('elsewhere', 'left', plate), { ok: false, reason: 'no-neighbour' });

  const keeper = await startSquare(context, setups[2] ?? alderSetup, ring.documents, {
    site: { letsVisitorsOut: false },
  });
  await keeper.untilLinked(alder);
  assert.deepEqual(await keeper.service.offer('cedar', 'right', plate), { ok: false, reason: 'closed' });
});

test('an offer is refused from whoever does not host the site it names, and nonsense is blamed', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [, birchSetup, mallowSetup] = setups;
  assert.ok(birchSetup !== undefined && mallowSetup !== undefined);
  const ring = formRing(setups);
  const birch = await startSquare(context, birchSetup, ring.documents);
  const mallow = await startRawMember(context, mallowSetup);
  await mallow.join(birchSetup, siteTopic(ring.ringId, 'alder'));
  const ask = async (bytes: Uint8Array) => mallow.node.ask(birch.key.square, OFFER_PROTOCOL, bytes, OFFER_LIMITS);
  const offer: Offer = { ring: ring.ringId, plate, fromSite: 'mallow', toSite: 'birch', side: 'left' };

  assert.equal(decodeOfferAnswer(await ask(encodeOffer(offer)))?.ok, true, 'in order, for comparison');
  const refusedOffers: readonly Partial<Offer>[] = [
    { fromSite: 'alder' },
    { fromSite: 'nowhere' },
    { toSite: 'alder' },
  ];
  for (const change of refusedOffers) {
    const answer = decodeOfferAnswer(await ask(encodeOffer({ ...offer, ...change })));
    assert.deepEqual(answer, { ok: false, reason: 'unknown' }, JSON.stringify(change));
  }
  await assert.rejects(ask(encodeOffer({ ...offer, ring: '00'.repeat(32) })), 'a ring that is not shared');
  await assert.rejects(ask(new Uint8Array(OFFER_LIMITS.questionMaxBytes + 1)), 'oversize');
  for (let turn = 0; turn < 12; turn += 1) await ask(Buffer.from('not an offer')).catch(() => {});
  await birch.untilLinked(mallow, false);
});

test('a ring over WebSocket sees and hops like one over TCP', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch']);
  const onWs = (setup: SquareSetup): SquareSetup => {
    return { ...setup, draft: { ...setup.draft, addrs: [`/ip4/127.0.0.1/tcp/${setup.port}/ws`] } };
  };
  const overWs = setups.map(onWs);
  const [alderSetup, birchSetup] = overWs;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined);
  const ring = formRing(overWs);
  const alder = await startSquare(context, alderSetup, ring.documents, { listen: [...alderSetup.draft.addrs] });
  const birch = await startSquare(context, birchSetup, ring.documents, { listen: [...birchSetup.draft.addrs] });
  assert.deepEqual(alder.service.addresses(), [`${alderSetup.draft.addrs[0]}/p2p/${alder.key.square}`]);
  alder.populate({ count: 1, figures: [figureAt(0.5)] });
  await birch.untilGate('left', (gate) => gate.figures.length === 1);
  const outcome = await alder.service.offer('alder', 'right', plate);
  assert.ok(outcome.ok && outcome.code !== undefined);
  assert.equal(birch.service.redeem('birch', outcome.code)?.side, 'left');
});

test("two sites of one square are each other's neighbours without any network", async (context) => {
  const setups = await setUpSquares(context, ['alder'], () => ['alder', 'meadow']);
  const [setup] = setups;
  assert.ok(setup !== undefined);
  const ring = formRing(setups);
  const square = await startSquare(context, setup, ring.documents);
  square.populate({ count: 2, figures: [figureAt(0.5)] }, 'meadow');
  const gate = await square.untilGate('left', (view) => view.count === 2, 'alder');
  assert.equal(gate.state, 'live');
  assert.equal(gate.figures.length, 1);
  assert.equal(square.service.view('alder')?.right?.site, 'meadow');
  const outcome = await square.service.offer('alder', 'left', plate);
  assert.ok(outcome.ok && outcome.code !== undefined);
  assert.equal(square.service.redeem('alder', outcome.code), undefined, 'the wrong site burns the code');
  assert.equal(square.service.redeem('meadow', outcome.code), undefined);
  const again = await square.service.offer('alder', 'left', plate);
  assert.ok(again.ok && again.code !== undefined);
  assert.equal(square.service.redeem('meadow', again.code)?.side, 'right');
});
