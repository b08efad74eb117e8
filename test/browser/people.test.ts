/** The list of people and places, and what a visitor can ask of it for themself alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { gate, visitor } from '../support/fake-square.ts';
import { eventually } from '../support/sharded-square.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const PEERS = [visitor(2, 0.45, { displayName: 'Ada' }), visitor(3, 0.7, { displayName: 'Noor' })];

test('words of somebody muted are neither shown nor read out nor kept, until they are heard again; nobody is told', async (t) => {
  const { strip, square } = await openWidget(t, browser, { height: 700, peers: PEERS });
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('button', { name: 'Mute Ada' }).click();
  square.send({ type: 'typing', id: 2, typing: true });
  square.send({ type: 'say', id: 2, text: 'first', at: 1 });
  square.send({ type: 'say', id: 3, text: 'second', at: 2 });
  await strip.locator('.bubble').getByText('second').waitFor();
  assert.equal(await strip.locator('.bubble').count(), 1);
  assert.equal(await strip.getByRole('log').getByText('first').count(), 0);
  await strip.getByRole('button', { name: 'Hear Ada again' }).click();
  square.send({ type: 'say', id: 2, text: 'third', at: 3 });
  await strip.locator('.bubble').getByText('third').waitFor();
  await strip.getByRole('tab', { name: 'Talk' }).click();
  assert.deepEqual(await strip.locator('.lines p').allTextContents(), ['Noor second', 'Ada third']);
  assert.deepEqual(
    square.heard.map((message) => message['type']).filter((type) => type !== 'init' && type !== 'reading'),
    [],
  );
});

test('somebody hidden is gone from street, plates and list, also after a lost path, and comes back on demand', async (t) => {
  const { strip, square, page } = await openWidget(t, browser, { height: 700, peers: PEERS });
  await strip.locator('.plate').getByText('Ada').waitFor();
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('button', { name: 'Hide Ada' }).click();
  await strip.locator('.plate').getByText('Ada').waitFor({ state: 'detached' });
  assert.equal(await strip.getByRole('button', { name: /Ada/ }).count(), 0);
  square.hangUp();
  await strip.locator('.town[data-state=waiting]').waitFor();
  await strip.locator('.town[data-state=live]').waitFor();
  await strip.locator('.plate').getByText('Noor').waitFor();
  assert.equal(await strip.locator('.plate').getByText('Ada').count(), 0);
  await page.keyboard.press('Escape');
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('button', { name: 'Show everybody again' }).click();
  await strip.locator('.plate').getByText('Ada').waitFor();
});

test('a press on somebody opens a card: who that is, and what one can do', async (t) => {
  const { strip, square, stage, page } = await openWidget(t, browser, { height: 700, peers: PEERS });
  await strip.locator('.town[data-more=here]').waitFor();
  const box = await stage.boundingBox();
  assert.ok(box !== null);
  // At 1,280 px the street is drawn at 0.797 px a unit, beside hills of 162 px.
  await page.mouse.click(box.x + 162 + 0.45 * 956, box.y + 80);
  const card = strip.getByRole('dialog', { name: 'Ada' });
  await card.getByRole('button', { name: 'Wave to Ada' }).click();
  assert.equal((await square.next('action'))['action'], 'raise-hand');
  await card.getByRole('button', { name: 'Walk to' }).click();
  assert.ok(Number((await square.next('move'))['x']) < 0.5);
  await card.waitFor({ state: 'hidden' });
});

test('places are reached from the list: one walks to a bench and sits down', async (t) => {
  const { strip, square, page } = await openWidget(t, browser, { height: 700, x: 0.65, peers: PEERS });
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('button', { name: 'Sit on the bench' }).last().click();
  assert.match(String((await square.next('settle'))['propId']), /^bench/);
  assert.equal(
    await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('role')),
    'application',
  );
});

test('gates in the list tell who is there, and lead over the hill or to a look over it', async (t) => {
  const { strip, square, stage } = await openWidget(t, browser, {
    height: 700,
    neighbours: {
      type: 'neighbours',
      ring: { id: 'r', name: 'Small Hours' },
      left: gate('Moss & Ink', 'http://127.0.0.1:1/moss', { state: 'dark' }),
      right: gate('Lantern Diary', 'http://127.0.0.1:1/lantern', { count: 11 }),
    },
  });
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('button', { name: 'Visit Moss & Ink, asleep, west gate' }).waitFor();
  assert.equal(await strip.getByRole('button', { name: 'Look over to Moss & Ink' }).count(), 0);
  await strip.getByRole('button', { name: 'Look over to Lantern Diary' }).click();
  assert.deepEqual(await square.next('look'), { type: 'look', side: 'right', on: true });
  assert.ok(await stage.evaluate((node) => node.matches(':focus')), 'from where Escape looks back');
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('button', { name: 'Visit Lantern Diary, 11 people, east gate' }).click();
  assert.equal((await square.next('hop'))['side'], 'right');
});

test('the list of what was said tells, empty or not, that it is kept nowhere else', async (t) => {
  const { strip, square } = await openWidget(t, browser, { height: 700, peers: PEERS });
  const kept = strip.getByText('Talk is kept in this page only.');
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('tab', { name: 'Talk' }).click();
  await strip.getByText('Nothing said yet.').waitFor();
  await kept.waitFor();
  await strip.getByRole('tab', { name: 'People' }).click();
  square.send({ type: 'say', id: 2, text: 'good evening' });
  await strip.getByRole('tab', { name: 'Talk' }).click();
  await strip.getByRole('tabpanel').getByText('good evening').waitFor();
  await kept.waitFor();
});

test('arrows move through the list by rows and inside a row, at one tab stop', async (t) => {
  const { strip, page } = await openWidget(t, browser, { height: 700, peers: PEERS });
  await strip.getByRole('button', { name: /^People/ }).click();
  const focused = () =>
    page.evaluate(() => {
      const node = document.activeElement?.shadowRoot?.activeElement;
      return node?.getAttribute('aria-label') ?? node?.textContent ?? '';
    });
  const list = strip.locator('.panel .list button');
  await list.first().waitFor();
  assert.equal(await strip.locator('.panel button[tabindex="0"]').count(), 1);
  await list.first().focus();
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'Walk to Ada');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Mute Ada');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'Mute Noor');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await focused(), 'Walk to Noor');
});

test('who watches unseen has no figure and says nothing, sees the others, and steps in again by a press', async (t) => {
  const { strip, square, page } = await openWidget(t, browser, { height: 700, peers: PEERS });
  await square.next('init');
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Watch unseen').check();
  await square.next('init');
  await strip.locator('.notice').getByText('You are watching unseen.').waitFor();
  await page.keyboard.press('Escape');
  await strip.locator('.plate').getByText('Ada').waitFor();
  assert.equal(await strip.locator('.plate.me').count(), 0);
  const line = strip.getByRole('textbox', { name: 'Say something' });
  const wave = strip.getByRole('button', { name: 'Wave', disabled: true });
  assert.equal(await line.getAttribute('placeholder'), 'You are watching unseen.');
  assert.equal(await wave.getAttribute('aria-description'), 'You are watching unseen.');
  const stepIn = strip.getByRole('button', { name: 'Step in' });
  const isOffered = () => stepIn.evaluate((button) => button.matches(':focus'));
  await line.focus();
  await page.keyboard.type('hello?');
  assert.equal(await line.inputValue(), '');
  await page.keyboard.press('Enter');
  assert.equal(await isOffered(), true, 'a word leads to the button');
  await line.focus();
  await wave.focus();
  await page.keyboard.press('Space');
  assert.equal(await isOffered(), true, 'a wave leads to the button');
  assert.equal(
    square.heard.some(({ type }) => type === 'say' || type === 'action'),
    false,
  );
  await page.reload();
  await strip.locator('.notice').getByText('You are watching unseen.').waitFor();
  await strip.getByRole('button', { name: 'Step in' }).click();
  await strip.locator('.plate.me').waitFor();
  assert.equal(await strip.locator('.notice').getByText('unseen').count(), 0);
  await strip.getByRole('button', { name: 'Wave', disabled: false }).click();
  await square.next('action');
});

/** As a browser says it whose visitor wants privacy. */
function askForPrivacy(): void {
  Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
}

