/** A page with the snippet that a registration hands out: a classic page on a square of ours. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startHttpSquare } from '../support/http-square.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

test('a page with the classic snippet shows our strip in its place, in the colours of its site and the theme of the page', async (t) => {
  let html = '';
  const pages = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(html);
  });
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  t.after(() => {
    pages.closeAllConnections();
    pages.close();
  });
  const address = pages.address();
  assert.ok(address !== null && typeof address !== 'string');
  const square = await startHttpSquare(t);
  const site = await square.register({
    origin: `http://127.0.0.1:${address.port}`,
    styleConfig: { light: { ink: '#203040' }, dark: { ink: '#d0e0f0' } },
  });
  html = `<!doctype html><title>moss</title><body style="color:#111">${site.answer.embedSnippet}`;
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(site.origin);
  const strip = page.locator('#townsquare-root > town-square');
  await strip.locator('.town[data-state=live]').waitFor();
  const presence = await square.get(`/api/site-presence?siteKey=${site.siteKey}`);
  assert.deepEqual(presence.json, { activeVisitors: 1 });
  const ink = () => strip.locator('.town').evaluate((town) => getComputedStyle(town).color);
  assert.equal(await ink(), 'rgb(32, 48, 64)');
  assert.equal(await strip.getAttribute('theme'), 'light');
  await page.evaluate(() => document.body.setAttribute('style', 'color:#eee;background:#111'));
  await page.locator('#townsquare-root > town-square[theme=dark]').waitFor();
  assert.equal(await ink(), 'rgb(208, 224, 240)');
  const mounted = await page.evaluate(async (module) => {
    const { mountTownSquare } = await import(module);
    return mountTownSquare({ theme: 'dark' }) === document.querySelector('town-square');
  }, `${square.url}/townsquare.mjs`);
  assert.ok(mounted, 'once, however often it is called');
  assert.equal(await page.locator('town-square').count(), 1);
});
