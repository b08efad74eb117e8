/** The project's main job, for real: three squares as three processes, real browsers on their pages. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { LiveClient } from '../support/live-client.ts';
import { startRing } from '../support/ring-of-processes.ts';
import { openStrip, stripOn, type StripPage } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const IDS = ['alder', 'birch', 'cedar'];

test('a visitor walking on one square is seen moving on the next horizon within 2 s, and gone within 2 s of closing the tab', async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const watcher = await openStrip(browser, birch.url);
  const empty = await watcher.horizon('left');
  const walker = await openStrip(browser, alder.url);
  // To the end of the street that faces birch: only those near the gate are seen over the hill.
  await walker.page.locator('town-square').getByRole('application').focus();
  const begun = performance.now();
  await walker.page.keyboard.down('Shift');
  await walker.page.keyboard.down('ArrowRight');
  const moving = await watcher.next(
    'neighbours',
    ({ left }) => left?.figures.some(({ walking }) => walking) ?? false,
    2_000,
  );
  assert.ok(performance.now() - begun < 2_000);
  assert.equal(moving.left?.count, 1);
  await watcher.next('neighbours', ({ left }) => (left?.figures[0]?.x ?? 0) > 0.9, 10_000);
  const first = await changedHorizon(watcher, empty, 2_000);
  await walker.page.keyboard.up('ArrowRight');
  await walker.page.keyboard.up('Shift');
  await watcher.next('neighbours', ({ left }) => left?.figures[0]?.walking === false, 3_000);
  await walker.page.keyboard.down('ArrowLeft');
  const second = await changedHorizon(watcher, first, 2_000);
  assert.notEqual(second, first, 'the silhouette moves on the canvas');
  await walker.page.keyboard.up('ArrowLeft');

  const closing = performance.now();
  const seen = watcher.frames.length;
  await walker.context.close();
  await watcher.next(
    'neighbours',
    (frame) => watcher.frames.findIndex((entry) => entry.frame === frame) >= seen && frame.left?.figures.length === 0,
    2_000,
  );
  assert.ok(performance.now() - closing < 2_000);
  await watcher.untilSign('left', ({ count }) => count === '0' || count === '', 5_000);
  await watcher.context.close();
});

test("the next square's head-count at the gate follows who comes and goes there", async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const reader = await openStrip(browser, alder.url);
  await reader.untilSign('right', ({ state }) => state === 'live', 5_000);
  const guests = [await LiveClient.connect(birch.socket), await LiveClient.connect(birch.socket)];
  for (const [index, guest] of guests.entries()) await guest.join({ browserId: `guest${index}` });
  await reader.untilSign('right', ({ count }) => count === '2', 6_000);
  await guests[0]?.close();
  await reader.untilSign('right', ({ count }) => count === '1', 8_000);
  await guests[1]?.close();
  await reader.context.close();
});

test('a hop arrives walking in from the facing edge under the same name, with a clean address bar; the same code again is an ordinary arrival', async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const witness = await LiveClient.connect(birch.socket);
  await witness.join({ browserId: 'witness', ring: 1 });
  const strip = await openStrip(browser, alder.url);
  await nameOneself(strip, 'Ada');
  await strip.next('profile', ({ displayName }) => displayName === 'Ada');
  const hello = await strip.next('hello');

  const requests: string[] = [];
  strip.page.on('request', (request) => requests.push(request.url()));
  await strip.page.locator('town-square').locator('.gate.right').click();
  const passage = await strip.next('passage');
  assert.ok('url' in passage && passage.code !== undefined, JSON.stringify(passage));
  assert.ok(passage.url.startsWith(`${birch.url}/`), 'the entry of the signed list');
  const arrived = await strip.next('hello', ({ arrival }) => arrival !== undefined);
  assert.equal(strip.page.url(), `${birch.url}/`, 'the address bar is clean');
  assert.deepEqual(
    [arrived.displayName, arrived.x, arrived.arrival?.side, arrived.arrival?.from.site],
    ['Ada', 0, 'left', 'alder'],
  );
  assert.equal(arrived.ring?.look, hello.ring?.look, 'the same look');
  assert.ok(!requests.some((url) => url.includes(passage.code ?? 'none')), 'the code is in no request');

  const seen = await witness.next('join', ({ peer }) => peer.displayName === 'Ada');
  assert.deepEqual([seen.peer.x, seen.peer.ring?.from?.site], [0, 'alder'], 'others see who they are and where from');
  const step = await witness.next('move', ({ id, x }) => id === seen.peer.id && x > 0.03);
  assert.ok(step.x < 0.5, 'they walk in from the left edge');
  const plate = strip.page.locator('town-square').getByText('Ada').first();
  await plate.waitFor({ state: 'visible', timeout: 5_000 });

  const again = await openStrip(browser, `${birch.url}/#ts=${passage.code}`);
  const ordinary = await again.next('hello');
  assert.deepEqual([ordinary.arrival, ordinary.displayName], [undefined, '']);
  assert.equal(again.page.url(), `${birch.url}/`);
  for (const { context } of [strip, again]) await context.close();
  await witness.close();
});

test('a square killed without a word is dim at its neighbour within 8 s, dark within 16 s, and live within 5 s of its return', async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const guest = await LiveClient.connect(birch.socket);
  await guest.join({ browserId: 'guest' });
  const strip = await openStrip(browser, alder.url);
  await strip.untilSign('right', ({ state, count }) => state === 'live' && count === '1', 6_000);
  const killed = performance.now();
  birch.process().kill('SIGKILL');
  await birch.process().exited;
  const since = () => Math.round(performance.now() - killed);
  await strip.untilSign('right', ({ state }) => state === 'dim', 8_000);
  const dimAfterMs = since();
  await strip.untilSign('right', ({ state }) => state === 'dark', 16_000 - dimAfterMs);
  const darkAfterMs = since();
  assert.deepEqual(strip.neighbours()?.right?.figures, [], 'nobody is shown standing there');
  await birch.restart();
  const liveAfterMs = Math.round(await strip.untilSign('right', ({ state }) => state === 'live', 5_000));
  t.diagnostic(JSON.stringify({ dimAfterMs, darkAfterMs, liveAfterMs }));
  assert.ok(dimAfterMs < 8_000 && darkAfterMs < 16_000 && liveAfterMs < 5_000);
  await strip.context.close();
});

test('a page that is opened before the ring stands shows its neighbours as soon as they are there', async (t) => {
  const [alder, birch] = await startRing(t, ['alder', 'birch']);
  assert.ok(alder && birch);
  const context = await browser.newContext();
  const page = await context.newPage();
  const strip = stripOn(page, context);
  birch.process().kill('SIGTERM');
  await birch.process().exited;
  await page.goto(alder.url);
  await strip.untilSign('right', ({ state }) => state === 'dark', 5_000);
  await birch.restart();
  await strip.untilSign('right', ({ state }) => state === 'live', 5_000);
  await context.close();
});

/** Waits until the pixels over the left hill are others. */
async function changedHorizon(strip: StripPage, former: string, withinMs: number): Promise<string> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const now = await strip.horizon('left');
    if (now !== former || performance.now() > deadline) return now;
    await strip.page.waitForTimeout(50);
  }
}

async function nameOneself({ page }: StripPage, name: string): Promise<void> {
  const strip = page.locator('town-square');
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Your name here').fill(name);
  await strip.getByRole('button', { name: 'Save' }).click();
  await page.keyboard.press('Escape');
}