test('a browser that asks for privacy looks on unseen and tells nothing, until its visitor does something; nothing is stored', async (t) => {
  const { strip, square, stage, page } = await openWidget(t, browser, {
    height: 700,
    peers: PEERS,
    before: askForPrivacy,
  });
  await strip.locator('.plate').getByText('Ada').waitFor();
  await strip.locator('.notice').getByText('You are watching unseen.').waitFor();
  await strip.getByPlaceholder('Say something to 2 people').waitFor();
  await strip.getByRole('button', { name: 'Menu' }).click();
  assert.equal(await strip.getByLabel('Watch unseen').isChecked(), true);
  await page.keyboard.press('Escape');
  assert.equal(JSON.stringify(square.heard), '[{"type":"init","ring":1}]');
  await stage.focus();
  await page.keyboard.press('ArrowRight');
  await strip.locator('.plate.me').waitFor();
  const [, init] = square.heard;
  assert.equal(init?.['type'], 'init');
  assert.equal(init?.['beyondHill'], false);
  assert.equal(await strip.locator('.notice').getByText('unseen').count(), 0);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

test('where nobody may only watch, a browser that asks for privacy is counted, and kept off the hills', async (t) => {
  const { strip, square } = await openWidget(t, browser, { before: askForPrivacy, refusesSpectators: true });
  await strip.locator('.plate.me').waitFor();
  assert.equal(square.sockets, 2);
  assert.equal((await square.next('init'))['beyondHill'], false);
  assert.equal(await strip.locator('.notice .firm').count(), 0);
});

test('who comes through a gate has done something, also in a browser that asks for privacy', async (t) => {
  const { square } = await openWidget(t, browser, { before: askForPrivacy, hash: `#ts=${'c'.repeat(22)}` });
  const init = await square.next('init');
  assert.deepEqual([square.sockets, typeof init['arrival']], [1, 'object']);
});

test('a page is shown to others only as its owner and the visitor both want', async (t) => {
  const { strip, square, page } = await openWidget(t, browser, { height: 700, attributes: 'share-page' });
  assert.equal((await square.next('init'))['readingUrl'], '', 'an owner alone shows nothing');
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Show which page I read').check();
  assert.match(String((await square.next('reading'))['readingUrl']), /^http/);
  await page.reload();
  assert.match(String((await square.next('init'))['readingUrl']), /^http/, 'a word that is kept');
  await strip.locator('.town[data-state=live]').waitFor();
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Show which page I read').uncheck();
  const told = () => square.heard.findLast(({ type }) => type === 'reading')?.['readingUrl'];
  await eventually('it is taken back, not only told no more', () => told() === '');
});
