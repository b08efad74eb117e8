/** The counter, on a page of another origin than its square's. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startHostSite, type HostPage } from '../support/host-pages.ts';
import { LiveClient } from '../support/live-client.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const page =
  (body: string, lang = 'en') =>
  (squareUrl: string): HostPage => ({
    html: `<!doctype html><html lang="${lang}"><title>A</title><link rel="icon" href="data:,"><body>
${body.replaceAll('__URL__', squareUrl)}<script type="module" src="${squareUrl}/townring-count.js"></script>`,
  });
const COUNT = '<p><town-square-count href="__URL__">see who is there</town-square-count></p>';

test('the number is there in the words of the page, without a socket, and is asked for only while it can be seen', async (t) => {
  const { origin, square } = await startHostSite(t, {
    '/en': page(COUNT),
    '/ar': page(COUNT, 'ar'),
    '/far': page(`<div style="height:4000px"></div>${COUNT}`),
    '/wrong': page(COUNT.replace('href=', 'site="nobody" href=')),
  });
  const guests = await Promise.all(['a', 'b'].map(() => LiveClient.connect(square.socket)));
  for (const [index, guest] of guests.entries()) await guest.join({ browserId: `guest${index}` });
  const context = await browser.newContext();
  t.after(() => context.close());
  const opened = await context.newPage();
  let sockets = 0;
  const asked: string[] = [];
  opened.on('websocket', () => (sockets += 1));
  opened.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const counter = opened.locator('town-square-count');

  await opened.goto(`${origin}/en`);
  await counter.getByText('2 people').waitFor();
  assert.equal(await counter.evaluate((node) => Reflect.get(node, 'people')), 2);
  await opened.goto(`${origin}/ar`);
  await counter.getByText('شخصان').waitFor();
  assert.equal(sockets, 0);

  asked.length = 0;
  await opened.goto(`${origin}/far`);
  await opened.waitForTimeout(500);
  assert.ok(!asked.includes('/api/site-presence'), 'far down the page nothing is asked');
  await counter.scrollIntoViewIfNeeded();
  await counter.getByText('2 people').waitFor();

  const answered = opened.waitForResponse(/site-presence/);
  await opened.goto(`${origin}/wrong`);
  assert.equal((await answered).status(), 404);
  assert.equal(await counter.innerText(), 'see who is there', 'what the page wrote stays');
  for (const guest of guests) await guest.close();
});

test('amid words that run the other way the number stays by its word', async (t) => {
  const { origin, square } = await startHostSite(t, {
    '/': page('<p dir="rtl">عند الساحة <town-square-count href="__URL__">see</town-square-count> الآن</p>'),
  });
  const guests = await Promise.all(['a', 'b'].map(() => LiveClient.connect(square.socket)));
  for (const [index, guest] of guests.entries()) await guest.join({ browserId: `guest${index}` });
  const context = await browser.newContext();
  t.after(() => context.close());
  const opened = await context.newPage();
  await opened.goto(`${origin}/`);
  const counter = opened.locator('town-square-count');
  await counter.getByText('2 people').waitFor();
  const [number = 0, word = 0] = await counter.evaluate((host) => {
    const text = host.shadowRoot?.querySelector('[part=words]')?.firstChild;
    if (!text) throw new Error('no words');
    return [0, 2].map((from) => {
      const range = document.createRange();
      range.setStart(text, from);
      range.setEnd(text, from + 1);
      return range.getBoundingClientRect().x;
    });
  });
  assert.ok(number < word, '“2 people”, not “people 2”');
  for (const guest of guests) await guest.close();
});
