import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Members } from '../../../federation/documents/types.ts';
import { neighbourhoodOf } from '../../../federation/presence/neighbourhood.ts';

const NAMES = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];

/** Each square by its name, with its sites. */
function list(squares: Readonly<Record<string, readonly string[]>>, revoked: readonly string[] = []): Members {
  return {
    ring: 'ab'.repeat(32),
    version: 1,
    prev: null,
    expires: '2027-01-01T00:00:00Z',
    members: Object.entries(squares).map(([square, sites]) => ({
      square,
      origin: `https://${square}.example`,
      addrs: [],
      sites: sites.map((id) => ({ id, name: id, entry: `https://${id}.example/` })),
      since: '2026-01-01T00:00:00Z',
    })),
    revoked: revoked.map((square) => ({ square, reason: 'gone', at: '2026-01-01T00:00:00Z' })),
  };
}
const gatesOf = (members: Members, square: string, site: string) => {
  const gates = neighbourhoodOf(members, square, new Set([site])).gates.get(site);
  return gates === undefined ? undefined : [gates.left?.site.id ?? null, gates.right?.site.id ?? null];
};

test('left is the site before, right the site after, and the ring closes', () => {
  const ring = list({ A: ['a'], B: ['b'], C: ['c'] });
  assert.deepEqual(gatesOf(ring, 'A', 'a'), ['c', 'b']);
  assert.deepEqual(gatesOf(ring, 'B', 'b'), ['a', 'c']);
  assert.deepEqual(gatesOf(ring, 'C', 'c'), ['b', 'a']);
});

test('alone there is no gate, and in a ring of two both lead to the other', () => {
  assert.deepEqual(gatesOf(list({ A: ['a'] }), 'A', 'a'), [null, null]);
  assert.deepEqual(gatesOf(list({ A: ['a'], B: ['b'] }), 'A', 'a'), ['b', 'b']);
});

test("a square's own sites are neighbours too, and need no network", () => {
  const ring = list({ A: ['a', 'b'], C: ['c'] });
  assert.deepEqual(gatesOf(ring, 'A', 'a'), ['c', 'b']);
  const { interest, squares } = neighbourhoodOf(ring, 'A', new Set(['a', 'b']));
  assert.deepEqual([...interest], ['c']);
  assert.deepEqual([...squares], ['C']);
});

test('two steps along the ring are listened to, and everybody agrees who listens to whom', () => {
  const ring = list(Object.fromEntries(NAMES.map((name) => [name, [name.toLowerCase()]])));
  assert.deepEqual([...neighbourhoodOf(ring, 'A', new Set(['a'])).squares].sort(), ['B', 'C', 'F', 'G']);
  for (const one of NAMES) {
    for (const other of neighbourhoodOf(ring, one, new Set([one.toLowerCase()])).squares) {
      assert.ok(neighbourhoodOf(ring, other, new Set([other.toLowerCase()])).squares.has(one), `${one} and ${other}`);
    }
  }
});

test('a revoked square is passed over, though the list still names it', () => {
  const ring = list({ A: ['a'], B: ['b'], C: ['c'] }, ['B']);
  assert.deepEqual(gatesOf(ring, 'A', 'a'), ['c', 'c']);
  assert.equal(neighbourhoodOf(ring, 'A', new Set(['a'])).members.has('B'), false);
  assert.equal(gatesOf(ring, 'B', 'b'), undefined);
});

test('gates lead past those that sleep, and whoever stands two steps beyond them is heard and linked with', () => {
  const ring = list(Object.fromEntries(NAMES.map((name) => [name, [name.toLowerCase()]])));
  const asleep = new Set(['b', 'c', 'g']);
  const around = (self: string) =>
    neighbourhoodOf(ring, self, new Set([self.toLowerCase()]), (site) => asleep.has(site));
  const { gates, interest, squares } = around('A');
  const { left, right } = gates.get('a') ?? {};
  assert.deepEqual([right?.site.id, right?.past], ['d', ['b', 'c']]);
  assert.deepEqual([left?.site.id, left?.past], ['f', ['g']]);
  assert.deepEqual([...interest].sort(), ['b', 'c', 'd', 'e', 'f', 'g']);
  for (const other of ['D', 'E', 'F']) assert.ok(squares.has(other) && around(other).squares.has('A'), other);
  assert.equal(around('D').gates.get('d')?.left?.site.id, 'a', 'the same gate from the other side');
});

test('when all the others sleep, or one knows it of its own site, the gates lead to the next all the same', () => {
  const ring = list({ A: ['a'], B: ['b'], C: ['c'] });
  const { left, right } = neighbourhoodOf(ring, 'A', new Set(['a']), () => true).gates.get('a') ?? {};
  assert.deepEqual([left?.site.id, left?.past, right?.site.id, right?.past], ['c', [], 'b', []]);
});

test('a gate names eight of those it passes over, however many sleep', () => {
  const ring = list(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`S${index}`, [`s${index}`]])));
  const gates = neighbourhoodOf(ring, 'S0', new Set(['s0']), (site) => site !== 's15').gates.get('s0');
  assert.equal(gates?.right?.site.id, 's15');
  assert.deepEqual(gates?.right?.past, ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8']);
});

test('a site that the list gives to this square but that is not served here has no gates', () => {
  assert.equal(neighbourhoodOf(list({ A: ['a'], B: ['b'] }), 'A', new Set()).gates.size, 0);
});
