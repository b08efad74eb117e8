/** What stands, sits, flies and falls on the street beside people. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { visitor } from '../support/fake-square.ts';
import { eventually } from '../support/sharded-square.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const BOARD = {
  enabled: true,
  x: 0.5,
  variant: 'corkboard',
  accent: '',
  title: 'Seed swap',
  body: 'Saturday at ten.\nBring <b>beans</b>.',
};
const loaded = (strip: Locator) => strip.locator('.town[data-more=here]').waitFor();

/** Ink in a part of the canvas that people's figures do not reach, px of the strip. */
function inkAt(strip: Locator, fromX: number, toX: number): Promise<number> {
  return strip.locator('.stage canvas').evaluate(
    (canvas, [from, to]) => {
      if (!(canvas instanceof HTMLCanvasElement)) return -1;
      const { data } = canvas.getContext('2d')?.getImageData(from, 0, to - from, canvas.height) ?? { data: [] };
      return data.filter((value, index) => index % 4 === 3 && value > 0).length;
    },
    [fromX, toX] as const,
  );
}

test('a bird sits where the square says, lands, and flees for good', async (t) => {
  const { strip, square } = await openWidget(t, browser, {
    x: 0.9,
    hello: { birds: [{ id: 1, perchId: 'bench-left', x: 0.2, state: 'perched' }] },
  });
  await loaded(strip);
  // At 1,280 px the street is drawn at 0.797 px a unit, beside hills of 162 px.
  const seen = async (x: number) => {
    const middle = Math.round(162 + x * 956);
    return (await inkAt(strip, middle - 16, middle + 16)) > 20;
  };
  await eventually('it sits', () => seen(0.2));
  square.send({ type: 'bird', action: 'spawn', id: 2, perchId: 'tree-branch', x: 0.7, from: 'right', at: 1 });
  await eventually('another lands', () => seen(0.71));
  square.send({ type: 'bird', action: 'flee', id: 1, x: 0.2, dir: 1, at: 2 });
  square.send({ type: 'bird', action: 'flee', id: 99, x: 0.2, dir: 1, at: 2 });
  await eventually('the first has gone', async () => !(await seen(0.2)));
  assert.equal(await seen(0.71), true);
});

test('a notice board is read by key or by a press, as text, and goes when its owner takes it down', async (t) => {
  const { strip, square, page, stage } = await openWidget(t, browser, { height: 700, hello: { messageBoard: BOARD } });
  await strip.locator('.plate.hint').getByText('Read the board').waitFor();
  await stage.focus();
  await page.keyboard.press('ArrowDown');
  const panel = strip.getByRole('dialog', { name: 'Notice board' });
  await panel.getByText('Bring <b>beans</b>.').waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });
  const box = await stage.boundingBox();
  assert.ok(box !== null);
  await page.mouse.click(box.x + 640 + 16, box.y + 50);
  await panel.waitFor();
  square.send({ type: 'messageBoard', messageBoard: { ...BOARD, enabled: false } });
  await strip.locator('.board').waitFor({ state: 'detached' });
});

test('it rains where the site has rain, not in calm, and ends with the weather', async (t) => {
  const config = { mode: 'permanent', weather: 'rain', distribution: { clear: 0, rain: 100, snow: 0, storm: 0 } };
  const { strip, square, page } = await openWidget(t, browser, { hello: { weatherConfig: config } });
  await strip.locator('canvas.weather').waitFor();
  await page.evaluate(() => Reflect.set(document.querySelector('town-square') ?? {}, 'calm', true));
  await strip.locator('canvas.weather').waitFor({ state: 'detached' });
  await page.evaluate(() => Reflect.set(document.querySelector('town-square') ?? {}, 'calm', false));
  await strip.locator('canvas.weather').waitFor();
  square.send({ type: 'weather' });
  await strip.locator('canvas.weather').waitFor({ state: 'detached' });
});

test('ornaments stand where nothing else does; what is no ornament is left out', async (t) => {
  const { strip } = await openWidget(t, browser, { attributes: 'kit="well cat <script> constructor kite"' });
  await loaded(strip);
  assert.equal(
    await strip
      .locator('svg g > g > g')
      .filter({ has: strip.page().locator('path') })
      .count(),
    3,
  );
});

