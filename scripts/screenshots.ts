/**
 * Pictures of the real thing for the docs: `node scripts/screenshots.ts [folder]` boots a demo ring, puts two people on a
 * page and photographs it, desktop and phone, light and dark.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';
import { ensureChromium } from './find-chromium.ts';
import { freePorts } from './free-ports.ts';

const folder = process.argv[2] ?? 'docs';
mkdirSync(folder, { recursive: true });
const [port = 0] = await freePorts(4);
const demo = spawn(
  process.execPath,
  ['scripts/run.mjs', 'demo', '--json', '--residents', '4', '--port', String(port)],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const [line] = await once(createInterface({ input: demo.stdout }), 'line');
  const { squares }: { squares: { url: string }[] } = JSON.parse(String(line));
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox', '--disable-gpu'] });
  const url = squares[1]?.url ?? '';
  const guest = await visitor(browser, url, 'Noor', { viewport: { width: 1280, height: 700 } });
  await guest.locator('town-square').getByRole('application').focus();
  await guest.keyboard.press('ArrowRight', { delay: 600 });
  for (const [name, options] of [
    ['strip', { viewport: { width: 1280, height: 560 }, colorScheme: 'light' }],
    ['strip-dark', { viewport: { width: 1280, height: 560 }, colorScheme: 'dark' }],
    ['strip-phone', { viewport: { width: 390, height: 700 }, colorScheme: 'light', hasTouch: true, isMobile: true }],
    [
      'strip-phone-dark',
      { viewport: { width: 390, height: 700 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
    ],
  ] as const) {
    const page = await visitor(browser, url, 'Ada', { ...options, deviceScaleFactor: 2 });
    // The first-visit line has gone by then.
    await page.waitForTimeout(9_000);
    await guest.locator('town-square').getByRole('textbox').first().fill('saw your lamp from the hill');
    await guest.keyboard.press('Enter');
    await page.waitForTimeout(900);
    await page.evaluate('document.activeElement?.blur(); scrollTo(0, 0)');
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.context().close();
  }
  await browser.close();
} finally {
  demo.kill('SIGINT');
  await once(demo, 'exit');
}

/** Somebody with a name on a page of the demo. */
async function visitor(browser: Browser, url: string, name: string, options: BrowserContextOptions) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(url);
  const strip = page.locator('town-square');
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Your name here').fill(name);
  await strip.getByRole('button', { name: 'Save' }).click();
  await page.keyboard.press('Escape');
  return page;
}
