/** The street on a stream: it is seen, and nothing else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { visitor } from '../support/fake-square.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

test('an overlay shows who is there and what they say, has no figure, takes no press and no key, and stores nothing', async (t) => {
  const { page, strip, square, errors } = await openWidget(t, browser, {
    attributes: 'watch start="click"',
    peers: [visitor(2, 0.45, { displayName: 'Ada' })],
  });
  await strip.locator('.plate').getByText('Ada').waitFor();
  square.send({ type: 'say', id: 2, text: 'hello, stream', at: 1 });
  await strip.locator('.bubble').getByText('hello, stream').waitFor();
  assert.equal(await strip.locator('.plate.me').count(), 0);
  assert.equal(await strip.getByRole('button').count(), 0);
  assert.equal(await strip.locator('.bar').isVisible(), false);
  const focused = await page.evaluate(() => {
    const inner = document.querySelector('town-square')?.shadowRoot?.querySelectorAll('a,button,input,[tabindex]');
    for (const node of inner ?? []) if (node instanceof HTMLElement) node.focus();
    return document.activeElement?.tagName;
  });
  assert.equal(focused, 'BODY');
  const box = await strip.boundingBox();
  assert.equal(box?.height, 116);
  await page.mouse.click(640, box.y + 80);
  await page.keyboard.press('ArrowRight');
  assert.equal(JSON.stringify(square.heard), '[{"type":"init","ring":1}]');
  assert.equal(await strip.locator('.firm').count(), 0);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.deepEqual(errors, []);
});

test('an overlay that lost its square says so without a button, and finds back', async (t) => {
  const { strip, square } = await openWidget(t, browser, {
    attributes: 'watch',
    peers: [visitor(2, 0.45, { displayName: 'Ada' })],
  });
  square.hangUp();
  await strip
    .getByText(/Lost the path/)
    .first()
    .waitFor();
  assert.equal(await strip.locator('.notice button').count(), 0);
  await strip.locator('.town[data-state=live]').waitFor();
  assert.equal(square.sockets, 2);
});
