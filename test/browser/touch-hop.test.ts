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

  // Up to the gate, and then over: the same place pressed again and again.
  const away = ribbon(strip, 'Birch');
  for (const deadline = performance.now() + 60_000; !(await away.isVisible()); await page.waitForTimeout(400)) {
    assert.ok(performance.now() < deadline, 'the hill is pressed in vain');
    await tapAt(WIDTH - 30);
  }
  const { peer } = await there.next('join');
  assert.equal(peer.ring?.from?.site, 'alder');

  await town.getByRole('textbox').first().tap();
  await page.keyboard.type('from a bus');
  await page.keyboard.press('Enter');
  assert.equal((await there.next('say')).text, 'from a bus');
  const bubble = town.locator('.bubble', { hasText: 'from a bus' });
  await bubble.waitFor();
  assert.ok(await bubble.evaluate(isOnTop), 'the ribbon does not cover what is said');

  const home = ribbon(strip, 'Birch').getByRole('button', { name: 'walk home' });
  assert.deepEqual(await smallTargets(page), [], 'at least 44 px each way');
  await home.tap();
  assert.equal((await there.next('leave')).id, peer.id);
  await ribbon(strip, 'Birch').waitFor({ state: 'detached' });
  assert.equal(page.url(), address, 'the page never moved');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), WIDTH);
  assert.equal(await page.evaluate(() => visualViewport?.scale), 1, 'typing zoomed nothing');
});

/** Whether nothing lies over the middle of an element. */
function isOnTop(node: HTMLElement | SVGElement): boolean {
  const { left, top, width, height } = node.getBoundingClientRect();
  node.style.pointerEvents = 'auto';
  const root = node.getRootNode();
  const hit = root instanceof ShadowRoot ? root.elementFromPoint(left + width / 2, top + height / 2) : null;
  node.style.pointerEvents = '';
  return node.contains(hit);
}
