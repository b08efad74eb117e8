/**
 * The strip's pictures in every state × five widths × light and dark × left-to-right and right-to-left, judged by what
 * holds on any machine, whatever its fonts: nothing hangs out, nothing lies over what must be read, words can be read, each
 * state shows what belongs to it, and of pictures drawn in the same run those that must be the same are, and no others.
 * `node scripts/screens.ts` makes the pictures themselves, for eyes.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { LANGUAGES } from '../../public/lab/setup.ts';
import { STATES } from '../../public/lab/states.ts';
import { startLabSquare, type LabSquareProcess } from '../../scripts/lab-square.ts';
import { launchChromium } from '../support/chromium.ts';
import { openLab } from './lab-page.ts';
import { contentOf, factsOf, LOOKS, standingOf, turnTo, type Facts } from './picture-facts.ts';
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

/** Widths of widget.md, section 17, in px: a window is turned from the first to the others. */
const DESKTOP = [1_280, 768, 1_920] as const;
const PHONE = [390, 320] as const;
const HEIGHT = 330;

/** A page of the lab on a window of that width. */
async function windowOf(t: TestContext, width: number): Promise<{ page: Page; errors: readonly string[] }> {
  const isPhone = width <= 480;
  const viewport = { width, height: HEIGHT };
  const { page, errors } = await openLab(browser, lab, {}, { viewport, hasTouch: isPhone, isMobile: isPhone });
  t.after(() => page.context().close());
  return { page, errors };
}

async function show(page: Page, query: Readonly<Record<string, string>>): Promise<void> {
  await page.goto(lab.still(query));
  await page.locator('html[data-lab=ready]').waitFor();
}

const digestOf = async (page: Page): Promise<string> =>
  createHash('sha256')
    .update(await page.locator('town-square').screenshot())
    .digest('hex');

function assertFine(facts: Facts, where: string): void {
  assert.deepEqual(facts.outside, [], `${where}: outside the strip`);
  assert.deepEqual(facts.overlaps, [], `${where}: one over the other`);
  assert.deepEqual(facts.cut, [], `${where}: words cut off`);
  assert.equal(facts.scrolls, false, `${where}: the page scrolls sideways`);
  assert.ok(facts.contrast >= 4.5, `${where}: contrast ${facts.contrast.toFixed(2)}`);
}

/** Every width and look of a page that is open, after each other. */
async function assertFineAround(page: Page, widths: readonly number[], what: string): Promise<void> {
  for (const width of widths) {
    await turnTo(page, { width, height: HEIGHT });
    for (const [index, facts] of (await factsOf(page, LOOKS)).entries()) {
      const { theme, dir } = LOOKS[index] ?? {};
      assertFine(facts, `${what}, ${width} px, ${theme}, ${dir}`);
    }
  }
}

test('every state shows what belongs to it, at every size of a window, light and dark, whichever way the page reads', async (t) => {
  const { page, errors } = await windowOf(t, DESKTOP[0]);
  const pictures = new Map<string, string>();
  for (const { id } of STATES) {
    await show(page, { state: id });
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
  const { page, errors } = await windowOf(t, PHONE[0]);
  for (const { id } of STATES) {
    await show(page, { state: id });
    await assertFineAround(page, PHONE, id);
    if (id !== 'named') continue;
    // Words find room between the chips where there is any.
    assert.deepEqual((await factsOf(page, LOOKS.slice(0, 1)))[0]?.covered, []);
  }
  assert.deepEqual(errors, []);
});

test('every language fits, narrow and wide, and none shows an English word or an empty place', async (t) => {
  const { page } = await windowOf(t, PHONE[1]);
  for (const lang of LANGUAGES) {
    for (const state of ['evening', 'lost']) {
      await show(page, { state, lang });
      await assertFineAround(page, [PHONE[1], DESKTOP[0]], `${state} in ${lang}`);
      const words = await page.locator('town-square').evaluate((host) => host.shadowRoot?.textContent ?? '');
      assert.doesNotMatch(words, /\{\w+\}|undefined|NaN/, `${lang} ${state}`);
      if (lang !== 'en')
        assert.doesNotMatch(words, /Just you|Lost the path|Try now|Reload|Enter to/, `${lang} ${state}`);
    }
  }
});

test('a window that was turned or made dark shows the same picture as one that was opened so', async (t) => {
  const [turned, opened] = [await windowOf(t, 1_920), await windowOf(t, 1_280)];
  for (const state of ['talk', 'lost']) {
    await show(turned.page, { state });
    await turnTo(turned.page, { width: 1_280, height: HEIGHT });
    await factsOf(turned.page, [{ theme: 'dark', dir: 'ltr' }]);
    await turnTo(turned.page, { width: 1_280, height: HEIGHT });
    await show(opened.page, { state, theme: 'dark', at: String(await nowOf(turned.page)) });
    assert.deepEqual(await standingOf(turned.page), await standingOf(opened.page), state);
  }
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