test('in a crowd the nearest are figures, the rest a row, and the page does not grow', async (t) => {
  const peers = Array.from({ length: 160 }, (_, i) =>
    visitor(i + 2, 0.03 + (i * 0.94) / 160, { displayName: `G ${i}` }),
  );
  const { strip, page } = await openWidget(t, browser, { peers });
  await loaded(strip);
  await strip.locator('.notice').getByText('161 people here').waitFor();
  const colours = (from: number, to: number) =>
    strip.locator('.stage canvas').evaluate(
      (canvas, [left, right]) => {
        if (!(canvas instanceof HTMLCanvasElement)) return -1;
        const data = canvas.getContext('2d')?.getImageData(left, 0, right - left, canvas.height).data ?? [];
        let lively = 0;
        for (let at = 0; at < data.length; at += 4) {
          const [red = 0, green = 0, blue = 0] = data.slice(at, at + 3);
          if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60 && (data[at + 3] ?? 0) > 200) lively += 1;
        }
        return lively;
      },
      [from, to] as const,
    );
  await eventually('coats are near the visitor', async () => (await colours(600, 680)) > 100);
  assert.equal(await colours(190, 300), 0, 'only shapes far away');
  const elements = await page.evaluate(
    () => document.querySelector('town-square')?.shadowRoot?.querySelectorAll('*').length ?? 0,
  );
  assert.ok(elements <= 150, `${elements} elements`);
});

test('calm has a button of its own, which is remembered', async (t) => {
  const { strip, page } = await openWidget(t, browser);
  const calm = strip.getByRole('button', { name: 'Calm' });
  assert.equal(await calm.getAttribute('aria-pressed'), 'false');
  await calm.click();
  assert.equal(await calm.getAttribute('aria-pressed'), 'true');
  await page.reload();
  await strip.locator('.town[data-state=live]').waitFor();
  assert.equal(await calm.getAttribute('aria-pressed'), 'true');
});

test('somebody who was away for long comes back by a press', async (t) => {
  const { strip, square } = await openWidget(t, browser);
  square.hangUp(4001, 'inactive');
  await strip.locator('.notice').getByText('You were away for a while.').waitFor();
  await strip.getByRole('button', { name: 'Step back in' }).click();
  await strip.locator('.town[data-state=live]').waitFor();
  assert.equal(square.sockets, 2);
});

test('where a system has all colours chosen, figures are drawn in them', async (t) => {
  const { strip, errors } = await openWidget(t, browser, {
    attributes: 'style="--ts-ink:#808080"',
    browser: { forcedColors: 'active', colorScheme: 'dark' },
  });
  await loaded(strip);
  const ink = await strip.locator('.town').evaluate((node) => node.style.getPropertyValue('--ink'));
  assert.equal(ink, 'CanvasText', 'not even the page is above that choice');
  assert.ok((await inkAt(strip, 600, 680)) > 50);
  assert.deepEqual(errors, []);
});

test('where colours are all chosen, or contrast is wanted, panels have edges and quiet words are as dark as the rest', async (t) => {
  const forced = await openWidget(t, browser, { height: 800, browser: { forcedColors: 'active' } });
  await loaded(forced.strip);
  await forced.strip.getByRole('button', { name: 'Menu' }).click();
  const menu = forced.strip.getByRole('dialog', { name: 'Menu' });
  for (const part of [
    menu,
    menu.getByLabel('Your name here'),
    menu.getByLabel('On your head'),
    menu.getByLabel('plum'),
  ])
    assert.notEqual(await part.evaluate((node) => getComputedStyle(node).borderTopWidth), '0px');
  const plain = await openWidget(t, browser, { height: 800, browser: { contrast: 'more' } });
  await loaded(plain.strip);
  await plain.strip.getByRole('button', { name: 'Menu' }).click();
  const colorOf = (text: string) =>
    plain.strip.getByText(text, { exact: true }).evaluate((node) => getComputedStyle(node).color);
  assert.equal(await colorOf('Leave it empty to stay a figure.'), await colorOf('What others see'));
});
