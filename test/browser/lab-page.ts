/** A browser page on a square lab. */
import type { TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { LabSquareProcess } from '../../scripts/lab-square.ts';
import { windowOptions } from '../../scripts/lab-window.ts';

export interface LabView {
  readonly page: Page;
  /** Errors that the page met so far. */
  readonly errors: readonly string[];
}

/** Opens the strip alone at an address of the lab, in a profile of its own, and waits until it can be looked at. */
export async function openLab(
  browser: Browser,
  lab: LabSquareProcess,
  query: Readonly<Record<string, string>>,
  options: BrowserContextOptions = {},
): Promise<LabView> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 320 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(lab.still(query));
  await page.locator('html[data-lab=ready]').waitFor();
  return { page, errors };
}

/** A window of that width on the lab, to be shown one state after the other. It closes with the test. */
export async function windowOf(
  t: TestContext,
  browser: Browser,
  lab: LabSquareProcess,
  width: number,
): Promise<LabView> {
  const view = await openLab(browser, lab, {}, windowOptions(width));
  t.after(() => view.page.context().close());
  return view;
}
