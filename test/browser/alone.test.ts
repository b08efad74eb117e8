/** Alone on the street: where the last visitor walked, and a cat; and nothing of it for whoever wants no motion. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import type { NeighboursFrame } from '../../src/protocol/frames.ts';
import { gate, visitor } from '../support/fake-square.ts';
import { openWidget, type WidgetPage, type WidgetPageOptions } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** One stands in the middle of the street, and everything is loaded. */
async function openAlone(t: Parameters<typeof openWidget>[0], options: WidgetPageOptions = {}): Promise<WidgetPage> {
  const opened = await openWidget(t, browser, { x: 0.5, hasClock: true, ...options });
  await opened.strip.locator('.town[data-more=here]').waitFor();
  if (options.browser?.reducedMotion === undefined)
    await opened.strip.locator('.prints').waitFor({ state: 'attached' });
  return opened;
}

/** Where beside one's own figure anything stands on the street, 0…1 of the strip, leftmost first. */
function others(strip: Locator): Promise<number[]> {
  return strip.evaluate((host) => {
    const canvas = host.shadowRoot?.querySelector('canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
    if (!pixels) throw new Error('no canvas');
    const columns = new Set<number>();
    for (let at = 3; at < pixels.data.length; at += 4) if (pixels.data[at]) columns.add(((at - 3) / 4) % pixels.width);
    // A figure with what it carries is 24 px to each side.
    const own = canvas === null || canvas === undefined ? 0 : 24 / canvas.width;
    return [...columns]
      .map((column) => column / pixels.width)
      .filter((column) => Math.abs(column - 0.5) > own)
      .sort((a, b) => a - b);
  });
}

test('a cat comes to whoever is alone, sits down by them, and nothing is drawn while it sits', async (t) => {
  const { page, strip } = await openAlone(t);
  let first: number | undefined;
  while (first === undefined) {
    await page.clock.runFor(500);
    [first] = await others(strip);
  }
  assert.ok(first > 0.6 || first < 0.4, `${first}: it comes from a hill`);
  await page.clock.runFor(15_000);
  const near = await others(strip);
  assert.ok(near.length > 0 && near.every((x) => Math.abs(x - 0.5) < 0.05), near.join());
  await page.evaluate(() => {
    const ask = globalThis.requestAnimationFrame.bind(globalThis);
    let asked = 0;
    globalThis.requestAnimationFrame = (run) => {
      Reflect.set(globalThis, 'asked', (asked += 1));
      return ask(run);
    };
  });
  await page.clock.runFor(20_000);
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'asked') ?? 0), 0);
});

/** With so many people over the east hill, and nobody over the west one. */
function neighbours(count: number | undefined): NeighboursFrame {
  const far = gate('Lantern Diary', 'http://127.0.0.1:1/lantern');
  const { count: _none, ...untold } = far;
  return {
    type: 'neighbours',
    ring: { id: 'r', name: 'Small Hours' },
    left: gate('Moss & Ink', 'http://127.0.0.1:1/moss'),
    right: count === undefined ? untold : { ...far, count },
  };
}

test('the cat comes to nobody while people may be over the hills, and goes when some are', async (t) => {
  const { page, strip, square } = await openAlone(t, { neighbours: neighbours(3) });
  await strip.getByText('Just you. 3 people over the east hill.').waitFor();
  await page.clock.runFor(20_000);
  assert.deepEqual(await others(strip), []);
  square.send(neighbours(undefined));
  await strip.getByText('Just you.', { exact: true }).waitFor();
  await page.clock.runFor(20_000);
  assert.deepEqual(await others(strip), [], 'a neighbour that tells no number may be full of people');
  square.send(neighbours(0));
  await strip.getByText('Quiet tonight.').waitFor();
  await page.clock.runFor(20_000);
  assert.notDeepEqual(await others(strip), []);
  square.send(neighbours(1));
  await strip.getByText('Just you. 1 person over the east hill.').waitFor();
  await page.clock.runFor(15_000);
  assert.deepEqual(await others(strip), []);
});

test('when somebody comes the cat walks away over the hill', async (t) => {
  const { page, strip, square } = await openAlone(t);
  await page.clock.runFor(20_000);
  assert.notDeepEqual(await others(strip), []);
  square.send({ type: 'join', peer: visitor(2, 0.5) });
  await strip.getByRole('button', { name: 'People, 2' }).waitFor();
  await page.clock.runFor(15_000);
  assert.deepEqual(await others(strip), []);
});

test('the last visitor’s steps stay on the path for whoever is left alone, and fade within the hour', async (t) => {
  const { page, strip, square } = await openAlone(t, { peers: [visitor(2, 0.3)] });
  const prints = (): Promise<string | null> => strip.locator('.prints').getAttribute('d');
  for (let step = 1; step <= 20; step += 1) {
    square.send({ type: 'move', ...visitor(2, 0.3 + step * 0.005) });
    await page.clock.runFor(100);
  }
  await page.clock.runFor(2_000);
  assert.equal(await prints(), '', 'not under their feet');
  square.send({ type: 'leave', id: 2 });
  await strip.getByRole('button', { name: 'People, 1' }).waitFor();
  const steps = [...((await prints()) ?? '').matchAll(/M([\d.]+)/g)].map(([, x]) => Number(x));
  assert.ok(steps.length >= 4, await prints().then(String));
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
    'one after the other',
  );
  const opacity = (): Promise<number> => strip.locator('.prints').evaluate(({ style }) => Number(style.opacity));
  const first = await opacity();
  await page.clock.fastForward(40 * 60_000);
  assert.ok((await opacity()) < first, 'fainter');
  await page.clock.fastForward(21 * 60_000);
  assert.equal(await prints(), '');
});

test('whoever comes to an empty street finds the steps of the last visitor, who was never seen here', async (t) => {
  const footprints = { x: 0.7, heading: 'left', minutesAgo: 58 };
  const { page, strip, square } = await openAlone(t, { hello: { footprints } });
  const prints = (): Promise<string | null> => strip.locator('.prints').getAttribute('d');
  const steps = [...((await prints()) ?? '').matchAll(/M([\d.]+)[^h]*h(-?)3/g)];
  assert.ok(steps.length >= 12, await prints().then(String));
  assert.ok(
    steps.every(([, , sign]) => sign === '-'),
    'they lead to the left',
  );
  await page.clock.fastForward(3 * 60_000);
  assert.equal(await prints(), '');
  square.options = { ...square.options, hello: { footprints: { x: '0.7', heading: 'up', minutesAgo: -1 } } };
  square.hangUp();
  await square.next('init');
  await page.clock.runFor(5_000);
  await square.next('init');
  await strip.locator('.town[data-state=live]').waitFor();
  assert.equal(await prints(), '', 'what makes no sense is left out');
});

test('under reduced motion no cat comes and no steps are left', async (t) => {
  const { page, strip, square } = await openAlone(t, {
    browser: { reducedMotion: 'reduce' },
    peers: [visitor(2, 0.3)],
  });
  square.send({ type: 'move', ...visitor(2, 0.4) });
  await page.clock.runFor(3_000);
  square.send({ type: 'leave', id: 2 });
  await strip.getByRole('button', { name: 'People, 1' }).waitFor();
  await page.clock.runFor(60_000);
  assert.deepEqual(await others(strip), []);
  assert.equal(await strip.locator('.prints').count(), 0);
  assert.ok(!square.requests.some((path) => path.includes('alone')), 'nor are they fetched');
});
