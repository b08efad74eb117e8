/** The first seconds: whoever comes walks in, others see it, and is told once what they see. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { WALK_MAX, WALK_MIN } from '../../src/protocol/limits.ts';
import { launchChromium } from '../support/chromium.ts';
import { LiveClient } from '../support/live-client.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openStrip } from './strip-page.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

test('an ordinary visitor walks in from an end of the street, and others see every step of it', async (t) => {
  const square = await startSquareProcess({
    DATA_DIR: tempDir(t),
    SHARDS: '0',
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
  });
  t.after(() => square.stop());
  const witness = await LiveClient.connect(square.socket);
  t.after(() => witness.close());
  await witness.join({ ring: 1, browserId: 'witness-1', x: 0.5 });
  const strip = await openStrip(browser, square.url);
  t.after(() => strip.context.close());
  const { peer } = await witness.next('join');
  const isLeft = peer.x === WALK_MIN;
  assert.ok(isLeft || peer.x === WALK_MAX, `${peer.x} is an end of the street`);
  let x = peer.x;
  let steps = 0;
  while (isLeft ? x < 0.1 : x > 0.9) {
    const next = (await witness.next('move', ({ id }) => id === peer.id)).x;
    assert.ok(isLeft ? next > x : next < x, `${next} after ${x}`);
    x = next;
    steps += 1;
  }
  assert.ok(steps >= 3, `${steps} steps`);
});

test('under reduced motion nobody glides: one is at once in a place of the street', async (t) => {
  const { square } = await openWidget(t, browser, { browser: { reducedMotion: 'reduce' } });
  const x = Number((await square.next('init'))['x']);
  assert.ok(x > 0.1 && x < 0.9, `${x}`);
});

test('a newcomer is told once what others see: not on the next page of the site, and in the menu for ever', async (t) => {
  const { page, strip } = await openWidget(t, browser, { height: 700 });
  const line = strip.locator('.plate.line').getByText('Others see a figure. Name and page are up to you.');
  await line.waitFor();
  assert.match(await strip.getByRole('status').first().textContent().then(String), /Others see a figure/);
  await page.reload();
  await strip.locator('.plate.me').waitFor();
  assert.equal(await line.count(), 0, 'loaded again');
  await page.evaluate(() => location.assign('/elsewhere'));
  await page.waitForURL(/elsewhere/);
  await strip.locator('.plate.me').waitFor();
  assert.equal(await line.count(), 0, 'another page of the site');
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByRole('dialog').getByText('Others see a figure.').waitFor();
});

test('who watches unseen has a dotted figure, which walks for their eyes alone', async (t) => {
  const { page, strip, square, stage } = await openWidget(t, browser, { height: 700, x: 0.4 });
  await square.next('init');
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Watch unseen').click();
  await page.keyboard.press('Escape');
  await strip.locator('.notice').getByText('You are watching unseen.').waitFor();
  assert.equal((await square.next('init'))['x'], undefined, 'who watches says nothing');
  /** Columns of the canvas, 0…1, in which anything is drawn. */
  const drawn = (): Promise<number[]> =>
    strip.evaluate((host) => {
      const canvas = host.shadowRoot?.querySelector('canvas');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      if (!pixels) throw new Error('no canvas');
      const columns = new Set<number>();
      for (let at = 3; at < pixels.data.length; at += 4)
        if (pixels.data[at]) columns.add(((at - 3) / 4) % pixels.width);
      return [...columns].map((column) => column / pixels.width).sort((a, b) => a - b);
    });
  const until = async (fits: (first: number) => boolean): Promise<number> => {
    for (const deadline = performance.now() + 30_000; performance.now() < deadline;) {
      const [first] = await drawn();
      if (first !== undefined && fits(first)) return first;
      await page.waitForTimeout(50);
    }
    return assert.fail('no figure there within 30 s');
  };
  const left = await until(() => true);
  assert.ok(left > 0.35 && left < 0.5, `${left} is where one stood`);
  const heard = square.heard.length;
  await stage.focus();
  await page.keyboard.down('ArrowRight');
  await until((first) => first > left + 0.04);
  await page.keyboard.up('ArrowRight');
  assert.equal(square.heard.length, heard, 'and the square hears nothing of it');
  await strip.getByRole('button', { name: 'Step in' }).click();
  assert.ok(Number((await square.next('init'))['x']) > 0.4, 'one steps in where one stands');
});

test('a square that takes its time is waited for in person: the figure is sketched at an end of the street', async (t) => {
  const { page, strip } = await openWidget(t, browser, {
    before: () => {
      const Socket = WebSocket;
      /** Holds back the first message. */
      globalThis.WebSocket = class extends Socket {
        override send(text: string): void {
          Reflect.set(globalThis, 'letIn', () => super.send(text));
        }
      };
    },
    awaits: 'connecting',
  });
  await strip.locator('.notice').getByText('Finding the path…').waitFor();
  const isDrawn = ([host]: readonly [Element | null]): boolean => {
    const canvas = host?.shadowRoot?.querySelector('canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
    return pixels?.data.some((value) => value > 0) === true;
  };
  const host = [await strip.elementHandle()] as const;
  await page.waitForFunction(isDrawn, host);
  await page.evaluate(() => Reflect.get(globalThis, 'letIn')());
  await strip.locator('.town[data-state=live]').waitFor();
  assert.ok(await page.evaluate(isDrawn, host));
});
