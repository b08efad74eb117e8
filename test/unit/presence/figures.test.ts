import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { chooseFigures, createFigureNames, isSameShown, showPresence } from '../../../federation/presence/figures.ts';
import type { LocalFigure } from '../../../federation/types.ts';
import { seededBytes } from '../../support/ring-documents.ts';

const figure = (visitor: number, x: number, drawn = true): LocalFigure => ({
  visitor,
  x,
  color: 1,
  pose: 'sit',
  walking: false,
  drawn,
});
const crowd = (size: number) => Array.from({ length: size }, (_, index) => figure(index, index / size));
const names = () => createFigureNames(seededBytes('names'));

test('the owner decides what neighbours see', () => {
  const presence = { count: 2, figures: [figure(1, 0.1), figure(2, 0.9)] };
  const shown = (sharing: 'nothing' | 'count' | 'figures' | 'live') =>
    showPresence(presence, sharing, 'alder', names(), 0);
  assert.deepEqual(shown('nothing'), { sharing: 'nothing', count: null, figures: [] });
  assert.deepEqual(shown('count'), { sharing: 'count', count: 2, figures: [] });
  assert.equal(shown('figures').figures.length, 2);
  assert.equal(shown('live').figures.length, 2);
});

test('who does not want to be drawn beyond the hill is counted only', () => {
  const presence = { count: 2, figures: [figure(1, 0.1), figure(2, 0.9, false)] };
  const shown = showPresence(presence, 'figures', 'alder', names(), 0);
  assert.equal(shown.count, 2);
  assert.deepEqual(
    shown.figures.map(({ x }) => x),
    [25],
  );
});

test('positions at and beyond the ends stay within the strip', () => {
  const presence = { count: 3, figures: [figure(1, 1), figure(2, 0), figure(3, 1.5)] };
  const xs = showPresence(presence, 'figures', 'alder', names(), 0).figures.map(({ x }) => x);
  assert.deepEqual(
    xs.sort((a, b) => a - b),
    [0, 255, 255],
  );
});

test('a visitor has one name for an hour at a site, another elsewhere, another afterwards', () => {
  const pool = names();
  const first = pool.name('alder', 5, 0);
  assert.match(first, /^[0-9a-f]{8}$/);
  assert.equal(pool.name('alder', 5, 3_599_999), first);
  assert.notEqual(pool.name('birch', 5, 1_000), first);
  assert.notEqual(pool.name('alder', 6, 1_000), first);
  assert.notEqual(pool.name('alder', 5, 3_600_000), first);
});

test('a visitor keeps the name of the hour, however many others are named in it', () => {
  const pool = names();
  const first = pool.name('alder', 5, 0);
  for (let visitor = 100; visitor < 5_000; visitor += 1) pool.name('alder', visitor, 1_000);
  assert.equal(pool.name('alder', 5, 2_000), first);
});

test('of a large crowd those at the gates are shown, and the sample holds still for a minute', () => {
  const figures = crowd(1_000);
  const chosen = chooseFigures(figures, 4);
  assert.equal(chosen.length, 32);
  assert.equal(new Set(chosen).size, 32);
  for (const visitor of [0, 7, 992, 999])
    assert.ok(
      chosen.some((one) => one.visitor === visitor),
      `visitor ${visitor}`,
    );
  assert.deepEqual(chooseFigures(figures.toReversed(), 4), chosen, 'whatever order they are listed in');
  const later = new Set(chooseFigures(figures, 5).map(({ visitor }) => visitor));
  const kept = chosen.filter(({ visitor }) => later.has(visitor)).length;
  assert.ok(kept >= 16 && kept < 32, 'the next minute shows others in the middle');
});

test('any crowd gives at most 32 different figures, all of them there', () => {
  const figures = fc.uniqueArray(
    fc.record({ visitor: fc.integer({ min: 1 }), x: fc.double({ min: 0, max: 1, noNaN: true }) }),
    { selector: ({ visitor }) => visitor, maxLength: 120 },
  );
  fc.assert(
    fc.property(figures, fc.nat(), (people, minute) => {
      const all = people.map(({ visitor, x }) => figure(visitor, x));
      const chosen = chooseFigures(all, minute);
      assert.equal(chosen.length, Math.min(32, all.length));
      assert.equal(new Set(chosen.map(({ visitor }) => visitor)).size, chosen.length);
      assert.ok(chosen.every((one) => all.includes(one)));
    }),
    { seed: 20261123, numRuns: 100 },
  );
});

test('two samples of the same people are the same, in whatever order they are listed', () => {
  const pool = names();
  const people = crowd(20);
  const a = showPresence({ count: 20, figures: people }, 'figures', 'alder', pool, 0);
  const b = showPresence({ count: 20, figures: people.toReversed() }, 'figures', 'alder', pool, 10);
  assert.ok(isSameShown(a, b));
  const moved = people.map((one) => (one.visitor === 3 ? figure(3, 0.99) : one));
  assert.ok(!isSameShown(a, showPresence({ count: 20, figures: moved }, 'figures', 'alder', pool, 20)));
});
