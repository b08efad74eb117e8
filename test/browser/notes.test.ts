/** Notes on the board, as whoever is alone leaves them and whoever comes later reads them; the square follows a script. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { gate, visitor } from '../support/fake-square.ts';
import { axeFindings } from './axe.ts';
import { openWidget, type WidgetPage, type WidgetPageOptions } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

const HOUR_MS = 3_600_000;
const NOTES = [
  { text: '<b>plain</b> & simple', at: Date.now() - 2 * HOUR_MS },
  { text: 'من كان هنا؟', at: Date.now() - 30 * HOUR_MS },
];
const NEIGHBOURS = (count: number) =>
  ({
    type: 'neighbours',
    ring: { id: 'r', name: 'Small Hours' },
    left: gate('Moss & Ink', 'http://127.0.0.1:1/moss'),
    right: gate('Lantern Diary', 'http://127.0.0.1:1/lantern', { count }),
  }) as const;

/** A street with a board; the visitor stands before it, and nothing moves. */
async function openBoard(
  t: Parameters<typeof openWidget>[0],
  options: WidgetPageOptions = {},
): Promise<WidgetPage & { readonly offer: Locator; readonly panel: Locator }> {
  const opened = await openWidget(t, browser, {
    x: 0.5,
    height: 600,
    hello: { notes: NOTES },
    neighbours: NEIGHBOURS(0),
    ...options,
    browser: { reducedMotion: 'reduce', ...options.browser },
  });
  const { strip } = opened;
  await strip.locator('.town[data-more=here]').waitFor();
  await strip.locator('.board').waitFor({ state: 'attached' });
  // Its file comes after all others.
  await strip.locator('.offer').waitFor();
  return {
    ...opened,
    offer: strip.getByRole('button', { name: 'Leave a note?' }),
    panel: strip.getByRole('dialog', { name: 'Notice board' }),
  };
}

test('by keyboard alone: whoever is alone leaves a note, hears that it hangs there, and reads the others', async (t) => {
  const { page, strip, square, offer, panel, errors } = await openBoard(t);
  await strip.getByText('Quiet tonight.').waitFor();
  await offer.focus();
  await page.keyboard.press('Enter');
  const field = panel.getByLabel('Your note');
  await field.waitFor();
  assert.ok(await field.evaluate((node) => node.matches(':focus')));
  assert.deepEqual(await panel.getByRole('listitem').allInnerTexts(), [
    '<b>plain</b> & simple\n\n2 hours ago',
    'من كان هنا؟\n\nyesterday',
  ]);
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.type('  the moss is early  ');
  await page.keyboard.press('Enter');
  assert.deepEqual(await square.next('note'), { type: 'note', text: 'the moss is early' });
  await page.keyboard.press('Enter');
  square.send({ type: 'noted', refused: 'repeated' });
  await strip.getByRole('status').getByText('This note hangs there already.').waitFor();
  assert.equal(await field.inputValue(), '  the moss is early  ', 'what was refused is not lost');
  await page.keyboard.press('Enter');
  await square.next('note');
  square.send({ type: 'notes', notes: [{ text: 'the moss is early', at: Date.now() }, ...NOTES] });
  square.send({ type: 'noted' });
  await strip.getByRole('status').getByText('Your note hangs on the board.').waitFor();
  assert.equal(await field.inputValue(), '');
  await panel.getByRole('listitem').nth(2).waitFor();
  assert.match(await panel.getByRole('listitem').first().innerText(), /^the moss is early\s+this minute$/);

  const sent = square.heard.filter(({ type }) => type === 'note').length;
  await field.fill('\u{1F469}\u200D\u{1F467}'.repeat(141));
  await page.keyboard.press('Enter');
  await strip.getByRole('status').getByText('At most 140 characters, please.').waitFor();
  assert.equal(square.heard.filter(({ type }) => type === 'note').length, sent);
  await page.keyboard.press('Escape');
  await strip.locator('[role=application]:focus').waitFor();
  await page.keyboard.press('ArrowDown');
  await panel.waitFor();
  assert.deepEqual(errors, []);
});

test('in company nobody is asked for a note, and everybody may read: at the board, by touch, from the list of places', async (t) => {
  const { page, strip, square, offer, panel } = await openBoard(t, { width: 390, browser: { hasTouch: true } });
  await offer.waitFor();
  square.send({ type: 'join', peer: visitor(2, 0.9) });
  await offer.waitFor({ state: 'detached' });
  await strip.getByText('↓ Read the board').waitFor();
  const { x, y, width } = (await strip.locator('.board').boundingBox()) ?? { x: 0, y: 0, width: 0 };
  await page.touchscreen.tap(x + width / 2, y + 8);
  await panel.getByText('yesterday').waitFor();
  assert.equal(await panel.getByRole('textbox').count(), 0, 'only read');
  await page.keyboard.press('Escape');
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('button', { name: 'Read the board' }).click();
  await panel.getByText('yesterday').waitFor();
  square.send({ type: 'leave', id: 2 });
  await offer.waitFor();
  await panel.getByRole('textbox').waitFor();
  square.send(NEIGHBOURS(3));
  await offer.waitFor({ state: 'detached' });
  square.send({ type: 'notes', notes: null });
  await panel.waitFor({ state: 'hidden' });
  await strip.locator('.board').waitFor({ state: 'detached' });
});

test('where the owner wants no notes nothing of them is fetched; what makes no sense is left out', async (t) => {
  const { strip, square } = await openWidget(t, browser, { neighbours: NEIGHBOURS(0) });
  await strip.locator('.town[data-more=here]').waitFor();
  await strip.getByText('Quiet tonight.').waitFor();
  square.send({ type: 'notes', notes: 'none' });
  square.send({ type: 'noted', refused: 'off' });
  square.send({ type: 'join', peer: visitor(2, 0.9) });
  await strip.getByRole('button', { name: 'People, 2' }).waitFor();
  assert.ok(!square.requests.some((path) => path.includes('townring-notes')));
  square.send({ type: 'notes', notes: [7, null, { text: '' }, { text: 'x', at: 'now' }, { text: 'whole', at: 0 }] });
  await strip.locator('.board').waitFor({ state: 'attached' });
  await strip.getByRole('button', { name: 'People, 2' }).click();
  await strip.getByRole('button', { name: 'Read the board' }).click();
  const panel = strip.getByRole('dialog', { name: 'Notice board' });
  await panel.getByRole('listitem').waitFor();
  assert.equal(await panel.getByRole('listitem').count(), 1);
});
