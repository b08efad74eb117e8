/** The strip in a real browser, against a square that follows a script. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { encodePositions } from '../../src/protocol/compact.ts';
import type { NeighboursFrame } from '../../src/protocol/frames.ts';
import { launchChromium } from '../support/chromium.ts';
import { gate, visitor } from '../support/fake-square.ts';
import { eventually } from '../support/sharded-square.ts';
import { axeFindings } from './axe.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const figure = (x: number) => ({ h: 'aa', x, color: 0, pose: 'stand' as const, walking: true });
const neighbours = (left: number, right: number, more = {}): NeighboursFrame => ({
  type: 'neighbours',
  ring: { id: 'r', name: 'Small Hours' },
  left: gate('Moss & Ink', 'http://127.0.0.1:1/moss', { count: left, figures: [figure(0.9)], ...more }),
  right: gate('Lantern Diary', 'http://127.0.0.1:1/lantern', { count: right, figures: [], ...more }),
});
const crowd = (size: number) =>
  Array.from({ length: size }, (_, i) => visitor(i + 2, ((i * 61) % 96) / 100 + 0.02, { displayName: `Guest ${i}` }));

/** Counts what is drawn on visible canvases, from before the widget's first line. */
function countDraws(): void {
  Reflect.set(globalThis, 'drawn', 0);
  const original: unknown = Reflect.get(CanvasRenderingContext2D.prototype, 'clearRect');
  if (typeof original !== 'function') return;
  CanvasRenderingContext2D.prototype.clearRect = function clearRect(...box) {
    Reflect.set(globalThis, 'drawn', Number(Reflect.get(globalThis, 'drawn')) + 1);
    Reflect.apply(original, this, box);
  };
}

const drawn = (page: Page) => page.evaluate(() => Number(Reflect.get(globalThis, 'drawn')));

/** Waits until a while passes without a draw. */
async function untilStill(page: Page): Promise<number> {
  for (let tries = 0; tries < 40; tries += 1) {
    const count = await drawn(page);
    await page.waitForTimeout(400);
    if ((await drawn(page)) === count) return count;
  }
  throw new Error('the strip never comes to rest');
}

/** Presses Tab through the page and names what takes the focus inside the strip. */
async function tabStops(page: Page): Promise<string[]> {
  await page.locator('body').click({ position: { x: 5, y: 5 } });
  const stops: string[] = [];
  for (let i = 0; i < 20; i += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const inner = document.activeElement?.shadowRoot?.activeElement;
      return inner === null || inner === undefined ? '' : `${inner.tagName}.${inner.className}`;
    });
    if (name !== '') stops.push(name);
    else if (stops.length > 0) break;
  }
  return stops;
}

test('arrow keys walk, the square is told as the protocol says, and a key let go stands still', async (t) => {
  const { stage, page, square, errors } = await openWidget(t, browser);
  await stage.focus();
  await page.keyboard.down('ArrowRight');
  const walked = () =>
    square.heard.filter((message) => message['type'] === 'move').map((message) => Number(message['x']));
  await eventually('the square hears of the walk', () => walked().length >= 4);
  await page.keyboard.up('ArrowRight');
  // As many as were on their way, and no more from then on.
  let before_ = -1;
  await eventually('the figure stands still', async () => {
    const isOver = walked().length === before_;
    before_ = walked().length;
    await page.waitForTimeout(300);
    return isOver;
  });
  const [first = 0, ...moves] = walked();
  assert.ok(first > 0.5);
  // 180 units of 1,200 in a second, told every 45 ms at most: 0.0067 a message, however late a busy machine sends it.
  for (const [index, x] of moves.entries()) assert.ok(x - (moves[index - 1] ?? first) > 0.0019);
  const atLeast = (0.9 * 45 * 180) / 1_000 / 1_200;
  assert.ok(((moves.at(-1) ?? 0) - first) / moves.length > atLeast, `${first}, ${moves.join()}`);
  assert.deepEqual(errors, []);
});

test('the first message asks for the ring, shares no page and stores nothing', async (t) => {
  const { square, page } = await openWidget(t, browser);
  const init = await square.next('init');
  assert.equal(init['ring'], 1);
  assert.equal('readingUrl' in init, false);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
});

