/** Visits as they happen: a screen reader's, in two tabs, back and forward, through an outage, among two hundred. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { freePorts } from '../../scripts/free-ports.ts';
import { startSquareProcess, type SquareProcess } from '../../scripts/square-process.ts';
import { launchChromium } from '../support/chromium.ts';
import { startFakeSquare } from '../support/fake-square.ts';
import { LiveClient } from '../support/live-client.ts';
import { openTab } from '../support/raw-chromium.ts';
import { metric } from '../support/ring-of-processes.ts';
import { tempDir } from '../support/temp-dir.ts';
import { eventually } from '../support/sharded-square.ts';
import { listen, nameOneself } from './hill-walk.ts';
import { openStrip, stripOn } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

async function startSquare(t: TestContext, more: Readonly<Record<string, string>> = {}): Promise<SquareProcess> {
  const square = await startSquareProcess({
    DATA_DIR: tempDir(t),
    SHARDS: '0',
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
    MIN_HUMAN_SAY_MS: '0',
    IP_MAX_IDENTITIES: '0',
    IP_JOIN_LIMIT: '0',
    IP_STATE_EVENT_LIMIT: '0',
    MAX_CONNECTIONS: '400',
    ...more,
  });
  t.after(() => square.stop());
  return square;
}

async function profileOf(t: TestContext, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 700 }, ...options });
  t.after(() => context.close());
  return context;
}

async function guest(t: TestContext, square: SquareProcess, name: string): Promise<LiveClient> {
  const client = await LiveClient.connect(square.socket);
  t.after(() => client.close());
  await client.join({ browserId: name.toLowerCase(), displayName: name, x: 0.4, ring: 1 });
  return client;
}

const visitorsOf = (square: SquareProcess) => metric(square.url, /^square_visitors (\d+)/m);

test('a screen reader finds one path, what can be done, no pictures, and hears who comes and what is said', async (t) => {
  const square = await startSquare(t);
  const strip = await openStrip(browser, square.url, { context: await profileOf(t) });
  const host = strip.page.locator('town-square');
  const tree = (await host.ariaSnapshot()).split('\n').map((line) => line.trim());
  const has = (pattern: RegExp): void =>
    assert.ok(
      tree.some((line) => pattern.test(line)),
      `${String(pattern)} in ${tree.join('\n')}`,
    );
  has(/^- region "This square"/);
  has(/^- application "Path\. 1 person\. Arrow keys walk\."/);
  has(/^- textbox "Say something/);
  for (const name of ['Wave', 'People, 1', 'Menu']) has(new RegExp(`^- button "${name}"`));
  assert.ok(!tree.some((line) => /^- (img|graphics)/.test(line)), 'the picture is for the eyes only');

  const spoken = await listen(strip.page);
  const noor = await guest(t, square, 'Noor');
  await eventually('coming is announced', async () => (await spoken()).some((line) => line === 'Noor came in'));
  await host.getByRole('application', { name: /2 people/ }).waitFor();
  noor.send({ type: 'say', text: 'good evening' });
  await eventually('a line is read', async () => (await spoken()).includes('Noor: good evening'));
  // The throttle of the square lets one line through in half a second; many at once are gathered.
  const talkers = await Promise.all(['Jun', 'Mei', 'Kofi', 'Zoe', 'Bram', 'Pia'].map((name) => guest(t, square, name)));
  for (const talker of talkers) talker.send({ type: 'say', text: 'hello' });
  await eventually('the rest is counted', async () => (await spoken()).some((line) => /^\d+ new lines$/.test(line)));
  const read = (await spoken()).filter((line) => line.endsWith(': hello'));
  assert.ok(read.length < talkers.length, `${read.length} of ${talkers.length} lines were read out`);
});

/** What the browser itself tells assistive software of the page, a line for each part that it tells of. */
async function toldBy(context: BrowserContext, page: Page): Promise<string[]> {
  const devtools = await context.newCDPSession(page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  await devtools.detach();
  return nodes.flatMap(({ ignored, role, name, properties = [] }) => {
    if (ignored) return [];
    const live = properties.find((property) => property.name === 'live')?.value.value;
    return [`${role?.value} "${name?.value ?? ''}"${live === undefined ? '' : ` ${live}`}`];
  });
}

test('what the browser tells assistive software: the path, its parts by name, what is said, politely, and no canvas', async (t) => {
  const square = await startSquare(t);
  const strip = await openStrip(browser, square.url, { context: await profileOf(t) });
  const noor = await guest(t, square, 'Noor');
  await strip.page
    .locator('town-square')
    .getByRole('application', { name: /2 people/ })
    .waitFor();
  const told = await toldBy(strip.context, strip.page);
  for (const part of [
    'region "This square"',
    'application "Path. 2 people. Arrow keys walk."',
    'textbox "Say something"',
    'button "Wave"',
    'button "People, 2"',
    'button "Menu"',
  ])
    assert.equal(told.filter((line) => line === part).length, 1, `${part} in ${told.join('\n')}`);
  for (const role of ['log', 'status']) {
    const lines = told.filter((line) => line.startsWith(`${role} `));
    assert.ok(lines.length > 0 && lines.every((line) => line.endsWith(' polite')), `${role}: ${lines.join()}`);
  }
  assert.deepEqual(
    told.filter((line) => /^(Canvas|graphics)/i.test(line)),
    [],
    'the picture is for the eyes only',
  );
  noor.send({ type: 'say', text: 'good evening' });
  await eventually('what is said is in the tree', async () =>
    (await toldBy(strip.context, strip.page)).some((line) => line.includes('Noor: good evening')),
  );
});

test('two tabs of one visitor are one figure, which moves in both, and stays while one is left', async (t) => {
  const square = await startSquare(t);
  const witness = await guest(t, square, 'Witness');
  const context = await profileOf(t);
  const first = await openStrip(browser, square.url, { context });
  await nameOneself(first, 'Ada');
  const { id } = await first.next('hello');
  await witness.next('profile', (profile) => profile.displayName === 'Ada');
  const second = await openStrip(browser, square.url, { context });
  assert.equal((await second.next('hello')).id, id);
  assert.equal(await visitorsOf(square), 2);

  await second.page.locator('town-square').getByRole('application').focus();
  const { x } = await second.next('hello');
  await second.page.keyboard.down(x < 0.5 ? 'ArrowRight' : 'ArrowLeft');
  await first.next('move', (move) => move.id === id && Math.abs(move.x - x) > 0.02);
  await second.page.keyboard.up(x < 0.5 ? 'ArrowRight' : 'ArrowLeft');
  witness.take();
  await second.page.close();
  await second.page.context().pages()[0]?.waitForTimeout(2_000);
  assert.equal(
    witness.take().some((frame) => frame.type === 'leave'),
    false,
    'nobody left',
  );
  assert.equal(await visitorsOf(square), 2);
});

test('back and forward, a visitor is there again at once, once, and as who they were', async (t) => {
  const square = await startSquare(t);
  const context = await profileOf(t);
  const page = await context.newPage();
  const strip = stripOn(page, context);
  await page.goto(square.url);
  await strip.next('hello');
  await nameOneself(strip, 'Ada');
  const { id } = await strip.next('hello');
  const live = page.locator('town-square .town[data-state=live]');
  await page.goto(`${square.url}/healthz`);
  await page.goBack();
  await live.waitFor();
  await page.goForward();
  await page.goBack();
  await live.waitFor();
  await eventually('one figure', async () => (await visitorsOf(square)) === 1);
  assert.equal(strip.frames.findLast(({ frame }) => frame.type === 'hello')?.frame.type, 'hello');
  const last = strip.frames.flatMap(({ frame }) => (frame.type === 'hello' ? [frame] : [])).at(-1);
  assert.deepEqual([last?.id, last?.displayName], [id, 'Ada']);
  assert.equal(new URL(page.url()).hash, '');
});

test('out of the browser’s own memory of pages the strip is live again, and its visitor in the same place', async (t) => {
  const square = await startFakeSquare({ x: 0.4 });
  t.after(() => square.close());
  const tab = await openTab(t);
  await tab.ask('Page.enable');
  await tab.ask('Page.navigate', { url: square.origin });
  const isLive = "document.querySelector('town-square')?.shadowRoot?.querySelector('.town')?.dataset.state === 'live'";
  await tab.until(isLive);
  await tab.value("addEventListener('pageshow', ({ persisted }) => (globalThis.isFromMemory = persisted))");
  const inits = () => square.heard.filter(({ type }) => type === 'init');
  for (const visits of [2, 3]) {
    await tab.value('globalThis.isFromMemory = false');
    await tab.ask('Page.navigate', { url: 'about:blank' });
    await tab.until("location.href === 'about:blank'");
    await tab.value('history.back()');
    await tab.until('globalThis.isFromMemory');
    await eventually('the strip speaks again', () => inits().length >= visits);
    await tab.until(isLive);
    assert.equal(inits().length, visits);
    assert.equal(inits().at(-1)?.['browserId'], inits()[0]?.['browserId']);
    assert.equal(inits().at(-1)?.['x'], 0.4);
  }
  assert.equal(await tab.value("document.querySelector('town-square').people"), 1);
});

test('through an outage of the square the words are kept, one line waits, and the visitor is back as who they were', async (t) => {
  const [port = 0] = await freePorts(1);
  const dataDir = tempDir(t);
  const settings = { DATA_DIR: dataDir, PORT: String(port) };
  const square = await startSquare(t, settings);
  const strip = await openStrip(browser, square.url, {
    // Nobody glides: the place of the first hello is the place one has.
    context: await profileOf(t, { reducedMotion: 'reduce' }),
  });
  const host = strip.page.locator('town-square');
  await nameOneself(strip, 'Ada');
  const before_ = await strip.next('hello');
  square.kill('SIGKILL');
  await square.exited;
  await host
    .locator('.notice')
    .getByText(/Lost the path/)
    .waitFor();
  await host.getByRole('textbox').first().fill('still here');
  await strip.page.keyboard.press('Enter');
  await host
    .locator('.notice')
    .getByText(/Will send when back/)
    .waitFor();

  const again = await startSquare(t, settings);
  const witness = await guest(t, again, 'Witness');
  assert.equal((await witness.next('say')).text, 'still here');
  await host.locator('.town[data-state=live]').waitFor();
  const hello = strip.frames.flatMap(({ frame }) => (frame.type === 'hello' ? [frame] : [])).at(-1);
  assert.equal(hello?.displayName, 'Ada');
  assert.ok(Math.abs((hello?.x ?? 0) - before_.x) < 0.01, 'in the old place');
  assert.equal(
    await host
      .locator('.notice')
      .getByText(/Lost the path/)
      .count(),
    0,
  );
});

test('among two hundred who walk, the page keeps its size and its stops, and one can still speak', async (t) => {
  const square = await startSquare(t, {
    WS_MESSAGES_PER_SECOND: '0',
    IP_CHAT_EVENT_LIMIT: '0',
    IP_SYNC_ACTION_ROUNDS: '0',
  });
  const strip = await openStrip(browser, square.url, { context: await profileOf(t) });
  const crowd: LiveClient[] = [];
  for (let index = 0; index < 200; index += 1) {
    const walker = await LiveClient.connect(square.socket);
    await walker.join({
      browserId: `walker-${index}`,
      x: 0.03 + (0.94 * index) / 200,
      displayName: index % 2 ? `W${index}` : '',
    });
    crowd.push(walker);
  }
  t.after(() => Promise.all(crowd.map((walker) => walker.close())));
  const host = strip.page.locator('town-square');
  await host.getByRole('button', { name: 'People, 201' }).waitFor();
  for (let steps = 0; steps < 8; steps += 1) {
    for (const [index, walker] of crowd.entries()) {
      walker.send({ type: 'move', x: 0.03 + (0.94 * ((index + steps) % 200)) / 200 });
    }
    await strip.page.waitForTimeout(200);
  }
  const elements = await host.evaluate((node) => node.shadowRoot?.querySelectorAll('*').length ?? 0);
  assert.ok(elements <= 150, `${elements} elements`);
  const stops = await host.evaluate(
    (node) =>
      [...(node.shadowRoot?.querySelectorAll<HTMLElement>('a[href],button,input,[tabindex]') ?? [])].filter(
        (one) => one.tabIndex >= 0 && one.getClientRects().length > 0,
      ).length,
  );
  assert.ok(stops <= 8, `${stops} tab stops`);
  await host.getByRole('textbox').first().fill('what a crowd');
  await strip.page.keyboard.press('Enter');
  const [first] = crowd;
  assert.ok(first !== undefined);
  assert.equal((await first.next('say')).text, 'what a crowd');
});
