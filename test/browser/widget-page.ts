/** A page of a scripted square in a real browser, and what a visitor finds on its strip. */
import type { TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { startFakeSquare, type FakeSquare, type FakeSquareOptions } from '../support/fake-square.ts';

export interface WidgetPage {
  readonly square: FakeSquare;
  readonly page: Page;
  readonly strip: Locator;
  readonly stage: Locator;
  /** Errors that the page met so far. */
  readonly errors: readonly string[];
}

export interface WidgetPageOptions extends FakeSquareOptions {
  readonly width?: number;
  readonly height?: number;
  readonly browser?: BrowserContextOptions;
  /** Fragment with which the page is opened. */
  readonly hash?: string;
  /** Until which state of the strip it is waited; `live` unless said. */
  readonly awaits?: string;
  /** The page's time can be moved on by `page.clock`. */
  readonly hasClock?: boolean;
  /** Runs in the page before anything else. */
  readonly before?: () => void;
}

/** Opens a page and waits until the strip was greeted. Everything ends with the test. */
export async function openWidget(
  t: TestContext,
  browser: Browser,
  options: WidgetPageOptions = {},
): Promise<WidgetPage> {
  const square = await startFakeSquare(options);
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1_280, height: options.height ?? 400 },
    ...options.browser,
  });
  t.after(async () => {
    await context.close();
    await square.close();
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  if (options.before !== undefined) await page.addInitScript(options.before);
  if (options.hasClock === true) await page.clock.install();
  await page.goto(`${square.origin}/${options.hash ?? ''}`);
  const strip = page.locator('town-square');
  if (options.browser?.javaScriptEnabled !== false) {
    const { awaits = 'live' } = options;
    await strip.locator(`.town[data-state=${awaits}]`).waitFor();
    // What stands on the street is in a later file.
    if (awaits === 'live') await strip.locator('.ridge').first().waitFor({ state: 'attached' });
  }
  return { square, page, strip, stage: strip.getByRole('application'), errors };
}
