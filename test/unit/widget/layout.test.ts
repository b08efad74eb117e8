/** Where the street lies on screens of all widths. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutFor } from '../../../public/widget/model/layout.ts';

test('in a window of 1,280 px the whole street is seen with both hills, beside a scroll bar too', () => {
  // Scroll bars of Firefox and Windows take 12 to 17 px.
  for (const widthPx of [1_280, 1_268, 1_263]) {
    const { hasCamera, scale, horizonPx } = layoutFor(widthPx);
    assert.equal(hasCamera, false, `${widthPx} px`);
    assert.ok(Math.abs(1_200 * scale + 2 * horizonPx - widthPx) < 0.01);
  }
});
