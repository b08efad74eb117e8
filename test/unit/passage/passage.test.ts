import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCodes } from '../../../federation/passage/codes.ts';
import { encodeOfferAnswer, type Offer } from '../../../federation/passage/offer.ts';
import { createPassage } from '../../../federation/passage/passage.ts';
import { neighbourhoodOf } from '../../../federation/presence/neighbourhood.ts';
import type { LocalSite } from '../../../federation/ring-service.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { readRing, ringOf, seededBytes, squareId } from '../../support/ring-documents.ts';

const ring = ringOf(['alder', 'birch', 'cedar']);
const { members } = readRing(ring.documents);
const plate = { name: 'Ana', look: 9 };
const CODE = 'A'.repeat(22);

function rig(
  change: Partial<LocalSite> = {},
  ask: () => Promise<Uint8Array> = async () => Promise.reject(new Error()),
) {
  const clock = new ManualClock();
  const codes = createCodes(clock, seededBytes('passage'));
  const counts: string[] = [];
  const state = { list: members };
  const passage = createPassage({
    ring: ring.ringId,
    self: squareId('birch'),
    codes,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    count: (event, reason) => counts.push(`${event}/${reason}`),
    neighbourhood: () => neighbourhoodOf(state.list, squareId('birch'), new Set(['birch'])),
    localSite: (siteId) =>
      siteId === 'birch'
        ? { ringId: ring.ringId, siteId, sharing: 'figures', admitsGuests: true, letsVisitorsOut: true, ...change }
        : undefined,
    filterPlate: (_site, { look }) => ({ name: 'filtered', look }),
    ask: async () => ask(),
  });
  const offer: Offer = { ring: ring.ringId, plate, fromSite: 'alder', toSite: 'birch', side: 'right' };
  return { clock, passage, counts, state, offer };
}

test('an offer is taken from the square that hosts the site, and from no other', () => {
  const table: readonly (readonly [string, string, Partial<Offer>, string])[] = [
    ['its own site', 'alder', {}, 'accepted'],
    ['a non-member', 'stranger', {}, 'non-member'],
    ["another member's site", 'cedar', {}, 'wrong-origin'],
    ['a site in no list', 'alder', { fromSite: 'nowhere' }, 'wrong-origin'],
    ['towards a site hosted elsewhere', 'alder', { toSite: 'cedar' }, 'wrong-site'],
    ['towards no site', 'alder', { toSite: 'nowhere' }, 'wrong-site'],
  ];
  for (const [what, square, change, reason] of table) {
    const { passage, counts, offer } = rig();
    const answer = passage.answer(squareId(square), { ...offer, ...change });
    assert.equal(answer.ok, reason === 'accepted', what);
    assert.deepEqual(counts, [`offer-received/${reason}`], what);
  }
});

test('a plate goes through the rules of the square it comes to', () => {
  const { passage, offer } = rig();
  const answer = passage.answer(squareId('alder'), offer);
  assert.ok(answer.ok);
  assert.deepEqual(passage.redeem('birch', answer.code), {
    plate: { name: 'filtered', look: 9 },
    from: { site: 'alder', name: 'Site alder', url: 'https://alder.example/' },
    side: 'left',
  });
});

test('the code of a square that left the ring meanwhile opens nothing', () => {
  const { passage, state, offer } = rig();
  const answer = passage.answer(squareId('alder'), offer);
  assert.ok(answer.ok);
  state.list = { ...members, members: members.members.filter(({ square }) => square !== squareId('alder')) };
  assert.equal(passage.redeem('birch', answer.code), undefined);
});

test('the URL is the one of the signed list, whatever the neighbour answers', async () => {
  const { passage } = rig({}, async () => encodeOfferAnswer({ ok: true, code: CODE }));
  assert.deepEqual(await passage.offer('birch', 'right', plate), {
    ok: true,
    url: `https://cedar.example/#ts=${CODE}`,
    code: CODE,
  });
  const answers: readonly (() => Promise<Uint8Array>)[] = [
    async () => Promise.reject(new Error('no link')),
    async () => Buffer.from('https://evil.example/'),
    async () => encodeOfferAnswer({ ok: false, reason: 'busy' }),
    async () => encodeOfferAnswer({ ok: false, reason: 'unknown' }),
  ];
  for (const answer of answers) {
    const walk = await rig({}, answer).passage.offer('birch', 'left', plate);
    assert.deepEqual(walk, { ok: true, url: 'https://alder.example/' }, 'the visitor always gets there');
  }
});

test('owners close gates in either direction', async () => {
  const out = rig({ letsVisitorsOut: false }, async () => encodeOfferAnswer({ ok: true, code: CODE }));
  assert.deepEqual(await out.passage.offer('birch', 'right', plate), { ok: false, reason: 'closed' });
  const shut = rig({}, async () => encodeOfferAnswer({ ok: false, reason: 'closed' }));
  assert.deepEqual(await shut.passage.offer('birch', 'right', plate), { ok: false, reason: 'closed' });
  const into = rig({ admitsGuests: false });
  assert.deepEqual(into.passage.answer(squareId('alder'), into.offer), { ok: false, reason: 'closed' });
});

test('a target that leaves the ring while its answer is awaited is no neighbour any more', async () => {
  const box: { state?: { list: typeof members } } = {};
  const { passage, state } = rig({}, async () => {
    if (box.state !== undefined) {
      const remaining = members.members.filter(({ square }) => square !== squareId('cedar'));
      box.state.list = { ...members, members: remaining };
    }
    return encodeOfferAnswer({ ok: true, code: CODE });
  });
  box.state = state;
  assert.deepEqual(await passage.offer('birch', 'right', plate), { ok: false, reason: 'no-neighbour' });
});
