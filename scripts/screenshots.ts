/**
 * Pictures of the real thing for the docs: `node scripts/screenshots.ts [folder]` boots a demo ring, puts two people on a
 * page and photographs it, desktop and phone, light and dark; then one of them looks over the hill and walks across.
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
  await crossing(browser, squares[0]?.url ?? '', join(folder, 'over-the-hill.png'));
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

/** One picture of four moments: at the gate, looking over the hill, on the way, and there. */
async function crossing(browser: Browser, url: string, path: string): Promise<void> {
  const page = await visitor(browser, url, 'Ada', { viewport: { width: 1280, height: 560 }, deviceScaleFactor: 2 });
  const strip = page.locator('town-square');
  const moments: Buffer[] = [];
  const photograph = async (): Promise<void> => {
    moments.push(await strip.screenshot());
  };
  await page.waitForTimeout(9_000);
  await strip.getByRole('application').focus();
  await page.keyboard.press('End');
  await strip.getByText(/Walk on to visit/).waitFor({ timeout: 15_000 });
  await page.waitForTimeout(700);
  await photograph();
  await page.keyboard.press('ArrowDown');
  await strip.locator('.remark', { hasText: /^Over at/ }).waitFor();
  await page.waitForTimeout(1_200);
  await photograph();
  await page.keyboard.press('Escape');
  await page.waitForTimeout(800);
  // The pan is over in half a second: slowed down, it can be photographed half-way.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Animation.enable');
  await devtools.send('Animation.setPlaybackRate', { playbackRate: 0.05 });
  await page.keyboard.press('Enter');
  const there = strip.getByRole('group', { name: /^You are at/ });
  await there.waitFor();
  await page.waitForTimeout(4_000);
  await photograph();
  await devtools.send('Animation.setPlaybackRate', { playbackRate: 1 });
  await page.waitForTimeout(2_500);
  // A bird may have flown on meanwhile, and be told of.
  await strip.locator('.remark').waitFor({ state: 'hidden' });
  await photograph();
  await page.context().close();

  const sheet = await browser.newPage({ viewport: { width: 1312, height: 200 }, deviceScaleFactor: 2 });
  const images = moments.map((png) => `<img src="data:image/png;base64,${png.toString('base64')}" width="1280">`);
  await sheet.setContent(
    `<style>body{margin:16px;background:#fbfaf4}img{display:block;margin-bottom:16px}</style>${images.join('')}`,
  );
  await sheet.screenshot({ path, fullPage: true });
  await sheet.close();
}
