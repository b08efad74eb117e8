/** A whole visit by keyboard alone, in a real ring, with a witness on the street. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { LiveClient } from '../support/live-client.ts';
import { startRing } from '../support/ring-of-processes.ts';
import { eventually } from '../support/sharded-square.ts';
import { focused, tabTo } from './hill-walk.ts';
import { openStrip } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** Panels give the focus back a moment after they closed. */
async function untilFocused(page: Page, name: RegExp): Promise<void> {
  await eventually(`the focus is on ${String(name)}`, async () => name.test(await focused(page)));
}

test('somebody without a pointer walks, sits, takes a name, speaks, waves and goes to the next site', async (t) => {
  const [alder, birch] = await startRing(t, ['alder', 'birch']);
  assert.ok(alder && birch);
  const witness = await LiveClient.connect(alder.socket);
  t.after(() => witness.close());
  await witness.join({ browserId: 'witness', ring: 1 });
  const strip = await openStrip(browser, alder.url);
  const { page, context } = strip;
  t.after(() => context.close());
  const { id, x } = await strip.next('hello');
  assert.equal(await focused(page), '', 'the strip takes no focus by itself');

  await tabTo(page, /Path\. 2 people/);
  const bench = x < 0.46 ? 0.2 : 0.72;
  const isThere = (at: number): boolean => Math.abs(at - bench) < 0.02;
  let at = x;
  let isSeated = false;
  // A machine under load hears a key let go late: whoever walked past the bench turns round.
  for (let tries = 0; tries < 5 && !isThere(at); tries += 1) {
    const towards = at < bench ? 'ArrowRight' : 'ArrowLeft';
    await page.keyboard.down(towards);
    while (!isThere(at) && at < bench === (towards === 'ArrowRight')) {
      at = (await witness.next('move', (move) => move.id === id)).x;
    }
    await page.keyboard.up(towards);
    for (let hasMoved = true; hasMoved;) {
      hasMoved = false;
      await page.waitForTimeout(300);
      for (const frame of witness.take()) {
        if (frame.type !== 'move' || frame.id !== id) continue;
        at = frame.x;
        isSeated = frame.pose === 'sitting';
        hasMoved = true;
      }
    }
  }
  // Whoever stands still at a bench sits down without a key, too.
  if (!isSeated) {
    await page.keyboard.press('ArrowDown');
    at = (await witness.next('move', (move) => move.id === id && move.pose === 'sitting')).x;
  }
  assert.ok(Math.abs(at - bench) < 0.012, 'on the bench');
  // Others may hear of it before one's own page does.
  await strip.next('move', (move) => move.id === id && move.pose === 'sitting');
  await page.keyboard.press('ArrowUp');
  await witness.next('move', (move) => move.id === id && move.pose === null);

  await tabTo(page, /^Menu$/);
  await page.keyboard.press('Enter');
  const name = page.locator('town-square').getByLabel('Your name here');
  await name.waitFor();
  for (let presses = 0; presses < 6 && !(await name.evaluate((node) => node.matches(':focus'))); presses += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await witness.next('profile', (profile) => profile.id === id && profile.displayName === 'Ada');
  await page.keyboard.press('Escape');
  await untilFocused(page, /^Menu$/);

  while (!(await focused(page)).startsWith('Path')) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('t');
  await page.keyboard.type('good evening');
  await page.keyboard.press('Enter');
  assert.equal((await witness.next('say', (say) => say.id === id)).text, 'good evening');
  await page.keyboard.press('Escape');
  assert.match(await focused(page), /^Path/, 'Escape leads from the line back to the path');
  await page.keyboard.press(' ');
  assert.equal((await witness.next('action', (action) => action.id === id)).action, 'raise-hand');

  await page.keyboard.press('End');
  // From the far bench that is a walk of more than five seconds.
  await page.getByText(/Walk on to visit Birch/).waitFor();
  // Enter on the path would take the strip alone; a gate is a link, and takes the page.
  await tabTo(page, /Birch/);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${birch.url}/`);
  assert.equal((await strip.next('hello', ({ arrival }) => arrival !== undefined)).displayName, 'Ada');
  await page
    .locator('town-square')
    .getByRole('application', { name: /Path\. 1 person/ })
    .waitFor();
});

test('Tab leaves the strip at its end, and Escape leaves the path for the page', async (t) => {
  const [alder] = await startRing(t, ['alder', 'birch']);
  assert.ok(alder);
  const { page, context } = await openStrip(browser, alder.url);
  t.after(() => context.close());
  await page.locator('town-square').getByRole('application').focus();
  const stops: string[] = [];
  while ((await focused(page)) !== '' && stops.length < 12) {
    stops.push(await focused(page));
    await page.keyboard.press('Tab');
  }
  assert.ok(stops.length <= 8, stops.join());
  assert.equal(new Set(stops).size, stops.length, `each stop once: ${stops.join()}`);
  await page.locator('town-square').getByRole('application').focus();
  await page.keyboard.press('Escape');
  assert.equal(await focused(page), '');
});
