import assert from 'node:assert/strict';
import test from 'node:test';
import type { Connection, Gate, NeighboursFrame } from '../../../src/protocol/frames.ts';
import { isSameLinks, ringLinksOf, withRingLinks } from '../../../src/realtime/ring-links.ts';

const gate = (name: string, url = `https://${name}.example/`): Gate => ({
  site: name,
  name,
  url,
  state: 'live',
  count: 3,
  figures: [],
});
const frame = (left: Gate | null, right: Gate | null): NeighboursFrame => ({
  type: 'neighbours',
  ring: { id: 'r', name: 'Small Hours' },
  left,
  right,
});
const own = (count: number): Connection[] =>
  Array.from({ length: count }, (_, index) => ({
    side: 'left',
    label: `own ${index}`,
    url: `https://own.example/${index}`,
  }));

test('a classic widget gets one link for each neighbour, its name cut to 24 units', () => {
  assert.deepEqual(ringLinksOf(frame(gate('quay'), gate('a-very-very-long-name-for-a-site'))), [
    { side: 'left', label: 'quay', url: 'https://quay.example/' },
    { side: 'right', label: 'a-very-very-long-name-fo', url: 'https://a-very-very-long-name-for-a-site.example/' },
  ]);
});

test('no ring, no links; a gate that is shut leaves its side empty', () => {
  assert.deepEqual(ringLinksOf(undefined), []);
  assert.deepEqual(ringLinksOf(frame(null, gate('quay'))), [
    { side: 'right', label: 'quay', url: 'https://quay.example/' },
  ]);
});

test('the neighbour stands in front of the owner links, and the fifth on a side is dropped', () => {
  const links = ringLinksOf(frame(gate('quay'), gate('moss')));
  assert.deepEqual(
    withRingLinks(links, own(4)).map(({ label }) => label),
    ['quay', 'moss', 'own 0', 'own 1', 'own 2'],
  );
  assert.deepEqual(withRingLinks([], own(4)), own(4));
});

test('a head-count is no change of links, a name or an address is', () => {
  const before = ringLinksOf(frame(gate('quay'), null));
  assert.equal(isSameLinks(before, ringLinksOf(frame({ ...gate('quay'), count: 9, state: 'dim' }, null))), true);
  assert.equal(isSameLinks(before, ringLinksOf(frame(gate('quay', 'https://new.example/'), null))), false);
  assert.equal(isSameLinks(before, ringLinksOf(frame(gate('Quay 2', 'https://quay.example/'), null))), false);
  assert.equal(isSameLinks(before, ringLinksOf(frame(null, gate('quay')))), false);
  assert.equal(isSameLinks(before, []), false);
});
