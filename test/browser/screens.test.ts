/**
 * The strip's pictures in every state × five widths × light and dark × left-to-right and right-to-left, judged by what
 * holds on any machine, whatever its fonts: nothing hangs out, nothing lies over what must be read, words can be read, each
 * state shows what belongs to it, and of pictures drawn in the same run those that must be the same are, and no others.
 * `node scripts/screens.ts` makes the pictures themselves, for eyes.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { STATES } from '../../public/lab/states.ts';
import { startLabSquare, type LabSquareProcess } from '../../scripts/lab-square.ts';
import { show, turnTo } from '../../scripts/lab-window.ts';
import { launchChromium } from '../support/chromium.ts';
import { openLab, windowOf } from './lab-page.ts';
import { assertFineAround, contentOf, DESKTOP, factsOf, PHONE, standingOf } from './picture-facts.ts';
import { STATES_SEEN } from './states-seen.ts';

let browser: Browser;
let lab: LabSquareProcess;
before(async () => {
  [browser, lab] = await Promise.all([launchChromium(), startLabSquare()]);
});
after(async () => {
  await browser.close();
  await lab.stop();
});

const digestOf = async (page: Page): Promise<string> =>
  createHash('sha256')
    .update(await page.locator('town-square').screenshot())
    .digest('hex');

test('every state shows what belongs to it, at every size of a window, light and dark, whichever way the page reads', async (t) => {
  const { page, errors } = await windowOf(t, browser, lab, DESKTOP[0]);
  const pictures = new Map<string, string>();
  for (const { id } of STATES) {
    await show(page, lab, { state: id });
    const wanted = STATES_SEEN.get(id);
    assert.ok(wanted !== undefined, `somebody has said what ${id} should show`);
    const { ink, notice, ...content } = await contentOf(page);
    const { notice: words, ...seen } = wanted;
    assert.deepEqual(content, seen, id);
    assert.match(notice, words, id);
    if (seen.figures !== 'none') assert.ok(ink > 0.005, `${id}: ${ink} of the canvas is drawn`);
    const digest = await digestOf(page);
    assert.equal(pictures.get(digest), undefined, `${id} looks like another state`);
    pictures.set(digest, id);
    await assertFineAround(page, DESKTOP, id);
  }
  assert.deepEqual(errors, []);
});

test('every state fits a phone, held either way, light and dark, whichever way the page reads', async (t) => {
  const { page, errors } = await windowOf(t, browser, lab, PHONE[0]);
  for (const { id } of STATES) {
    await show(page, lab, { state: id });
    await assertFineAround(page, PHONE, id);
  }
  assert.deepEqual(errors, []);
});

test('a window that was turned or made dark shows the same picture as one that was opened so', async (t) => {
  const [turned, opened] = [await windowOf(t, browser, lab, 1_920), await windowOf(t, browser, lab, 1_280)];
  for (const state of ['talk', 'lost']) {
    await show(turned.page, lab, { state });
    await turnTo(turned.page, 1_280);
    await factsOf(turned.page, [{ theme: 'dark', dir: 'ltr' }]);
    await turnTo(turned.page, 1_280);
    await show(opened.page, lab, { state, theme: 'dark', at: String(await nowOf(turned.page)) });
    assert.deepEqual(await standingOf(turned.page), await standingOf(opened.page), state);
  }
});

test("nobody's words hang before what the strip itself has to say", async (t) => {
  const { page } = await openLab(browser, lab, { state: 'privacy', at: '45000' });
  t.after(() => page.context().close());
  assert.equal((await contentOf(page)).isTalkedIn, true);
  await assertFineAround(page, [1_280], 'unseen');
});

test('calm is calm: with time running, two pictures of a street where nobody speaks are the same', async (t) => {
  const { page } = await openLab(browser, lab, { state: 'first', calm: '1', walkers: '0', birds: '0', sky: 'rain' });
  t.after(() => page.context().close());
  const picture = () => page.locator('town-square').screenshot();
  const first = await picture();
  // A further second of the page's own time.
  await page.evaluate(async () => {
    const clock: { now: number; advanceTo(ms: number): Promise<void> } = Reflect.get(globalThis, 'labClock');
    await clock.advanceTo(clock.now + 1_000);
  });
  assert.ok(first.equals(await picture()));
});

test('the picture of a right-to-left page is no mirror: everybody stands where they stand on the other', async (t) => {
  const figures = async (dir: string): Promise<string> => {
    const { page } = await openLab(browser, lab, { state: 'evening', dir });
    t.after(() => page.context().close());
    return page.locator('town-square').evaluate((host) => host.shadowRoot?.querySelector('canvas')?.toDataURL() ?? '');
  };
  assert.equal(await figures('rtl'), await figures('ltr'));
});

/** The page's own time, ms since the strip connected. */
function nowOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const clock: { now: number } = Reflect.get(globalThis, 'labClock');
    return clock.now;
  });
}
