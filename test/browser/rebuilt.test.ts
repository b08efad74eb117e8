/** A page that takes the strip away and builds it again, as applications do, keeps its visitor. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** Writes the strip's place anew from text, so that nothing of the old element is left. */
function rebuild(page: Page): Promise<void> {
  return page.evaluate(() => {
    const strip = document.querySelector('town-square');
    const place = strip?.parentElement;
    if (strip === null || !place) throw new Error('no strip');
    const text = strip.outerHTML;
    strip.remove();
    place.insertAdjacentHTML('beforeend', text);
  });
}

test('a strip built anew has the same visitor, with the square’s secret, and nothing is stored for it', async (t) => {
  const { page, strip, square, errors } = await openWidget(t, browser);
  const first = await square.next('init');
  for (let pages = 0; pages < 3; pages += 1) {
    await rebuild(page);
    const again = await square.next('init');
    for (const key of ['browserId', 'look', 'color']) assert.equal(again[key], first[key], key);
    assert.equal(again['browserSecret'], 'ab'.repeat(32), 'by which the square knows them');
    await strip.locator('.town[data-state=live]').waitFor();
  }
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  assert.deepEqual(errors, []);
});

test('who asked for privacy and has stepped in does not have to again after the strip was built anew', async (t) => {
  const { page, strip, square, stage } = await openWidget(t, browser, {
    before: () => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }),
  });
  assert.equal((await square.next('init'))['browserId'], undefined);
  await stage.focus();
  await page.keyboard.press(' ');
  const first = await square.next('init');
  assert.ok(first['browserId']);
  await rebuild(page);
  assert.equal((await square.next('init'))['browserId'], first['browserId']);
  await strip.locator('.town[data-state=live]').waitFor();
});

test('a claim code is not lost with a strip that was taken away before the square answered', async (t) => {
  const code = 'abcdefghijklmnopqrstuv';
  const { square } = await openWidget(t, browser, {
    hash: `#ts=${code}`,
    // As some frameworks try out their components: in and out and in again at once.
    before: () =>
      document.addEventListener('DOMContentLoaded', () => {
        const strip = document.querySelector('town-square');
        const again = strip?.cloneNode(true);
        if (strip && again) void customElements.whenDefined('town-square').then(() => strip.replaceWith(again));
      }),
  });
  const last = square.heard.findLast((message) => message['type'] === 'init');
  assert.deepEqual(last?.['arrival'], { code, referrer: '' });
});
