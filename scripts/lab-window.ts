/** A window on the square lab: opened once for a state, then turned and lit otherwise without loading it anew. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { LabSquareProcess } from './lab-square.ts';

/** Page above the strip in a picture, so that panels and words in the air have a background. */
const WINDOW_HEIGHT_PX = 360;
/** Narrower windows are phones: touched, and as wide as their page says. */
const PHONE_MAX_PX = 480;

export function isPhone(width: number): boolean {
  return width <= PHONE_MAX_PX;
}

/** What a window of that width is, for the browser. */
export function windowOptions(width: number): BrowserContextOptions {
  return { viewport: { width, height: WINDOW_HEIGHT_PX }, hasTouch: isPhone(width), isMobile: isPhone(width) };
}

/** Opens a strip alone, its time standing still, and waits until it can be looked at. */
export async function show(page: Page, lab: LabSquareProcess, query: Readonly<Record<string, string>>): Promise<void> {
  await page.goto(lab.still(query));
  await page.locator('html[data-lab=ready]').waitFor();
}

/** Colours and direction of the page, which the strip follows at once. */
export function light(page: Page, theme: string, dir: string): Promise<void> {
  return page.evaluate(`(() => {
    const { documentElement } = document;
    documentElement.dataset.theme = ${JSON.stringify(theme)};
    documentElement.dir = ${JSON.stringify(dir)};
    document.querySelector('town-square').setAttribute('theme', ${JSON.stringify(theme)});
  })()`);
}

/** Another width, and a moment of the page's own time for the strip to follow. */
export async function turnTo(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: WINDOW_HEIGHT_PX });
  await draw(page);
}

/** Lets one more picture be drawn. */
export async function draw(page: Page): Promise<void> {
  // The strip hears of its size when the browser has laid out, and draws with its next picture.
  await page.evaluate('labClock.realTurn().then(() => labClock.advanceTo(labClock.now + 48))');
}
