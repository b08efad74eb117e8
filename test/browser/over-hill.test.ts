/** Looking over the hill and walking over it, as a visitor does it; the square is the lab's. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startLabSquare, type LabSquareProcess } from '../../scripts/lab-square.ts';
import { launchChromium } from '../support/chromium.ts';

let browser: Browser;
let lab: LabSquareProcess;
before(async () => {
  [browser, lab] = await Promise.all([launchChromium(), startLabSquare()]);
});
after(async () => {
  await browser.close();
  await lab.stop();
});

/** The strip with the visitor at the right gate, its second file there. */
async function atGate(options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 320 }, ...options });
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(`${lab.url}/lab/?bare=1&state=at-gate`);
  await page.getByText('Walk on to visit Lantern Diary').waitFor();
  return { page, errors };
}

const stage = (page: Page) => page.getByRole('application');
const status = (page: Page) => page.getByRole('status');
/** The words that hang over the path, which are said as well. */
const remark = (page: Page, text: string) => page.locator('.remark', { hasText: text });

test('by keyboard alone: look over the hill, walk over it, walk home; the page stays where it is', async () => {
  const { page, errors } = await atGate();
  const address = page.url();
  await stage(page).focus();
  await page.keyboard.press('ArrowDown');
  await remark(page, 'Over at Lantern Diary: 6 people').waitFor();
  await page.keyboard.press('Escape');
  await remark(page, 'Over at Lantern Diary').waitFor({ state: 'detached' });
  assert.ok(await stage(page).evaluate((node) => node.matches(':focus')));

  await page.keyboard.down('ArrowRight');
  const ribbon = page.getByRole('group', { name: 'You are at Lantern Diary' });
  await ribbon.waitFor();
  await page.keyboard.up('ArrowRight');
  const where = 'You are at Lantern Diary, with your look.';
  const what = 'Only the path has moved on. Your page stays where it is.';
  assert.equal(await status(page).textContent(), `${where} ${what}`, 'what went along, and at first what a hop is');
  await remark(page, what).waitFor();
  assert.equal(await ribbon.locator('.along').textContent(), 'with your look');
  await page.getByText('Søren').first().waitFor();

  // One tab stop for both ways on, arrows between them.
  const home = ribbon.getByRole('button', { name: 'walk home' });
  await home.focus();
  await page.keyboard.press('ArrowRight');
  assert.ok(await ribbon.getByRole('link', { name: 'open page' }).evaluate((node) => node.matches(':focus')));
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.getByText('You are home again.').first().waitFor();
  await ribbon.waitFor({ state: 'detached' });
  await stage(page).press('End');
  await page.getByText('Walk on to visit Lantern Diary').waitFor();
  await stage(page).press('Enter');
  await ribbon.waitFor();
  assert.equal(await status(page).textContent(), where, 'once is enough');
  assert.equal(page.url(), address);
  assert.deepEqual(errors, []);
  await page.close();
});

test('Enter at the gate walks over; the sign is a link and leads to the page', async () => {
  const { page } = await atGate();
  await stage(page).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: 'You are at Lantern Diary' }).waitFor();
  const sign = page.getByRole('link', { name: /Lantern Diary/ });
  assert.equal(await sign.getAttribute('href'), 'https://lantern.example/');
  await page.close();
});

test('in calm nothing slides, and the visitor is there all the same', async () => {
  const { page } = await atGate({ reducedMotion: 'reduce' });
  await stage(page).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: 'You are at Lantern Diary' }).waitFor();
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  const running = await page
    .locator('town-square')
    .evaluate((host) => host.shadowRoot?.getAnimations().filter(({ playState }) => playState === 'running').length);
  assert.equal(running, 0);
  await page.close();
});

test('by touch: a finger held on the sign looks over the hill and does not follow the link', async () => {
  const { page } = await atGate({ viewport: { width: 390, height: 320 }, hasTouch: true });
  const address = page.url();
  const box = await page.getByRole('link', { name: /Lantern Diary/ }).boundingBox();
  assert.ok(box !== null);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const session = await page.context().newCDPSession(page);
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await remark(page, 'Over at Lantern Diary: 6 people').waitFor();
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  assert.equal(page.url(), address);
  await page.close();
});

test('who looks away or does nothing for 12 seconds is back on the own street', async () => {
  const { page } = await atGate();
  await page.clock.install();
  await stage(page).focus();
  await page.keyboard.press('ArrowDown');
  const seen = remark(page, 'Over at Lantern Diary: 6 people');
  await page.clock.runFor(2_000);
  await seen.waitFor();
  await page.clock.runFor(12_100);
  await seen.waitFor({ state: 'detached' });
  await page.close();
});
