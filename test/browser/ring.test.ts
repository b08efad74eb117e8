/** The project's main job, for real: three squares as three processes, real browsers on their pages. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { LiveClient } from '../support/live-client.ts';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { shortestMs } from '../support/promptness.ts';
import { startRing } from '../support/ring-of-processes.ts';
import { openStrip, stripOn, type StripPage } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const IDS = ['alder', 'birch', 'cedar'];

/** How long anything may take before a test gives up; what is promised is asserted beside it. */
const PATIENCE_MS = 30_000;

type Neighbours = Extract<ServerFrame, { type: 'neighbours' }>;
type GateView = NonNullable<Neighbours['left']>;

test('a visitor walking on one square is seen moving on the next horizon within 2 s, and gone within 2 s of closing the tab', async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const watcher = await openStrip(browser, birch.url);
  const empty = await watcher.horizon('left');
  let walker = await openStrip(browser, alder.url);
  const onHorizon = (fits: (left: GateView) => boolean) =>
    nextNeighbours(watcher, ({ left }) => left !== null && left !== undefined && fits(left));
  await watcher.next('neighbours', ({ left }) => left?.count === 1, PATIENCE_MS);

  const movingMs = await shortestMs(2_000, async () => {
    // Away from the nearer end of the street: nobody walks on there.
    const key = (watcher.neighbours()?.left?.figures[0]?.x ?? 0) < 0.5 ? 'ArrowRight' : 'ArrowLeft';
    await walker.page.locator('town-square').getByRole('application').focus();
    const begun = performance.now();
    const seen = onHorizon(({ figures }) => figures.some(({ walking }) => walking));
    await walker.page.keyboard.down(key);
    await seen;
    const tookMs = performance.now() - begun;
    const stopped = onHorizon(stands);
    await walker.page.keyboard.up(key);
    await stopped;
    return tookMs;
  });
  assert.ok(movingMs < 2_000, `seen moving after ${movingMs} ms`);

  // At the end of the street that faces birch the silhouette stands on the canvas, and moves there.
  const near = onHorizon((left) => (left.figures[0]?.x ?? 0) > 0.9 && stands(left));
  await walker.page.keyboard.press('End');
  await near;
  const first = await changedHorizon(watcher, empty);
  const back = onHorizon(({ figures }) => figures.some(({ walking }) => walking));
  await walker.page.keyboard.down('ArrowLeft');
  await back;
  await changedHorizon(watcher, first);
  await walker.page.keyboard.up('ArrowLeft');

  const goneMs = await shortestMs(2_000, async () => {
    if (walker.page.isClosed()) {
      const again = onHorizon(({ figures }) => figures.length === 1);
      walker = await openStrip(browser, alder.url);
      await again;
    }
    const gone = onHorizon(({ figures }) => figures.length === 0);
    const closing = performance.now();
    await walker.context.close();
    await gone;
    return performance.now() - closing;
  });
  assert.ok(goneMs < 2_000, `gone after ${goneMs} ms`);
  t.diagnostic(JSON.stringify({ movingMs, goneMs }));
  await watcher.untilSign('left', ({ count }) => count === '0' || count === '', PATIENCE_MS);
  await watcher.context.close();
});

test("the next square's head-count at the gate follows who comes and goes there", async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const reader = await openStrip(browser, alder.url);
  await reader.untilSign('right', ({ state }) => state === 'live', PATIENCE_MS);
  const guests = [await LiveClient.connect(birch.socket), await LiveClient.connect(birch.socket)];
  for (const [index, guest] of guests.entries()) await guest.join({ browserId: `guest${index}` });
  await reader.untilSign('right', ({ count }) => count === '2', PATIENCE_MS);
  await guests[0]?.close();
  await reader.untilSign('right', ({ count }) => count === '1', PATIENCE_MS);
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
  await plate.waitFor({ state: 'visible', timeout: PATIENCE_MS });

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
  const strip = await openStrip(browser, alder.url);
  const promised = { dim: 8_000, dark: 16_000, live: 5_000 };
  const least = { dim: Infinity, dark: Infinity, live: Infinity };
  const isKept = () => least.dim < promised.dim && least.dark < promised.dark && least.live < promised.live;
  // Once, and a second time only where a busy machine may have taken what was missing.
  for (let attempt = 0; attempt < 2 && !isKept(); attempt++) {
    const guest = await LiveClient.connect(birch.socket);
    await guest.join({ browserId: 'guest' });
    await strip.untilSign('right', ({ state, count }) => state === 'live' && count === '1', PATIENCE_MS);
    const killedAt = performance.now();
    birch.process().kill('SIGKILL');
    await birch.process().exited;
    await strip.untilSign('right', ({ state }) => state === 'dim', PATIENCE_MS);
    least.dim = Math.min(least.dim, performance.now() - killedAt);
    await strip.untilSign('right', ({ state }) => state === 'dark', PATIENCE_MS);
    least.dark = Math.min(least.dark, performance.now() - killedAt);
    assert.deepEqual(strip.neighbours()?.right?.figures, [], 'nobody is shown standing there');
    await birch.restart();
    least.live = Math.min(least.live, await strip.untilSign('right', ({ state }) => state === 'live', PATIENCE_MS));
  }
  t.diagnostic(JSON.stringify(least));
  assert.ok(isKept(), JSON.stringify(least));
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
  await strip.untilSign('right', ({ state }) => state === 'dark', PATIENCE_MS);
  await birch.restart();
  await strip.untilSign('right', ({ state }) => state === 'live', PATIENCE_MS);
  await context.close();
});

/** There is somebody, and nobody walks. */
const stands = ({ figures }: GateView): boolean => figures.length > 0 && !figures.some(({ walking }) => walking);

/** A `neighbours` frame from now on: what came before does not count. */
async function nextNeighbours(strip: StripPage, fits: (frame: Neighbours) => boolean): Promise<Neighbours> {
  const seen = strip.frames.length;
  return strip.next(
    'neighbours',
    (frame) => strip.frames.findIndex((entry) => entry.frame === frame) >= seen && fits(frame),
    PATIENCE_MS,
  );
}

/** Waits until the pixels over the left hill are others. */
async function changedHorizon(strip: StripPage, former: string): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const now = await strip.horizon('left');
    if (now !== former) return now;
    if (performance.now() > deadline) throw new Error('the horizon stays as it was');
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