test('one request and one socket until the first figure, and a page that does not move while the strip comes up', async (t) => {
  const page = `<!doctype html><html lang="en"><head><title>A</title><link rel="icon" href="data:,">
    <style>town-square{display:block;min-height:148px}</style></head><body><h1>A</h1>__WIDGET__<p>After the strip.</p></body></html>`;
  const opened = await openWidget(t, browser, {
    page,
    // Whoever is alone is sent company in a file of its own, later.
    peers: crowd(2),
    neighbours: neighbours(4, 11),
    before: () => {
      document.addEventListener('ts-join', () => Reflect.set(globalThis, 'joinedAt', performance.now()));
      Reflect.set(globalThis, 'shift', 0);
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          Reflect.set(
            globalThis,
            'shift',
            Number(Reflect.get(globalThis, 'shift')) + Number(Reflect.get(entry, 'value')),
          );
        }
      }).observe({ type: 'layout-shift', buffered: true });
    },
  });
  await eventually('all later files are asked for', () => opened.square.requests.length > 4);
  await opened.page.waitForTimeout(500);
  const [, , ...later] = opened.square.requests;
  assert.deepEqual(opened.square.requests.slice(0, 2), ['/', '/townring.js']);
  assert.deepEqual(
    later.map((path) => path.replace(/\?.*/, '')),
    ['/townring-street.js', '/townring-more.js', '/townring-panels.js'],
  );
  const [asked, joined] = await opened.page.evaluate(() => {
    const entry = performance.getEntriesByType('resource').find(({ name }) => name.includes('townring-street'));
    return [entry?.startTime ?? 0, Number(Reflect.get(globalThis, 'joinedAt'))] as const;
  });
  assert.ok(asked >= joined && joined > 0, `asked for a later file at ${asked}, in at ${joined}`);
  assert.equal(opened.square.sockets, 1);
  assert.equal(await opened.page.evaluate(() => Reflect.get(globalThis, 'shift')), 0);
});

test('the page is not held up by the strip: it asks for no layout of its own, and wakes nothing slow for English', async (t) => {
  const { page, strip } = await openWidget(t, browser, {
    peers: crowd(2),
    neighbours: neighbours(4, 11),
    before: () => {
      const asked: string[] = [];
      const made: string[] = [];
      Object.assign(globalThis, { asked, made });
      const hear = (owner: object, name: string): void => {
        const known = Object.getOwnPropertyDescriptor(owner, name) ?? {};
        const kind = known.get === undefined ? 'value' : 'get';
        const apply = (target: () => unknown, self: unknown, given: unknown[]): unknown => {
          asked.push(name);
          return Reflect.apply(target, self, given);
        };
        Object.defineProperty(owner, name, { ...known, [kind]: new Proxy(known[kind], { apply }) });
      };
      for (const name of ['clientWidth', 'clientHeight', 'getBoundingClientRect']) hear(Element.prototype, name);
      for (const name of ['offsetWidth', 'offsetHeight', 'offsetTop']) hear(HTMLElement.prototype, name);
      hear(globalThis, 'getComputedStyle');
      const define = customElements.define.bind(customElements);
      customElements.define = (...given) => {
        define(...given);
        Reflect.set(globalThis, 'askedAtStart', [...asked]);
      };
      for (const name of ['PluralRules', 'NumberFormat'] as const) {
        Reflect.set(
          Intl,
          name,
          new Proxy(Intl[name], {
            construct: (made_, given) => (made.push(name), Reflect.construct(made_, given)),
          }),
        );
      }
      document.addEventListener('ts-join', () => Reflect.set(globalThis, 'madeByThen', [...made]));
    },
  });
  await strip.getByRole('button', { name: 'People, 3' }).waitFor();
  const [asked, made] = await page.evaluate(() => [
    Reflect.get(globalThis, 'askedAtStart'),
    Reflect.get(globalThis, 'madeByThen'),
  ]);
  assert.deepEqual(asked, [], 'what the strip has laid out while the element is made');
  assert.deepEqual(made, [], 'before the first figure');
});

