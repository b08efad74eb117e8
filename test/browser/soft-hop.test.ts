/** Over the hill for real: three squares as processes, a browser whose page never moves, witnesses on every street. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { launchChromium } from '../support/chromium.ts';
import { LiveClient } from '../support/live-client.ts';
import { startRing, type RingMember } from '../support/ring-of-processes.ts';
import { openStrip, type StripPage } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const IDS = ['alder', 'birch', 'cedar'];

const stage = ({ page }: StripPage) => page.getByRole('application');
const ribbon = ({ page }: StripPage, name: string) => page.getByRole('group', { name: `You are at ${name}` });

async function witness({ socket }: RingMember, name: string): Promise<LiveClient> {
  const client = await LiveClient.connect(socket);
  await client.join({ ring: 1, browserId: `witness-${name}`, displayName: name, x: 0.5 });
  return client;
}

/** Walks through the right gate by holding the arrow key. */
async function walkRight(strip: StripPage): Promise<void> {
  await stage(strip).focus();
  await strip.page.keyboard.press('End');
  await strip.page.getByText(/Walk on to visit/).waitFor({ timeout: 15_000 });
  await strip.page.keyboard.down('Shift');
  await strip.page.keyboard.down('ArrowRight');
  await strip.next('hopped', (frame) => 'edge' in frame, 20_000);
  await strip.page.keyboard.up('ArrowRight');
  await strip.page.keyboard.up('Shift');
}

test('by keyboard alone: walk off the end of the street, talk there, walk home; the page never moves', async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const there = await witness(birch, 'Bo');
  const home = await witness(alder, 'Di');
  const strip = await openStrip(browser, alder.url);
  const address = strip.page.url();
  await home.next('join');
  await walkRight(strip);
  await ribbon(strip, 'Birch').waitFor();
  const { peer } = await there.next('join');
  assert.equal(peer.ring?.from?.site, 'alder');
  assert.equal((await home.next('leave')).toward, 'right');
  assert.equal(await strip.page.getByRole('status').first().textContent(), 'You are at Birch');

  await stage(strip).focus();
  await strip.page.keyboard.press('t');
  await strip.page.keyboard.type('hello from over the hill');
  await strip.page.keyboard.press('Enter');
  assert.equal((await there.next('say')).text, 'hello from over the hill');
  there.send({ type: 'say', text: 'welcome' });
  await strip.page.getByText('welcome').first().waitFor();

  const back = ribbon(strip, 'Birch').getByRole('button', { name: 'walk home' });
  await back.focus();
  await strip.page.keyboard.press('Enter');
  await ribbon(strip, 'Birch').waitFor({ state: 'detached' });
  await home.next('join');
  assert.equal((await there.next('leave')).id, peer.id);
  assert.equal(strip.page.url(), address);
  await strip.context.close();
  await Promise.all([there.close(), home.close()]);
});

test('a look over the hill shows who is there, and those there learn only that somebody looks', async (t) => {
  const [alder, birch] = await startRing(t, IDS, { RING_SHARING: 'live' });
  assert.ok(alder && birch);
  const there = await witness(birch, 'Bo');
  const strip = await openStrip(browser, alder.url);
  await stage(strip).focus();
  await strip.page.keyboard.press('End');
  await strip.page.getByText(/Walk on to visit Birch/).waitFor({ timeout: 15_000 });
  await strip.page.keyboard.press('ArrowDown');
  await strip.page.getByText('Over at Birch: 1 person').waitFor();
  await strip.page.locator('.plate.theirs', { hasText: 'Bo' }).waitFor();
  const seen = await there.next('neighbours', ({ left }) => left?.lookers === 1);
  assert.ok(!JSON.stringify(seen).includes('browserId'));
  await strip.page.keyboard.press('Escape');
  await there.next('neighbours', ({ left }) => left?.lookers === undefined);
  await strip.context.close();
  await there.close();
});

test('the host is killed during a visit: home within ten seconds, as the same visitor, in the same page', async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const strip = await openStrip(browser, alder.url);
  const { id } = await strip.next('hello');
  await walkRight(strip);
  await ribbon(strip, 'Birch').waitFor();
  const killedAt = performance.now();
  birch.process().kill('SIGKILL');
  await strip.page.getByText('The way was lost. You are home again.').first().waitFor({ timeout: 10_000 });
  assert.ok(performance.now() - killedAt < 10_000);
  const hellos = strip.frames.filter(({ frame }) => frame.type === 'hello').map(({ frame }) => idOf(frame));
  assert.equal(hellos.at(-1), id);
  await strip.context.close();
});

test('the page is closed in the middle of a hop: nobody is left on either street', async (t) => {
  const [alder, birch] = await startRing(t, IDS);
  assert.ok(alder && birch);
  const home = await witness(alder, 'Di');
  const there = await witness(birch, 'Bo');
  const strip = await openStrip(browser, alder.url);
  await home.next('join');
  await walkRight(strip);
  await strip.context.close();
  const { peer } = await there.next('join');
  assert.equal((await there.next('leave')).id, peer.id);
  const late = await LiveClient.connect(alder.socket);
  const { peers } = await late.join({ browserId: 'late-comer' });
  assert.deepEqual(
    peers?.map(({ displayName }) => displayName),
    ['Di'],
  );
  await Promise.all([home.close(), there.close(), late.close()]);
});

function idOf(frame: ServerFrame): number | null | undefined {
  return frame.type === 'hello' ? frame.id : undefined;
}
