/** The strip in each of its languages. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { LANGUAGES } from '../../public/lab/setup.ts';
import { startLabSquare, type LabSquareProcess } from '../../scripts/lab-square.ts';
import { show } from '../../scripts/lab-window.ts';
import { launchChromium } from '../support/chromium.ts';
import { windowOf } from './lab-page.ts';
import { assertFineAround, DESKTOP, PHONE } from './picture-facts.ts';

let browser: Browser;
let lab: LabSquareProcess;
before(async () => {
  [browser, lab] = await Promise.all([launchChromium(), startLabSquare()]);
});
after(async () => {
  await browser.close();
  await lab.stop();
});

test('every language fits, narrow and wide, and none shows an English word or an empty place', async (t) => {
  const { page } = await windowOf(t, browser, lab, PHONE[1]);
  for (const lang of LANGUAGES) {
    for (const state of ['evening', 'lost']) {
      await show(page, lab, { state, lang });
      await assertFineAround(page, [PHONE[1], DESKTOP[0]], `${state} in ${lang}`);
      const words = await page.locator('town-square').evaluate((host) => host.shadowRoot?.textContent ?? '');
      assert.doesNotMatch(words, /\{\w+\}|undefined|NaN/, `${lang} ${state}`);
      if (lang !== 'en')
        assert.doesNotMatch(words, /Just you|Lost the path|Try now|Reload|Enter to/, `${lang} ${state}`);
    }
  }
});