test('nothing is drawn while nothing moves, and a step of somebody else is', async (t) => {
  const { page, square } = await openWidget(t, browser, {
    peers: [visitor(2, 0.2, { displayName: 'Ada' })],
    neighbours: neighbours(1, 0),
    before: countDraws,
  });
  const still = await untilStill(page);
  await page.waitForTimeout(1_500);
  assert.equal(await drawn(page), still);
  square.send({ type: 'move', ...visitor(2, 0.3) });
  await eventually('a step is drawn', async () => (await drawn(page)) >= still + 3);
  const stillAgain = await untilStill(page);
  // The walk is 120 units: two thirds of a second, and a rest of the same, at 30 pictures a second.
  assert.ok(stillAgain - still <= 40, `${stillAgain - still} pictures`);
  square.send(encodePositions([{ id: 2, x: 0.2 }]));
  await eventually('a compact position is a step too', async () => (await drawn(page)) >= stillAgain + 3);
  await untilStill(page);
});

test('as many tab stops with 200 people as alone, and no more than eight', async (t) => {
  const alone = await openWidget(t, browser, { neighbours: neighbours(4, 11) });
  const full = await openWidget(t, browser, { neighbours: neighbours(4, 11), peers: crowd(200) });
  const stops = await tabStops(alone.page);
  assert.equal(stops.length, 8, stops.join());
  assert.deepEqual(await tabStops(full.page), stops);
  const elements = await full.page.evaluate(
    () => document.querySelector('town-square')?.shadowRoot?.querySelectorAll('*').length ?? 0,
  );
  assert.ok(elements <= 150, `${elements} elements`);
});

test('under reduced motion nothing runs, others still arrive, and the hills are counts', async (t) => {
  const { page, square, strip, stage } = await openWidget(t, browser, {
    peers: [visitor(2, 0.2, { displayName: 'Ada' })],
    neighbours: neighbours(4, 11),
    browser: { reducedMotion: 'reduce' },
    before: countDraws,
  });
  assert.equal(await page.evaluate(() => Reflect.get(document.querySelector('town-square') ?? {}, 'calm')), true);
  const still = await untilStill(page);
  const begun = performance.now();
  for (let i = 0; i < 10; i += 1) {
    square.send({ type: 'move', ...visitor(2, 0.2 + i / 50, { displayName: 'Ada' }) });
    await page.waitForTimeout(100);
  }
  await page.waitForTimeout(2_200);
  await eventually('the others are drawn where they are', async () => (await drawn(page)) > still);
  const changes = (await drawn(page)) - still;
  const most = Math.floor((performance.now() - begun) / 2_000) + 2;
  assert.ok(changes <= most, `${changes} pictures, one in two seconds would be ${most}`);
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  assert.equal(await strip.locator('.gate.left .n').textContent(), '4');
  await stage.focus();
  await page.keyboard.press('ArrowRight');
  assert.ok(Number((await square.next('move'))['x']) > 0.5);
});

test('axe finds nothing, with the panels closed and open', async (t) => {
  const { page, strip } = await openWidget(t, browser, { neighbours: neighbours(4, 11), peers: crowd(3), height: 700 });
  // The host page of the test is no part of the widget.
  const violations = async () => (await axeFindings(page)).filter((line) => !line.includes('<main'));
  assert.deepEqual(await violations(), []);
  for (const name of [/People/, 'Menu']) {
    await strip.getByRole('button', { name }).click();
    assert.deepEqual(await violations(), []);
    await page.keyboard.press('Escape');
  }
});

test('a lost square is counted down, tried at once on demand, and one line waits for it', async (t) => {
  const { page, strip, square } = await openWidget(t, browser, { peers: crowd(2) });
  await square.next('init');
  square.hangUp();
  await strip
    .locator('.notice')
    .getByText(/Lost the path\. Trying again/)
    .waitFor();
  await strip.getByRole('textbox').fill('see you soon');
  await page.keyboard.press('Enter');
  const button = strip.getByRole('button', { name: 'Try now' });
  if (await button.isVisible()) await button.click({ timeout: 1_000 }).catch(() => undefined);
  await square.next('init');
  assert.equal((await square.next('say'))['text'], 'see you soon');
  await strip.locator('.town[data-state=live]').waitFor();
  assert.equal(
    await strip
      .locator('.notice')
      .getByText(/Lost the path/)
      .count(),
    0,
  );
});

