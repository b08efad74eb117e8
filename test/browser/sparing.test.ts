/** What the strip does without: for who saves data, on a slow device, and while it is far out of view. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { gate, visitor } from '../support/fake-square.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const figures = [0.7, 0.8, 0.9].map(
  (x, h) => ({ h: `0000000${h}`, x, color: 1, pose: 'stand', walking: false }) as const,
);
const neighbours = {
  type: 'neighbours',
  ring: { id: 'r', name: 'Small Hours' },
  left: gate('Moss & Ink', 'http://127.0.0.1:1/', { count: 3, figures }),
  right: null,
} as const;

test('who saves data is told how many are over the hill, and nobody is drawn there', async (t) => {
  /** Drawn pixels outside the left gate, once the neighbours are known and everything is loaded. */
  const beyond = async (saves: boolean): Promise<number> => {
    const { strip, page } = await openWidget(t, browser, {
      neighbours,
      width: 1_600,
      before: saves
        ? () => Object.defineProperty(navigator, 'connection', { value: { saveData: true } })
        : () => undefined,
    });
    await strip.locator('.town[data-more=here]').waitFor();
    await strip.getByRole('link', { name: /Moss & Ink.*3 people/ }).waitFor();
    const drawn = (): Promise<number> =>
      strip.evaluate((host) => {
        const canvas = host.shadowRoot?.querySelector('canvas');
        const pixels = canvas?.getContext('2d')?.getImageData(0, 0, 180, canvas.height);
        return pixels?.data.filter((value, at) => at % 4 === 3 && value > 0).length ?? 0;
      });
    // What is far away fades in; where nothing comes two drawn pictures are waited for.
    if (!saves) while ((await drawn()) === 0) await page.waitForTimeout(50);
    else
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    return drawn();
  };
  assert.ok((await beyond(false)) > 0);
  assert.equal(await beyond(true), 0);
});

test('where pictures come too slowly nothing glides any more, and it is said why', async (t) => {
  const { strip, page, square } = await openWidget(t, browser, {
    peers: [visitor(2, 0.1)],
    // Every picture takes a tenth of a second, as on a device that has other things to do.
    before: () => {
      const ask = globalThis.requestAnimationFrame.bind(globalThis);
      globalThis.requestAnimationFrame = (run) =>
        ask((at) => {
          const until = performance.now() + 100;
          while (performance.now() < until);
          run(at);
        });
    },
  });
  const calm = strip.getByRole('button', { name: 'Calm' });
  assert.equal(await calm.getAttribute('aria-pressed'), 'false');
  let x = 0.1;
  // Somebody walks up and down for as long as it takes.
  while ((await calm.getAttribute('aria-pressed')) === 'false') {
    x = x > 0.8 ? 0.1 : x + 0.02;
    square.send({ type: 'move', ...visitor(2, x) });
    await page.waitForTimeout(100);
  }
  await strip.locator('.notice').getByText('Calm now: this device was out of breath.').waitFor();
  assert.equal(await page.evaluate(() => localStorage.length), 0, 'it is the device’s doing, and not remembered');
});

test('a quarter of an hour out of view on a long page the socket goes, and scrolling back brings the same visitor', async (t) => {
  const { strip, page, square } = await openWidget(t, browser, {
    hasClock: true,
    page: `<!doctype html><html lang="en"><head><title>Long</title><link rel="icon" href="data:,"></head>
<body style="margin:0">__WIDGET__<main style="height:40000px">a long text</main></body></html>`,
  });
  const first = await square.next('init');
  await strip.locator('.town[data-more=here]').waitFor();
  await page.evaluate(() => scrollTo(0, 30_000));
  await square.next('reading');
  await page.clock.runFor(14 * 60_000);
  assert.equal(await strip.locator('.town[data-state=live]').count(), 1, 'who reads on may scroll back');
  await page.clock.runFor(2 * 60_000);
  await strip.locator('.town[data-state=idle]').waitFor({ state: 'attached' });
  await page.evaluate(() => scrollTo(0, 0));
  const again = await square.next('init');
  for (const key of ['browserId', 'look']) assert.equal(again[key], first[key], key);
  await strip.locator('.town[data-state=live]').waitFor();
});
