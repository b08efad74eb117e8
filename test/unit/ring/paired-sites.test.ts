import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrustedRing } from '../../../federation/documents/types.ts';
import { pairedSites } from '../../../src/ring/paired-sites.ts';
import type { SquareTerms } from '../../../src/ring/square-terms.ts';
import { newSiteRecord, type SiteRecord } from '../../../src/store/site-record.ts';

const ink = newSiteRecord({ name: 'Ink', origin: 'https://ink.example', key: 'site_ink', ringSite: 'ink' }, 0);
const other = newSiteRecord({ name: 'Other', origin: 'https://other.example', key: 'site_other' }, 0);

/** A ring that lists these sites of ours, and one of somebody else. */
function ring(ringId: string, ...ours: string[]): Pick<TrustedRing, 'ringId' | 'members'> {
  const member = (square: string, ids: string[]) => ({
    square,
    origin: 'https://square.example',
    addrs: [],
    sites: ids.map((id) => ({ id, name: id, entry: `https://square.example/${id}` })),
    since: '2026-01-01T00:00:00Z',
  });
  const members = [member('us', ours), member('them', ['theirs'])];
  return { ringId, members: { ring: ringId, version: 1, prev: null, expires: '', members, revoked: [] } };
}

function pairs(rings: readonly Pick<TrustedRing, 'ringId' | 'members'>[], hosted: readonly SiteRecord[]) {
  return pairedSites(rings, 'us', { sites: () => hosted }, 'figures').map(
    ({ ringId, siteId, sceneKey }) => `${ringId}/${siteId} is ${sceneKey ?? 'nobody'}`,
  );
}

test('a square with one ring site shows the shared scene there', () => {
  assert.deepEqual(pairs([ring('r', 'moss')], [other]), ['r/moss is default']);
});

test('a hosted site says which ring site it is, the shared scene takes the first that is left', () => {
  assert.deepEqual(pairs([ring('r', 'ink', 'moss', 'third')], [ink, other]), [
    'r/ink is site_ink',
    'r/moss is default',
    'r/third is nobody',
  ]);
});

test('a claim on a ring site that the list does not give to this square counts for nothing', () => {
  assert.deepEqual(pairs([ring('r', 'moss')], [ink]), ['r/moss is default']);
  assert.deepEqual(pairs([ring('r')], [ink]), []);
});

test('in a second ring the shared scene stands under the name that ring gives it', () => {
  assert.deepEqual(pairs([ring('r', 'moss', 'ink'), ring('s', 'green')], [ink]), [
    'r/moss is default',
    'r/ink is site_ink',
    's/green is default',
  ]);
});

test('each site is shared as its owner set it, the shared scene as the operator did, and a site without a scene not at all', () => {
  const shut: SiteRecord = { ...ink, sharing: 'count', letsVisitorsOut: false };
  const sites = pairedSites([ring('r', 'ink', 'moss', 'third')], 'us', { sites: () => [shut] }, 'live');
  assert.deepEqual(
    sites.map(({ sharing, letsVisitorsOut, admitsGuests }) => [sharing, letsVisitorsOut, admitsGuests]),
    [
      ['count', false, true],
      ['live', true, true],
      ['nothing', true, true],
    ],
  );
});

test('a square that is muted gets nothing of any of our sites in that ring, and one that the list does not name waits', () => {
  const them = { ringId: 'r', square: 'them', isMuted: true, sites: { ink: { sees: 'live' as const } } };
  const terms = [
    them,
    { ...them, ringId: 's' },
    { ...them, square: 'gone' },
    { ...them, square: 'us', isMuted: false, sites: {} },
  ];
  const sites = pairedSites([ring('r', 'ink', 'moss')], 'us', { sites: () => [ink] }, 'live', terms);
  const muted = { square: 'them', isMuted: true, sharing: 'nothing', admitsGuests: false, letsVisitorsOut: false };
  assert.deepEqual(
    sites.map(({ siteId, squares }) => [siteId, squares]),
    [
      ['ink', [muted]],
      ['moss', [muted]],
    ],
  );
});

test('one neighbour may see more or less than all, and have its gate open one way; who shows nothing shows it to nobody', () => {
  const them = { ringId: 'r', square: 'them', isMuted: false };
  const between = (site: SiteRecord, ink_: SquareTerms['sites'][string]) =>
    pairedSites([ring('r', 'ink')], 'us', { sites: () => [site] }, 'live', [{ ...them, sites: { ink: ink_ } }])[0]
      ?.squares;
  const terms = { square: 'them', isMuted: false, sharing: 'figures', admitsGuests: true, letsVisitorsOut: true };
  assert.deepEqual(between(ink, { sees: 'live' }), [{ ...terms, sharing: 'live' }]);
  assert.deepEqual(between(ink, { sees: 'count', gate: 'in' }), [
    { ...terms, sharing: 'count', letsVisitorsOut: false },
  ]);
  assert.deepEqual(between(ink, { gate: 'out' }), [{ ...terms, admitsGuests: false }]);
  assert.deepEqual(between({ ...ink, admitsGuests: false }, { gate: 'open' }), [terms]);
  assert.deepEqual(between({ ...ink, sharing: 'nothing' }, { sees: 'live' }), [{ ...terms, sharing: 'nothing' }]);
  const elsewhere = pairedSites([ring('r', 'moss')], 'us', { sites: () => [] }, 'live', [
    { ...them, sites: { ink: {} } },
  ]);
  assert.deepEqual(elsewhere[0]?.squares, [], 'terms of another site are not for this one');
});