test('a square that shows somebody out is not asked again, says so neutrally, and shows an empty path', async (t) => {
  const { page, strip, square } = await openWidget(t, browser, {
    peers: [visitor(2, 0.3, { displayName: 'Ada' })],
    neighbours: neighbours(3, 0),
  });
  await strip.locator('.plate').getByText('Ada').waitFor();
  await strip.getByRole('link', { name: /Moss & Ink.*3 people/ }).waitFor();
  square.hangUp(4001, 'kicked');
  await strip.getByRole('button', { name: 'Step back in' }).waitFor();
  assert.equal(await strip.locator('.notice .firm > span').textContent(), 'You were shown out.');
  assert.match((await strip.getByRole('application').getAttribute('aria-label')) ?? '', /Not connected\.$/);
  await strip.locator('.plate').first().waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => Reflect.get(document.querySelector('town-square') ?? {}, 'people')), 0);
  // The page's own links still lead on; how many are there is not known any more.
  assert.doesNotMatch((await strip.getByRole('link').first().textContent()) ?? '', /people/);
  await page.waitForTimeout(1_500);
  assert.equal(square.sockets, 1);
});

test('the claim code is gone from the address bar before the first message, and the visitor walks in from that edge', async (t) => {
  const code = 'abcdefghijklmnopqrstuv';
  const { page, square, strip } = await openWidget(t, browser, {
    hash: `#chapter&ts=${code}`,
    x: 0.98,
    hello: {
      displayName: 'Robin',
      arrival: { from: { site: 'moss', name: 'Moss & Ink', url: 'http://127.0.0.1:1/' }, side: 'right' },
    },
  });
  assert.equal(new URL(page.url()).hash, '#chapter');
  const init = await square.next('init');
  assert.deepEqual(init['arrival'], { code, referrer: '' });
  await strip.getByText('Robin (you)').waitFor();
  const walked = () =>
    square.heard.filter((message) => message['type'] === 'move').map((message) => Number(message['x']));
  await eventually('the visitor walks in', () => walked().length > 3 && (walked().at(-1) ?? 1) < 0.9);
  const moves = walked();
  assert.ok(moves.every((x, index) => index === 0 || x < (moves[index - 1] ?? 1)));
  await page.reload();
  assert.equal('arrival' in (await square.next('init')), false);
});

test('an offered plate is asked about, and put on by an ordinary profile', async (t) => {
  const from = { site: 'moss', name: 'Moss & Ink', url: 'http://127.0.0.1:1/' };
  const { square, strip } = await openWidget(t, browser, {
    hello: { arrival: { from, side: 'left', offered: { displayName: 'Ada', look: 17 } } },
  });
  await strip.locator('.notice').getByText('Enter as Ada from Moss & Ink?').waitFor();
  await strip.getByRole('button', { name: 'Yes' }).click();
  const profile = await square.next('profile');
  assert.deepEqual([profile['displayName'], profile['look']], ['Ada', 17]);
  assert.equal(await strip.getByRole('button', { name: 'Yes' }).count(), 0);
});

test('with script off the links are ordinary links', async (t) => {
  const { page } = await openWidget(t, browser, { browser: { javaScriptEnabled: false } });
  const links = page.locator('town-square a');
  assert.deepEqual(await links.allTextContents(), ['← Moss & Ink', 'Lantern Diary →']);
  assert.equal(await links.first().isVisible(), true);
  assert.equal(await links.first().getAttribute('href'), 'http://127.0.0.1:1/moss');
});

