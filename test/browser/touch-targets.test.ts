/** Whatever a finger can press on a phone is large enough, also what comes and goes. Source of 44 px: widget.md, section 13. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startLabSquare, type LabSquareProcess } from '../../scripts/lab-square.ts';
import { draw, show, turnTo } from '../../scripts/lab-window.ts';
import { launchChromium } from '../support/chromium.ts';
import { windowOf } from './lab-page.ts';
import { PHONE } from './picture-facts.ts';
import { smallTargets } from './small-targets.ts';

let browser: Browser;
let lab: LabSquareProcess;
before(async () => {
  [browser, lab] = await Promise.all([launchChromium(), startLabSquare()]);
});
after(async () => {
  await browser.close();
  await lab.stop();
});

async function assertLarge(page: Page, what: string, within?: string): Promise<void> {
  for (const width of PHONE) {
    await turnTo(page, width);
    assert.deepEqual(await smallTargets(page, within), [], `${what}, ${width} px`);
  }
}

test('a finger finds the buttons of every line over the path, the chips of the gates, and the one for further talk', async (t) => {
  const { page } = await windowOf(t, browser, lab, PHONE[0]);
  for (const state of ['lost', 'offered', 'kicked', 'parted', 'talk']) {
    await show(page, lab, { state });
    await assertLarge(page, state);
  }
});

test('a finger finds each row of the people, each thing to do with somebody, and everything in the menu', async (t) => {
  const { page } = await windowOf(t, browser, lab, PHONE[0]);
  await show(page, lab, { state: 'names' });
  const strip = page.locator('town-square');
  for (const name of [/^People/, 'Menu']) {
    await strip.getByRole('button', { name }).tap();
    await draw(page);
    await strip.getByRole('dialog').waitFor();
    await assertLarge(page, String(name), '.panel:popover-open');
    await page.keyboard.press('Escape');
  }
});
