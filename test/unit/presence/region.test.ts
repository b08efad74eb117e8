import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawRegions, REGION_SQUARES_MAX, regionOf as regionIn } from '../../../federation/presence/region.ts';

const regionOf = (squares: readonly string[], siteCount: number, self: string) =>
  regionIn(drawRegions(squares, siteCount), self);
const squaresOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `square-${index}`);

test('a ring in which everybody hears everybody as a neighbour has no regions, and neither has a stranger', () => {
  const squares = squaresOf(5);
  assert.equal(regionOf(squares, 5, 'square-0'), undefined);
  assert.notEqual(regionOf(squares, 6, 'square-0'), undefined);
  assert.equal(regionOf(squaresOf(9), 9, 'stranger'), undefined);
});

test('up to 256 squares are one region, spanned by the links they have anyway', () => {
  const squares = squaresOf(REGION_SQUARES_MAX);
  assert.deepEqual(regionOf(squares, squares.length, 'square-7'), { index: 0, squares, links: [] });
});

test('a large ring falls into regions of at most 256 that every square draws alike, linked both ways and in one piece', () => {
  const squares = squaresOf(1_000);
  const regions = new Map(squares.map((square) => [square, regionOf(squares, squares.length, square)]));
  assert.equal(new Set([...regions.values()].map((region) => region?.index)).size, 6);
  for (const [square, region] of regions) {
    assert.ok(region !== undefined && region.squares.length <= REGION_SQUARES_MAX && region.squares.includes(square));
    assert.ok(region.links.length <= 4);
    for (const other of region.links) {
      const theirs = regions.get(other);
      assert.deepEqual(theirs?.squares, region.squares);
      assert.ok(theirs?.links.includes(square), 'only one of two dials, so both must want the link');
    }
  }
  const [start = ''] = squares;
  const reached = new Set([start]);
  let hops = 0;
  for (let edge = [start]; edge.length > 0; hops += 1) {
    edge = edge.flatMap((square) => regions.get(square)?.links ?? []).filter((square) => !reached.has(square));
    for (const square of edge) reached.add(square);
  }
  assert.deepEqual([...reached].sort(), [...(regions.get(start)?.squares ?? [])].sort());
  assert.ok(hops <= 20, `${hops} hops across`);
});

test('one member more moves hardly anybody to another region', () => {
  const squares = squaresOf(500);
  const indexOf = (list: readonly string[], square: string) => regionOf(list, list.length, square)?.index;
  const before = squares.map((square) => indexOf(squares, square));
  const grown = [...squares, 'newcomer'];
  assert.deepEqual(
    squares.map((square) => indexOf(grown, square)),
    before,
  );
});
