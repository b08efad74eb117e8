/** What a page may do with the element, as docs/embed.md promises it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { gate, visitor } from '../support/fake-square.ts';
import { eventually } from '../support/sharded-square.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const loaded = (strip: Locator) => strip.locator('.town[data-more=here]').waitFor();

/** Opaque pixels of the figures' canvas that are of one colour. */
function pixelsOf(strip: Locator, rgb: readonly [number, number, number]): Promise<number> {
  return strip.locator('.stage canvas').evaluate((canvas, [red, green, blue]) => {
    if (!(canvas instanceof HTMLCanvasElement)) return -1;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) count += 1;
    }
    return count;
  }, rgb);
}

/** Keeps what the element tells the page; `ts-hop` is refused. */
function listen(page: Page): Promise<void> {
  return page.evaluate(() => {
    const told: unknown[] = [];
    Reflect.set(globalThis, 'told', told);
    document.addEventListener('ts-hop', (event) => {
      event.preventDefault();
      told.push(Reflect.get(event, 'detail'));
    });
  });
}

test('figures wear the colours that the page gives the strip, whatever way it writes them, and change with it', async (t) => {
  const { page, strip, errors } = await openWidget(t, browser, {
    attributes: 'theme="light" style="--ts-ink:light-dark(#c00,#0c0);--ts-glow:oklch(.7 .1 80/.5)"',
    peers: [visitor(2, 0.4), visitor(3, 0.6)],
  });
  await loaded(strip);
  await eventually('red lines', async () => (await pixelsOf(strip, [204, 0, 0])) > 50);
  await page.evaluate(() => document.querySelector('town-square')?.setAttribute('theme', 'dark'));
  await eventually('green lines', async () => (await pixelsOf(strip, [0, 204, 0])) > 50);
  // A page's own switch, which changes nothing but a property.
  await page.evaluate(() => {
    document.querySelector('town-square')?.setAttribute('style', '--ts-ink:currentColor;color:#a0a');
    document.documentElement.classList.add('violet');
  });
  await eventually('violet lines', async () => (await pixelsOf(strip, [170, 0, 170])) > 50);
  assert.deepEqual(errors, []);
});

test('calm that a page sets before the script came is taken for its word, and can be read and changed after', async (t) => {
  const { page, strip } = await openWidget(t, browser, {
    // Modules run when the page is parsed, after this.
    page: '<!doctype html><title>Early</title>__WIDGET__<script>document.querySelector("town-square").calm = true</script>',
  });
  const calm = strip.getByRole('button', { name: 'Calm' });
  await strip.locator('[aria-pressed=true]').waitFor();
  await page.evaluate(() => Reflect.set(document.querySelector('town-square') ?? {}, 'calm', false));
  assert.equal(await calm.getAttribute('aria-pressed'), 'false');
});

test('an attribute that changes only how the strip looks or is called leaves its visitor where they are', async (t) => {
  const { page, strip, square } = await openWidget(t, browser);
  await page.evaluate(() => {
    const element = document.querySelector('town-square');
    for (const [name, value] of [
      ['label', 'Garden path'],
      ['height', 'compact'],
      ['theme', 'dark'],
      ['calm', ''],
    ] as const)
      element?.setAttribute(name, value);
  });
  await strip.getByRole('region', { name: 'Garden path' }).waitFor();
  assert.equal((await strip.boundingBox())?.height, 116);
  assert.equal(square.sockets, 1);
});

test('the page hears which way somebody goes through a gate, and can keep them either way', async (t) => {
  const { page, stage, strip, square } = await openWidget(t, browser, {
    x: 0.97,
    neighbours: {
      type: 'neighbours',
      ring: { id: 'r', name: 'Small Hours' },
      left: null,
      right: gate('Lantern Diary', 'http://127.0.0.1:1/lantern', { count: 2 }),
    },
  });
  await loaded(strip);
  await listen(page);
  await stage.press('Enter');
  await strip.getByRole('link', { name: 'Lantern Diary' }).click();
  await page.evaluate(() =>
    Reflect.apply(
      Reflect.get(document.querySelector('town-square') ?? {}, 'go'),
      document.querySelector('town-square'),
      ['right'],
    ),
  );
  const url = 'http://127.0.0.1:1/lantern';
  assert.deepEqual(await page.evaluate(() => Reflect.get(globalThis, 'told')), [
    { side: 'right', url, kind: 'soft' },
    { side: 'right', url, kind: 'page' },
    { side: 'right', url, kind: 'soft' },
  ]);
  assert.deepEqual(
    square.heard.filter(({ type }) => type === 'hop' || type === 'gate'),
    [],
  );
});

test('an element that its page takes out and puts in again fifty times weighs what it weighed', async (t) => {
  const { strip, square, errors } = await openWidget(t, browser, { peers: [visitor(2, 0.4)] });
  await loaded(strip);
  const weigh = () =>
    strip.evaluate(({ shadowRoot }) => [
      shadowRoot?.adoptedStyleSheets.length,
      shadowRoot?.querySelectorAll('*').length,
    ]);
  const first = await weigh();
  for (let round = 0; round < 50; round += 1) {
    await strip.evaluate((element) => {
      const place = element.parentElement;
      element.remove();
      place?.append(element);
    });
    // Now and then it has time to come up in between.
    if (round % 10 !== 0) continue;
    await strip.locator('.town[data-state=live]').waitFor();
    await loaded(strip);
  }
  await strip.locator('.town[data-state=live]').waitFor();
  await loaded(strip);
  await eventually('as heavy as before', async () => String(await weigh()) === String(first));
  const ids = new Set(square.heard.filter(({ type }) => type === 'init').map(({ browserId }) => browserId));
  assert.equal(ids.size, 1, 'and has one visitor');
  assert.deepEqual(errors, []);
});

test('an owner’s own words stand before those of any language, as text; what cannot be read changes nothing', async (t) => {
  const withWords = (json: string) => ({
    page: `<!doctype html><html lang="de"><title>Words</title>__WIDGET__<script>
document.querySelector("town-square").insertAdjacentHTML("beforeend", ${JSON.stringify(
      `<script type="application/json">${json}</script>`,
    ).replaceAll('</', '<\\/')})</script>`,
  });
  const own = { town: 'Der <b>Teich</b>', heads: { one: '{n} Frosch', other: '{n} Frösche' }, wave: 7, log: null };
  const { strip, errors } = await openWidget(t, browser, withWords(JSON.stringify(own)));
  await strip.getByRole('region', { name: 'Der <b>Teich</b>' }).waitFor();
  await strip.getByRole('button', { name: 'Winken' }).waitFor();
  for (const broken of ['{"town": "Der', '["Teich"]', 'null', '{"town": {"one": "Teich"}}']) {
    const other = await openWidget(t, browser, withWords(broken));
    await other.strip.getByRole('region', { name: 'Dorfplatz' }).waitFor();
    assert.deepEqual(other.errors, []);
  }
  assert.deepEqual(errors, []);
});
