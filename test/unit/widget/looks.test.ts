import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELL, figureArt, FRAMES } from '../../../public/widget/art/figure-art.ts';
import { accentOf, contrast, PALETTES } from '../../../public/widget/art/palette.ts';
import { CARRIED, COAT_COUNT, decodeLook, HEADWEAR, LOOK_COUNT } from '../../../src/protocol/look.ts';

/** Grounds that pages may have behind a strip of each theme. */
const GROUNDS = { light: ['#ffffff', '#fdfcf8', '#fffdf7'], dark: ['#16171c', '#101114', '#23252d'] };

for (const theme of ['light', 'dark'] as const) {
  const palette = PALETTES[theme];

  test(`every coat can be told from a ${theme} ground, and its colour can be read as text`, () => {
    assert.equal(palette.coats.length, COAT_COUNT);
    for (const ground of GROUNDS[theme]) {
      for (const coat of palette.coats) {
        const ratio = contrast(coat, ground);
        assert.ok(ratio >= 4.5, `${coat} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });

  test(`words in the ${theme} theme reach 4.5 to 1, lines 3 to 1`, () => {
    for (const text of [palette.ink, palette.faint, palette.accent]) {
      assert.ok(contrast(text, palette.paper) >= 4.5, `${text}: ${contrast(text, palette.paper).toFixed(2)}`);
    }
    for (const ground of GROUNDS[theme]) assert.ok(contrast(palette.faint, ground) >= 3);
  });

  test(`a coat and what is worn with it differ in the ${theme} theme`, () => {
    for (const [coat, color] of palette.coats.entries()) assert.notEqual(accentOf(palette, coat), color);
  });
}

test('every look has a picture in every pose, and no two looks share one', () => {
  const seen = new Map<string, number>();
  for (let code = 0; code < LOOK_COUNT; code += 1) {
    const look = decodeLook(code);
    assert.ok(look);
    for (const frame of FRAMES) assert.ok(figureArt(look, frame).length >= 6);
    const picture = JSON.stringify([look.coat, figureArt(look, 'stand')]);
    assert.equal(seen.get(picture), undefined, `${code} looks like ${seen.get(picture)}`);
    seen.set(picture, code);
  }
  assert.equal(seen.size, COAT_COUNT * HEADWEAR.length * CARRIED.length);
});

test('the pictures of walking, running and climbing differ from one another and from standing', () => {
  const look = { coat: 1, headwear: 1, carried: 1 };
  const pictures = FRAMES.filter((frame) => frame === 'stand' || /^(walk|run|climb)\d/.test(frame)).map((frame) =>
    JSON.stringify(figureArt(look, frame)),
  );
  assert.equal(new Set(pictures).size, 16);
});

test('no figure reaches out of its cell', () => {
  for (const headwear of HEADWEAR.keys()) {
    for (const carried of CARRIED.keys()) {
      for (const frame of FRAMES) {
        for (const { d, at = [0, 0, 0] } of figureArt({ coat: 0, headwear, carried }, frame)) {
          for (const [x, y] of absolutePoints(d)) {
            assert.ok(Math.abs(x * Math.cos(at[2]) - y * Math.sin(at[2]) + at[0]) <= CELL.half, `${frame} ${d}`);
            assert.ok(y + at[1] >= -CELL.above && y + at[1] <= CELL.below, `${frame} ${d}`);
          }
        }
      }
    }
  }
});

/** The points of a path's absolute M, L, Q and C commands. */
function absolutePoints(d: string): [number, number][] {
  return [...d.matchAll(/[MLQC]([^A-Za-z]*)/g)].flatMap(([, numbers = '']) => {
    const values = (numbers.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
    return values.flatMap((x, index): [number, number][] => (index % 2 === 0 ? [[x, values[index + 1] ?? 0]] : []));
  });
}