test('gates are real links; a plain click takes a code along, a modified one is the browser’s own', async (t) => {
  const opened = await openWidget(t, browser, { neighbours: neighbours(4, 11) });
  const { page, square, strip } = opened;
  const link = strip.getByRole('link', { name: /Moss & Ink/ });
  assert.equal(await link.getAttribute('href'), 'http://127.0.0.1:1/moss');
  assert.match((await link.textContent()) ?? '', /4 people, west gate/);
  const code = 'ABCDEFGHIJKLMNOPQRSTUV';
  square.options = {
    ...square.options,
    passage: (side) => ({ type: 'passage', side, url: `${square.origin}/elsewhere`, code }),
  };
  await link.click({ modifiers: ['ControlOrMeta'] });
  assert.equal(
    square.heard.some((message) => message['type'] === 'gate'),
    false,
  );
  await link.click();
  assert.equal((await square.next('gate'))['side'], 'left');
  await page.waitForURL(`${square.origin}/elsewhere*`);
  await square.next('init');
  assert.deepEqual((await square.next('init'))['arrival'], { code, referrer: `${square.origin}/` });
});

test('the page can refuse a hop, and Enter at a gate makes one', async (t) => {
  const { page, square, stage, strip } = await openWidget(t, browser, { x: 0.03, neighbours: neighbours(4, 11) });
  await page.evaluate(() => document.addEventListener('ts-hop', (event) => event.preventDefault(), { once: true }));
  await strip.getByText('Walk on to visit Moss & Ink').waitFor();
  await stage.focus();
  await page.keyboard.press('Enter');
  assert.equal(
    square.heard.some((message) => message['type'] === 'hop'),
    false,
  );
  await page.keyboard.press('Enter');
  assert.equal((await square.next('hop'))['side'], 'left');
});

test('figures over the hill move, fade when the neighbour falls silent, and the count never flashes', async (t) => {
  const { page, square, strip } = await openWidget(t, browser, { neighbours: neighbours(1, 0) });
  const hill = () =>
    strip.locator('.stage canvas').evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return '';
      const data = canvas.getContext('2d')?.getImageData(0, 0, 140, canvas.height).data ?? [];
      let ink = 0;
      let middle = 0;
      for (const [index, value] of data.entries()) {
        if (index % 4 !== 3) continue;
        ink += value;
        middle += value * (((index - 3) / 4) % 140);
      }
      return ink === 0 ? 'empty' : `${Math.round(middle / ink)}`;
    });
  let stood = NaN;
  await eventually('the figure stands on the hill', async () => {
    const before_ = stood;
    stood = Number(await hill());
    await page.waitForTimeout(300);
    return stood === before_;
  });
  square.send(neighbours(1, 0, { figures: [figure(0.7)] }));
  await eventually('it walks away', async () => Number(await hill()) < stood - 10);
  square.send(neighbours(1, 0, { state: 'dark', count: undefined, figures: [] }));
  await eventually('it fades', async () => (await hill()) === 'empty');
  assert.equal(await strip.locator('.gate.left .n').textContent(), 'asleep');
  assert.equal(await strip.locator('.gate.left').getAttribute('data-state'), 'dark');
});

test('a phone gets chips, large targets and a strip that follows the visitor', async (t) => {
  const { page, strip, square } = await openWidget(t, browser, {
    width: 390,
    height: 700,
    browser: { hasTouch: true, isMobile: true },
    neighbours: neighbours(4, 11),
    peers: crowd(6),
  });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  for (const target of ['.tool.wave', '.tool.calm', '.say input']) {
    const box = await strip.locator(target).boundingBox();
    assert.ok(box !== null && box.height >= 44 && box.width >= 44, target);
  }
  assert.ok(
    Number.parseFloat(await strip.locator('.say input').evaluate((node) => getComputedStyle(node).fontSize)) >= 16,
  );
  const stage = await strip.locator('.stage').boundingBox();
  assert.ok(stage !== null);
  await page.touchscreen.tap(stage.x + 300, stage.y + 108);
  assert.ok(Number((await square.next('move'))['x']) > 0.5);
});

test('a classic square without a ring shows plain hills, and talk works', async (t) => {
  const peers = [visitor(2, 0.3, { displayName: 'Ada' })];
  const { square, strip, page } = await openWidget(t, browser, { peers, isClassic: true });
  // Nothing is known of neighbours: the links of the page stand at the gates, without any count.
  await strip.locator('.gate.left[data-state=unknown]').waitFor();
  assert.equal(await strip.locator('.gate.left .n').count(), 0);
  square.send({ type: 'say', id: 2, text: '<b>hello</b> & hi', at: 1 });
  await strip.locator('.bubble').getByText('<b>hello</b> & hi').waitFor();
  assert.equal(await strip.getByRole('log').getByText('Ada: <b>hello</b> & hi').count(), 1);
  await strip.getByRole('textbox').fill('good evening');
  await page.keyboard.press('Enter');
  assert.equal((await square.next('say'))['text'], 'good evening');
  await strip.locator('.bubble.mine').getByText('good evening').waitFor();
});

