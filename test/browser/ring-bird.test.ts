/** The ring's one bird over a strip. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import type { NeighboursFrame } from '../../src/protocol/frames.ts';
import { launchChromium } from '../support/chromium.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const neighbours: NeighboursFrame = {
  type: 'neighbours',
  ring: { id: 'a'.repeat(64), name: 'Ring of Lamps' },
  left: null,
  right: { site: 'birch', name: 'Birch', url: 'https://birch.example/', state: 'live', count: 0, figures: [] },
};
/** One lamp in the middle of the street, and nothing else: the bird sits on it. */
const scene = { benches: 0, trees: 0, lamps: 1, lampXs: [0.4], birds: 0 };

/** Drawn pixels over the lamp at 0.4 of the street; at 1,280 px a unit takes 0.797 px, beside hills of 162 px. */
function inkOverLamp(strip: Locator): Promise<number> {
  return strip.locator('.stage canvas').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return -1;
    const { data } = canvas.getContext('2d')?.getImageData(162 + 0.4 * 956 - 14, 0, 44, canvas.height) ?? { data: [] };
    return data.filter((value, index) => index % 4 === 3 && value > 0).length;
  });
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + 30_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < endMs, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('it comes over the hill, sits on a lamp, and leaves; where it went is said once, and not at every flight', async (t) => {
  const { strip, square } = await openWidget(t, browser, { neighbours, x: 0.9, hello: { scene } });
  await strip.locator('.town[data-more=here]').waitFor();
  await until(async () => (await inkOverLamp(strip)) === 0, 'nothing is over the lamp');
  const come = { type: 'ringBird', action: 'come', from: null, x: 0.5, at: 1 };
  square.send(come);
  await until(async () => (await inkOverLamp(strip)) > 20, 'it sits on the lamp');
  square.send({ type: 'ringBird', action: 'go', toward: 'right', at: 2 });
  await until(async () => (await inkOverLamp(strip)) === 0, 'it has left');
  const status = strip.locator('[role=status]');
  await status.getByText('The bird flies on to Birch.').waitFor();
  await status.evaluate((node) => (node.textContent = ''));
  square.send(come);
  await until(async () => (await inkOverLamp(strip)) > 20, 'it is back');
  square.send({ type: 'ringBird', action: 'go', toward: 'right', at: 3 });
  await until(async () => (await inkOverLamp(strip)) === 0, 'it has left again');
  assert.equal(await status.textContent(), '');
});

test('in calm it is neither drawn nor spoken of, and frames that are none move nothing', async (t) => {
  const { strip, square, page } = await openWidget(t, browser, { neighbours, x: 0.9, hello: { scene } });
  await strip.locator('.town[data-more=here]').waitFor();
  const setCalm = (isCalm: boolean) =>
    page.evaluate((calm) => Reflect.set(document.querySelector('town-square') ?? {}, 'calm', calm), isCalm);
  await setCalm(true);
  square.send({ type: 'ringBird', action: 'come', from: 'sideways', x: 0.5, at: 1 });
  for (const x of [2, '0.5', null]) square.send({ type: 'ringBird', action: 'come', from: 'left', x, at: 1 });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.equal(await inkOverLamp(strip), 0);
  await setCalm(false);
  await until(async () => (await inkOverLamp(strip)) > 20, 'it sits there all the same');
  await setCalm(true);
  const status = strip.locator('[role=status]');
  await status.evaluate((node) => {
    const said: string[] = [];
    Reflect.set(globalThis, 'said', said);
    new MutationObserver(() => said.push(node.textContent ?? '')).observe(node, { childList: true, subtree: true });
  });
  square.send({ type: 'ringBird', action: 'go', toward: 'right', at: 2 });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  square.send({ type: 'waved', side: 'right' });
  await status.getByText('Someone over the east hill waves.').waitFor();
  await setCalm(false);
  await until(async () => (await inkOverLamp(strip)) === 0, 'it has left');
  assert.deepEqual(await page.evaluate(() => Reflect.get(globalThis, 'said')), ['Someone over the east hill waves.']);
});
