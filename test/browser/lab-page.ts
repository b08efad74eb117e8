/** A real square that serves its lab, and a browser page on it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSquareProcess } from '../../scripts/square-process.ts';

export interface Lab {
  /** Web origin of the square. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface LabView {
  readonly page: Page;
  /** Errors that the page met so far. */
  readonly errors: readonly string[];
}

export async function startLab(): Promise<Lab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'townring-lab-'));
  const square = await startSquareProcess({
    DATA_DIR: dataDir,
    LAB: '1',
    SHARDS: '0',
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
  });
  return {
    url: square.url,
    async stop() {
      await square.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Opens the strip alone at an address of the lab, in a profile of its own, and waits until it can be looked at. */
export async function openLab(
  browser: Browser,
  lab: Lab,
  query: Readonly<Record<string, string>>,
  options: BrowserContextOptions = {},
): Promise<LabView> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 320 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(`${lab.url}/lab/?${new URLSearchParams({ bare: '1', clock: 'still', ...query }).toString()}`);
  await page.locator('html[data-lab=ready]').waitFor();
  return { page, errors };
}
