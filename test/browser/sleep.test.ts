/** A strip that nobody sees keeps no socket. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { visitor } from '../support/fake-square.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** Chromium without a window never hides a page by itself. */
function hide(page: Page, isHidden: boolean): Promise<void> {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}

test('a page hidden for five minutes tells that nobody reads, goes, and comes back as the same visitor in the same place', async (t) => {
  const { page, strip, square, stage } = await openWidget(t, browser, {
    peers: [visitor(2, 0.45, { displayName: 'Ada' })],
  });
  const init = await square.next('init');
  await page.clock.install();
  await stage.focus();
  await page.keyboard.down('ArrowRight');
  await square.next('move');
  await page.keyboard.up('ArrowRight');
  await hide(page, true);
  const reading = await square.next('reading');
  assert.deepEqual([reading['readingActive'], reading['widgetVisible']], [false, false]);
  await page.clock.fastForward(299_000);
  assert.equal(await strip.locator('.town[data-state=live]').count(), 1);
  await page.clock.fastForward(1_500);
  await strip.locator('.town[data-state=idle]').waitFor({ state: 'attached' });
  await hide(page, false);
  const again = await square.next('init');
  for (const key of ['browserId', 'look']) assert.equal(again[key], init[key], key);
  assert.equal(again['browserSecret'], 'ab'.repeat(32));
  assert.ok(Number(again['x']) > 0.5, 'where one had walked to');
  await strip.locator('.town[data-state=live]').waitFor();
  assert.equal(await strip.getByText(/Lost the path/).count(), 0);
});
