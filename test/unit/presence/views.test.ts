import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Shown } from '../../../federation/presence/figures.ts';
import { neighbourhoodOf } from '../../../federation/presence/neighbourhood.ts';
import { createRegister } from '../../../federation/presence/register.ts';
import type { Summary } from '../../../federation/presence/summary.ts';
import { createViews } from '../../../federation/presence/views.ts';
import type { RingView } from '../../../federation/types.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { summaryOf } from '../../support/presence-frames.ts';
import { readRing, ringOf, squareId } from '../../support/ring-documents.ts';

const trusted = readRing(ringOf(['alder', 'birch', 'cedar']).documents);

function rig() {
  const clock = new ManualClock();
  const told: { site: string; view: RingView }[] = [];
  const state: { ring: typeof trusted; own: Shown | undefined; muted?: string } = { ring: trusted, own: undefined };
  const self = squareId('birch');
  const register = createRegister(clock, (site) => views.siteChanged(site));
  const views = createViews(
    {
      self,
      register,
      ring: () => state.ring,
      neighbourhood: () => neighbourhoodOf(state.ring.members, self, new Set(['birch'])),
      lookers: () => 0,
      isMuted: (square) => state.muted === square,
      ownShown: () => state.own,
      farSight: () => ({ state: 'unknown' }),
    },
    (site, view) => told.push({ site, view }),
  );
  let seq = 0;
  const hear = (site: string, change: Partial<Summary> = {}): void => {
    seq += 1;
    const summary = summaryOf(site, {
      ring: trusted.ringId,
      seq,
      ts: clock.now(),
      figures: [{ h: '0a0b0c0d', x: 128, color: 4, pose: 'lean', walking: true }],
      ...change,
    });
    register.keep(summary, Buffer.from(`${seq}`), squareId(site));
  };
  return { clock, told, state, views, hear };
}

test('a gate shows name and address of the signed list, and who is there while it is not dark', () => {
  const { views, hear, clock } = rig();
  const dark = { site: 'alder', name: 'Site alder', url: 'https://alder.example/', state: 'dark', figures: [] };
  assert.deepEqual(views.view('birch')?.left, dark);
  hear('alder');
  const figures = [{ h: '0a0b0c0d', x: 128.5 / 256, color: 4, pose: 'lean', walking: true }];
  assert.deepEqual(views.view('birch')?.left, { ...dark, state: 'live', count: 1, figures });
  clock.advance(7_501);
  assert.deepEqual(views.view('birch')?.left, { ...dark, state: 'dim', count: 1, figures });
  clock.advance(7_500);
  assert.deepEqual(views.view('birch')?.left, dark);
  assert.deepEqual(views.view('birch')?.ring, { id: trusted.ringId, name: 'Hedgerow' });
});

test('a neighbour that shares nothing is live, with nobody counted', () => {
  const { views, hear } = rig();
  hear('cedar', { sharing: 'nothing', count: null, figures: [] });
  const gate = views.view('birch')?.right;
  assert.equal(gate?.state, 'live');
  assert.equal(gate !== null && gate !== undefined && 'count' in gate, false);
});

test('listeners are told of changes, not of refreshes', () => {
  const { told, hear, clock } = rig();
  hear('alder');
  hear('alder');
  hear('alder', { count: 2 });
  clock.advance(60_000);
  assert.deepEqual(
    told.map(({ view }) => [view.left?.state, view.left?.count]),
    [
      ['live', 1],
      ['live', 2],
      ['dim', 2],
      ['dark', undefined],
    ],
  );
});

test('a new list is told of when it changes what is next door', () => {
  const { told, state, views } = rig();
  views.allChanged();
  views.allChanged();
  assert.equal(told.length, 1);
  const { members } = trusted.members;
  state.ring = {
    ...trusted,
    members: { ...trusted.members, members: members.filter((one) => one.square !== squareId('alder')) },
  };
  views.allChanged();
  assert.equal(told.length, 2);
  assert.equal(told[1]?.view.left?.site, 'cedar');
});

test('a site that is in no ring has no view', () => assert.equal(rig().views.view('elsewhere'), undefined));

test('a muted neighbour is dark whatever it says, and unmuted it is what it said last', () => {
  const { views, hear, state, told } = rig();
  hear('alder', { count: 2 });
  state.muted = squareId('alder');
  views.allChanged();
  const before = told.length;
  hear('alder', { count: 3 });
  assert.equal(told.length, before, 'nobody is told of what is not shown');
  const dark = { site: 'alder', name: 'Site alder', url: 'https://alder.example/', state: 'dark', figures: [] };
  assert.deepEqual(views.view('birch')?.left, dark);
  assert.deepEqual(views.sight('alder'), { state: 'unknown' });
  delete state.muted;
  views.allChanged();
  assert.equal(views.view('birch')?.left?.count, 3);
});
