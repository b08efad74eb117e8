/**
 * What can be said of a picture on any machine: nothing hangs out, nothing lies over another thing that must be read,
 * words can be read, figures are drawn, and pictures that must be the same are. `node scripts/screens.ts` makes the
 * pictures themselves, for eyes.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { LANGUAGES } from '../../public/lab/setup.ts';
import { startLabSquare, type LabSquareProcess } from '../../scripts/lab-square.ts';
import { launchChromium } from '../support/chromium.ts';
import { openLab } from './lab-page.ts';

let browser: Browser;
let lab: LabSquareProcess;
before(async () => {
  [browser, lab] = await Promise.all([launchChromium(), startLabSquare()]);
});
after(async () => {
  await browser.close();
  await lab.stop();
});

const WIDTHS = [320, 390, 768, 1_280, 1_920];
/** States in which different things are on the strip; the others are variations of them. */
const STATES = [
  'evening',
  'named',
  'talk',
  'names',
  'throng',
  'lost',
  'asleep',
  'at-gate',
  'offered',
  'kicked',
  'lazy',
];

interface Facts {
  /** Beyond the strip's own edges, by more than half a pixel. */
  readonly outside: readonly string[];
  /** Pairs of the same kind that lie over one another. */
  readonly overlaps: readonly string[];
  /** Cut off inside themselves, where a part of the words cannot be seen and nothing says so. */
  readonly cut: readonly string[];
  /** Least contrast of words on the paper under them. */
  readonly contrast: number;
  /** Pixels of the canvas that are drawn, a share. */
  readonly ink: number;
  readonly scrolls: boolean;
}

/** Reads the picture's facts off the page. */
function factsOf(page: Page): Promise<Facts> {
  return page.evaluate(() => {
    const host = document.querySelector('town-square');
    const root = host?.shadowRoot;
    if (host === null || root === null || root === undefined) throw new Error('no strip');
    const strip = host.getBoundingClientRect();
    const shown = (selector: string) =>
      [...root.querySelectorAll<HTMLElement>(selector)].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && getComputedStyle(node).visibility === 'visible';
      });
    const nameOf = (node: HTMLElement): string => `${node.className} "${node.textContent}"`;
    const outside = shown('.plate,.gate,.bubble,.notice>div,.bar>*,.more').filter((node) => {
      const box = node.getBoundingClientRect();
      return box.left < strip.left - 0.5 || box.right > strip.right + 0.5 || box.bottom > strip.bottom + 0.5;
    });
    const overlaps: string[] = [];
    for (const kind of ['.plate', '.bubble', '.gate', '.bar>*']) {
      const nodes = shown(kind);
      for (const [index, one] of nodes.entries()) {
        for (const other of nodes.slice(index + 1)) {
          const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
          const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          if (across > 1 && down > 1) overlaps.push(`${nameOf(one)} and ${nameOf(other)}`);
        }
      }
    }
    const light = (color: string): number => {
      const parts = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
        const value = Number(part) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
    };
    const paper = light(getComputedStyle(document.body).backgroundColor);
    const words = shown('.plate,.gate,.bubble,.notice>div,.bar input,.bar button');
    const contrasts = words.map((node) => {
      const ink = light(getComputedStyle(node).color);
      return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    });
    const cut = shown('.bar button,.notice>div,.gate .n').filter((node) => node.scrollWidth > node.clientWidth + 1);
    const canvas = root.querySelector('canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let drawn = 0;
    for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) drawn += 1;
    return {
      outside: outside.map(nameOf),
      overlaps,
      cut: cut.map(nameOf),
      contrast: Math.min(...contrasts),
      ink: data.length === 0 ? 0 : drawn / (data.length / 4),
      scrolls: document.documentElement.scrollWidth > innerWidth,
    };
  });
}

function assertFine(facts: Facts, where: string, hasPeople: boolean): void {
  assert.deepEqual(facts.outside, [], `${where}: outside the strip`);
  assert.deepEqual(facts.overlaps, [], `${where}: one over the other`);
  assert.deepEqual(facts.cut, [], `${where}: words cut off`);
  assert.equal(facts.scrolls, false, `${where}: the page scrolls sideways`);
  assert.ok(facts.contrast >= 4.5, `${where}: contrast ${facts.contrast.toFixed(2)}`);
  if (hasPeople) assert.ok(facts.ink > 0.002, `${where}: ${facts.ink} of the canvas is drawn`);
}

for (const width of WIDTHS) {
  test(`at ${width} px nothing hangs out, overlaps or fades, light and dark, whichever way the page reads`, async (t) => {
    const isPhone = width <= 480;
    const { page, errors } = await openLab(
      browser,
      lab,
      {},
      { viewport: { width, height: 330 }, hasTouch: isPhone, isMobile: isPhone },
    );
    t.after(() => page.context().close());
    for (const [index, state] of STATES.entries()) {
      // Both themes and both directions at every width, shared out over the states.
      const theme = index % 2 === 0 ? 'light' : 'dark';
      const dir = index % 4 < 2 ? 'ltr' : 'rtl';
      await page.goto(lab.still({ state, theme, dir }));
      await page.locator('html[data-lab=ready]').waitFor();
      assertFine(await factsOf(page), `${state} ${width} ${theme} ${dir}`, !['lazy', 'kicked'].includes(state));
    }
    assert.deepEqual(errors, []);
  });
}

test('every language fits, narrow and wide, and none shows an English word or an empty place', async (t) => {
  for (const width of [320, 1_280]) {
    const isPhone = width <= 480;
    const { page } = await openLab(
      browser,
      lab,
      {},
      { viewport: { width, height: 330 }, hasTouch: isPhone, isMobile: isPhone },
    );
    t.after(() => page.context().close());
    for (const lang of LANGUAGES) {
      for (const state of ['evening', 'lost']) {
        await page.goto(lab.still({ state, lang }));
        await page.locator('html[data-lab=ready]').waitFor();
        assertFine(await factsOf(page), `${lang} ${state} ${width}`, true);
        const words = await page.locator('town-square').evaluate((host) => host.shadowRoot?.textContent ?? '');
        assert.doesNotMatch(words, /\{\w+\}|undefined|NaN/, `${lang} ${state}`);
        if (lang !== 'en')
          assert.doesNotMatch(words, /Just you|Lost the path|Try now|Reload|Enter to/, `${lang} ${state}`);
      }
    }
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