test('a file that does not come is told, asked for again on demand, and then does what was wanted', async (t) => {
  for (const file of ['/townring-more.js', '/townring-panels.js']) {
    const { strip, square, page, errors } = await openWidget(t, browser, { missing: [file] });
    await strip.getByRole('button', { name: 'Menu' }).click();
    await strip.locator('.notice').getByText('This part did not load.').waitFor();
    square.options = { ...square.options, missing: [] };
    await strip.getByRole('button', { name: 'Try now' }).click();
    await strip.getByLabel('Your name here').waitFor();
    assert.equal(await strip.locator('.notice').getByText('did not load').count(), 0);
    const tries = square.requests.filter((path) => path.startsWith(file));
    assert.equal(new Set(tries).size, tries.length, 'each try has a URL of its own');
    assert.deepEqual([errors, await page.evaluate(() => document.title)], [[], 'Notes from a small garden']);
  }
});

test('words sent off before the second file is here are kept, and said once it is', async (t) => {
  const { strip, square, page } = await openWidget(t, browser, { missing: ['/townring-more.js'] });
  await strip.getByRole('textbox').fill('am I early?');
  await page.keyboard.press('Enter');
  await strip.locator('.notice').getByText('This part did not load.').waitFor();
  square.options = { ...square.options, missing: [] };
  await strip.getByRole('button', { name: 'Try now' }).click();
  assert.equal((await square.next('say'))['text'], 'am I early?');
  await strip.locator('.bubble.mine').getByText('am I early?').waitFor();
  assert.equal(await strip.getByRole('textbox').inputValue(), '');
});

test('the strip speaks the language of its page, and follows a change of it', async (t) => {
  const { strip, page } = await openWidget(t, browser, { attributes: 'lang="de-AT"' });
  await strip.getByRole('button', { name: 'Winken' }).waitFor();
  await strip.getByRole('button', { name: 'Menü' }).click();
  await strip.getByLabel('Dein Name hier').waitFor();
  await page.evaluate(() => document.querySelector('town-square')?.setAttribute('lang', 'en'));
  await strip.getByRole('button', { name: 'Wave' }).waitFor();
});

test('a part whose words do not come speaks English, and the others go on in the language of the page', async (t) => {
  const missing = ['/townring-panels.de.json'];
  const { strip } = await openWidget(t, browser, { attributes: 'lang="de"', missing });
  await strip.getByRole('button', { name: 'Menü' }).click();
  await strip.getByLabel('Your name here').waitFor();
});

test('a name is told on Save, not while it is typed, and only then remembered under one key', async (t) => {
  const { page, square, strip } = await openWidget(t, browser, { height: 700 });
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Your name here').fill('Çiğdem');
  assert.equal(
    square.heard.some((message) => message['type'] === 'profile'),
    false,
  );
  await strip.getByRole('button', { name: 'Save' }).click();
  assert.equal((await square.next('profile'))['displayName'], 'Çiğdem');
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), ['townring']);
  const first = await square.next('init');
  await page.reload();
  const second = await square.next('init');
  assert.deepEqual([second['displayName'], second['browserId']], ['Çiğdem', first['browserId']]);
});

test('keys typed in the strip do not reach the page', async (t) => {
  const { page, strip, stage } = await openWidget(t, browser);
  await page.evaluate(() => {
    Reflect.set(globalThis, 'keys', []);
    document.addEventListener('keydown', (event) => {
      const keys: unknown = Reflect.get(globalThis, 'keys');
      if (Array.isArray(keys)) keys.push(event.key);
    });
  });
  await strip.getByRole('textbox').pressSequentially('ab');
  await stage.focus();
  await page.keyboard.press('ArrowRight');
  assert.deepEqual(await page.evaluate(() => Reflect.get(globalThis, 'keys')), []);
});
