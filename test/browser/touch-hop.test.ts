/** Over the hill by touch alone, on a phone of 390 px and real squares. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { devices, type Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startRing } from '../support/ring-of-processes.ts';
import { ribbon, witness } from './hill-walk.ts';
import { smallTargets } from './small-targets.ts';
import { openStrip } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const WIDTH = 390;

test('a finger walks to the gate, over the hill, says something there, and brings the visitor home', async (t) => {
  const [alder, birch] = await startRing(t, ['alder', 'birch'], { RING_SHARING: 'live' });
  assert.ok(alder && birch);
  const there = await witness(birch, 'Bo');
  t.after(() => there.close());
  const { defaultBrowserType: _type, ...phone } = devices['Pixel 7'] ?? { defaultBrowserType: 'chromium' };
  const context = await browser.newContext({ ...phone, viewport: { width: WIDTH, height: 740 } });
  t.after(() => context.close());
  const strip = await openStrip(browser, alder.url, { context });
  const { page } = strip;
  const address = page.url();
  const town = page.locator('town-square');
  await town.scrollIntoViewIfNeeded();
  await town.locator('.town[data-state=live]').waitFor();
  const box = await town.locator('.stage').boundingBox();
  assert.ok(box !== null);
  const tapAt = (x: number) => page.touchscreen.tap(x, box.y + box.height - 24);

  const hint = page.getByText(/Walk on to visit Birch/);
  for (let taps = 0; taps < 20 && !(await hint.isVisible()); taps += 1) {
    await tapAt(WIDTH - 30);
    await page.waitForTimeout(400);
  }
  await hint.waitFor();
  await tapAt(WIDTH - 30);
  await ribbon(strip, 'Birch').waitFor();
  const { peer } = await there.next('join');
  assert.equal(peer.ring?.from?.site, 'alder');

  await town.getByRole('textbox').first().tap();
  await page.keyboard.type('from a bus');
  await page.keyboard.press('Enter');
  assert.equal((await there.next('say')).text, 'from a bus');

  const home = ribbon(strip, 'Birch').getByRole('button', { name: 'walk home' });
  assert.deepEqual(await smallTargets(page), [], 'at least 44 px each way');
  await home.tap();
  assert.equal((await there.next('leave')).id, peer.id);
  await ribbon(strip, 'Birch').waitFor({ state: 'detached' });
  assert.equal(page.url(), address, 'the page never moved');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), WIDTH);
  assert.equal(await page.evaluate(() => visualViewport?.scale), 1, 'typing zoomed nothing');
});
