import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrustedRings } from '../../../federation/documents/trusted-state.ts';
import { pairedSites } from '../../../src/ring/paired-sites.ts';
import { keptTerms } from '../../../src/ring/square-terms.ts';
import { createTermsDesk } from '../../../src/ring/terms-desk.ts';
import { memoryRecords } from '../../support/memory-records.ts';
import { memoryTrustedState, ringOf, squareId } from '../../support/ring-documents.ts';

const { ringId, documents } = ringOf(['moss', 'quay', 'fern']);
const quay = squareId('quay');

/** The desk of moss. */
function desk() {
  const trusted = memoryTrustedState();
  trusted.save({ ringId, ...documents });
  const self = squareId('moss');
  const rings = new TrustedRings(trusted, { self, allowPrivate: true });
  const store = memoryRecords();
  const hosted = { sites: () => [] };
  const sites = pairedSites(rings.all(), self, hosted, 'figures');
  return { store, terms: createTermsDesk({ rings, store, self, sites: () => sites }) };
}

test('muting says what it means before it is done, is kept, and can be taken back', () => {
  const { store, terms } = desk();
  const preview = terms.mute(ringId, quay, true, { isPreview: true });
  assert.ok(preview.ok);
  assert.match(preview.value, /^Mutes Site quay \(square\.quay\.example\) here: its gate goes dark and shuts/);
  assert.deepEqual(terms.terms(ringId), [], 'looked at, not done');

  assert.ok(terms.mute(ringId, quay, true, { isPreview: false }).ok);
  assert.deepEqual(terms.terms(ringId), [{ ringId, square: quay, isMuted: true, sites: {} }]);
  assert.deepEqual(terms.terms('another'), []);
  const again = terms.mute(ringId, quay, true, { isPreview: false });
  assert.ok(!again.ok && /muted already/.test(again.problems.join()));

  const back = terms.mute(ringId, quay, false, { isPreview: false });
  assert.ok(back.ok && /no more/.test(back.value));
  assert.deepEqual(store.ringRecords('terms'), [], 'nothing is left of it');
  assert.ok(!terms.mute(ringId, quay, false, { isPreview: false }).ok);
});

test('nobody mutes themselves, a square that is not there, or one of a ring they are not in', () => {
  const { store, terms } = desk();
  const wrong: readonly (readonly [string, string])[] = [
    [ringId, squareId('moss')],
    [ringId, squareId('stranger')],
    [ringId, ''],
    ['another', quay],
  ];
  for (const [ring, square] of wrong) assert.equal(terms.mute(ring, square, true, { isPreview: false }).ok, false);
  assert.deepEqual(store.ringRecords('terms'), []);
});

test('terms that cannot be read decide nothing, and squares that have gone make room for others', () => {
  const { store, terms } = desk();
  for (const json of ['{', '[]', '{"isMuted":"yes"}', '{"isMuted":true,"extra":1}', '']) {
    store.saveRingRecord('terms', { id: `${ringId} ${quay}`, json });
    assert.deepEqual(keptTerms(store), [], json);
  }
  for (let n = 0; n < 1_024; n += 1) {
    store.saveRingRecord('terms', { id: `gone ${n}`, json: '{"isMuted":true}' });
  }
  assert.ok(terms.mute(ringId, squareId('fern'), true, { isPreview: false }).ok);
  assert.deepEqual(
    keptTerms(store).map(({ square }) => square),
    [squareId('fern')],
  );
});

test('a square that has left stays muted, and can be unmuted', () => {
  const { store, terms } = desk();
  store.saveRingRecord('terms', { id: `${ringId} ${squareId('left')}`, json: '{"isMuted":true}' });
  assert.ok(terms.mute(ringId, squareId('left'), false, { isPreview: false }).ok);
  assert.deepEqual(terms.terms(ringId), []);
});

test('terms with one neighbour say what holds then, outlast a mute, and end as they began: as with all', () => {
  const { store, terms } = desk();
  const moss = { ringId, siteId: 'moss', square: quay };
  const preview = terms.agree(moss, { sees: 'live', gate: 'in' }, { isPreview: true });
  assert.ok(preview.ok);
  assert.equal(
    preview.value,
    'Whoever looks over the hill from Site quay at Site moss sees figures, their names and what they say; its visitors may ' +
      'walk in, visitors of Site moss do not walk out to it.',
  );
  assert.deepEqual(keptTerms(store), []);
  assert.ok(terms.agree(moss, { sees: 'live' }, { isPreview: false }).ok);
  assert.ok(terms.agree(moss, { gate: 'shut' }, { isPreview: false }).ok);
  assert.deepEqual(keptTerms(store)[0]?.sites, { moss: { sees: 'live', gate: 'shut' } });

  assert.ok(terms.mute(ringId, quay, true, { isPreview: false }).ok);
  assert.equal(terms.agree(moss, { gate: null }, { isPreview: false }).ok, false, 'nothing else is said of the muted');
  assert.ok(terms.mute(ringId, quay, false, { isPreview: false }).ok);
  assert.deepEqual(keptTerms(store)[0]?.sites, { moss: { sees: 'live', gate: 'shut' } });

  const back = terms.agree(moss, { sees: null, gate: null }, { isPreview: false });
  assert.ok(back.ok && back.value.includes('sees grey figures, no names; its visitors may walk in'));
  assert.deepEqual(store.ringRecords('terms'), []);
  for (const wrong of [{ siteId: 'quay' }, { square: squareId('moss') }, { square: 'nobody' }, { ringId: 'other' }]) {
    assert.equal(terms.agree({ ...moss, ...wrong }, { gate: 'shut' }, { isPreview: false }).ok, false);
  }
});
