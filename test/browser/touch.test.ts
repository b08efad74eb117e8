/** A visit by touch on a phone of 390 px, on a real square with a witness. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { devices, type Browser, type CDPSession } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startHostSite } from '../support/host-pages.ts';
import { visitor } from '../support/fake-square.ts';
import { LiveClient } from '../support/live-client.ts';
import { smallTargets } from './small-targets.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const WIDTH = 390;
const PAGE = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A</title><link rel="icon" href="data:,"><style>body{margin:0}main{height:900px}</style>
<main>A garden</main>__STRIP__<footer style="height:900px">the end</footer>__SCRIPT__`;

/** A finger that goes down at one place, moves in steps and lifts at another. */
async function drag(touch: CDPSession, from: [number, number], to: [number, number], heldMs = 0): Promise<void> {
  const at = (part: number) => ({
    x: from[0] + (to[0] - from[0]) * part,
    y: from[1] + (to[1] - from[1]) * part,
  });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at(0)] });
  for (let step = 1; step <= 6; step += 1) {
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [at(step / 6)] });
  }
  if (heldMs > 0) await new Promise((resolve) => setTimeout(resolve, heldMs));
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

test('a finger walks by a tap and by a drag, speaks, waves, finds every target large enough, and still scrolls the page', async (t) => {
  const { origin, square } = await startHostSite(t, { '/': () => ({ html: PAGE }) });
  const witness = await LiveClient.connect(square.socket);
  t.after(() => witness.close());
  await witness.join({ browserId: 'witness', x: 0.99, displayName: 'Noor' });
  const { defaultBrowserType: _type, ...phone } = devices['Pixel 7'] ?? { defaultBrowserType: 'chromium' };
  const context = await browser.newContext({ ...phone, viewport: { width: WIDTH, height: 740 } });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  const strip = page.locator('town-square');
  await strip.scrollIntoViewIfNeeded();
  await strip.locator('.town[data-state=live]').waitFor();
  const { peer } = await witness.next('join');
  const touch = await context.newCDPSession(page);
  const stage = await strip.locator('.stage').boundingBox();
  assert.ok(stage !== null);
  const ground = stage.y + stage.height - 24;
  const heading = peer.x < 0.5 ? 1 : -1;

  await page.touchscreen.tap(WIDTH / 2 + heading * 90, ground);
  await witness.next('move', (move) => move.id === peer.id && Math.abs(move.x - peer.x) > 0.03);
  await page.waitForTimeout(900);
  witness.take();
  await drag(touch, [WIDTH / 2, ground], [WIDTH / 2 + heading * 60, ground], 500);
  const dragged = await witness.next('move', (move) => move.id === peer.id);
  assert.ok(Math.sign(dragged.x - peer.x) === heading, 'a drag walks to its side');

  await strip.getByRole('textbox').first().tap();
  await page.keyboard.type('from a bus');
  await page.keyboard.press('Enter');
  assert.equal((await witness.next('say')).text, 'from a bus');
  await strip.getByRole('button', { name: 'Wave' }).tap();
  await witness.next('action', (action) => action.id === peer.id);

  assert.deepEqual(await smallTargets(page), [], 'at least 44 px each way');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), WIDTH);
  assert.equal(await page.evaluate(() => visualViewport?.scale), 1, 'typing zoomed nothing');

  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  const before_ = await page.evaluate(() => scrollY);
  const box = await strip.locator('.stage').boundingBox();
  assert.ok(box !== null);
  await drag(touch, [WIDTH / 2, box.y + 60], [WIDTH / 2, box.y + 220]);
  await page.waitForFunction((from) => scrollY < from - 100, before_);
});

test('a tap on a person shows who it is, over the line for newcomers too', async (t) => {
  const { page, strip } = await openWidget(t, browser, {
    width: WIDTH,
    browser: { hasTouch: true, isMobile: true },
    x: 0.5,
    peers: [visitor(2, 0.56)],
  });
  const stage = await strip.locator('.stage').boundingBox();
  assert.ok(stage !== null);
  // The camera centres the visitor; the other stands 72 units to the right.
  await page.touchscreen.tap(WIDTH / 2 + 72, stage.y + stage.height - 40);
  await strip.locator('.plate').getByText('someone').waitFor();
});

test('in the menu of a phone every coat, switch and button is large enough for a finger', async (t) => {
  for (const width of [320, WIDTH]) {
    const { page, strip } = await openWidget(t, browser, {
      width,
      height: 740,
      browser: { hasTouch: true, isMobile: true },
    });
    await strip.getByRole('button', { name: 'Menu' }).tap();
    const coats = strip.getByRole('radio');
    await coats.first().waitFor();
    const sizes = await coats.evaluateAll((all) =>
      all.map((one) => [one.getBoundingClientRect().width, one.getBoundingClientRect().height]),
    );
    assert.deepEqual(
      sizes,
      Array.from({ length: 12 }, () => [44, 44]),
    );
    const tops = await coats.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    assert.equal(new Set(tops).size, 2, 'two rows of six');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
  }
});
