/** The page of a site's owner, over a real square with visitors on the site. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startHttpSquare } from '../support/http-square.ts';

async function axeFinds(page: Page): Promise<readonly string[]> {
  // The page's policy lets no script in but its own; the debugger may look all the same.
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  return page.evaluate(async () => {
    const axe: { run(node: Document): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } =
      Reflect.get(globalThis, 'axe');
    const { violations } = await axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

test('an owner signs in by the link they were given, looks after who is there, and sets how the strip is', async (t) => {
  const square = await startHttpSquare(t, { PUBLIC_ORIGIN: '' });
  const site = await square.register({ name: 'Moss & Ink' });
  const ada = await square.enter(site, { browserId: 'ada', displayName: 'Ada' });
  const ben = await square.enter(site, { browserId: 'ben', displayName: 'Ben' });
  await Promise.all([ada.next('hello'), ben.next('hello')]);
  const browser = await launchChromium();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));

  await page.goto(`${square.url}/admin`);
  await page.getByLabel('Admin token').fill('a guess');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('status').getByText('Invalid admin token.').waitFor();
  assert.deepEqual(await axeFinds(page), []);

  await page.goto(String(site.answer.adminUrl));
  await page.getByRole('heading', { name: 'Moss & Ink', level: 1 }).waitFor();
  assert.equal(page.url(), `${square.url}/admin`, 'the token is out of the address bar');
  await page.getByText('2 people are here.').waitFor();
  assert.deepEqual(await axeFinds(page), []);

  // By keyboard alone: the focus stays on a button that changes what it says around it.
  await page.getByRole('button', { name: 'Hide: Ada' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Ada (hidden from the others)').waitFor();
  assert.equal((await ben.next('leave')).type, 'leave');
  await page.getByRole('button', { name: 'Send out: Ben' }).click();
  await page.getByText('One person is here.').waitFor();
  await page.getByRole('button', { name: 'This is me: Ada' }).click();
  await page.getByText('Owners: Ada (here).').waitFor();
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Block: Ada' }).click();
  await dialog.getByRole('button', { name: 'Leave it' }).click();

  await page.getByLabel('Visitors may talk').uncheck();
  await page.getByRole('status').getByText('Nobody talks here now').waitFor();
  await page.getByLabel('Each may say').selectOption('5000');
  await page.getByRole('status').getByText('The pace is set.').waitFor();
  await page.getByLabel('Words to cover with stars').fill('Spam\n\n  eggs ');
  await page.getByRole('button', { name: 'Save the words' }).click();
  await page.getByRole('status').getByText('The words are saved.').waitFor();
  assert.equal(await page.getByLabel('Words to cover with stars').inputValue(), 'spam\neggs');
  await page.getByLabel('Title').fill('Tonight');
  await page.getByLabel('What it says').fill('Reading aloud at nine');
  await page.getByLabel('It is').selectOption('chalkboard');
  await page.getByRole('button', { name: 'Put it up' }).click();
  await page.getByRole('status').getByText('The board is up.').waitFor();

  await page.reload();
  await page.getByText('One person is here.').waitFor();
  assert.equal(await page.getByLabel('Visitors may talk').isChecked(), false);
  assert.equal(await page.getByLabel('Each may say').inputValue(), '5000');
  assert.equal(await page.getByLabel('Title').inputValue(), 'Tonight');
  assert.equal(await page.getByLabel('It is').inputValue(), 'chalkboard');
  await page.getByLabel('The strip is open').uncheck();
  await dialog.getByText('Closes the strip').waitFor();
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  await page.getByLabel('The strip is open').and(page.locator(':checked')).waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('status').getByText('You are signed out.').waitFor();
  await page.reload();
  await page.getByLabel('Admin token').waitFor();
  assert.deepEqual(errors, []);
  const shots = process.env['SHOTS'];
  if (shots !== undefined) await shoot(page, String(site.answer.adminUrl), shots);
});

async function shoot(page: Page, url: string, folder: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(url);
  await page.getByRole('heading', { name: 'Who is here' }).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${folder}/site-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
}
