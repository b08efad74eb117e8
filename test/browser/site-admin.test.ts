/** The page of a site's owner, over a real square with visitors on the site. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings } from './axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { startHttpSquare } from '../support/http-square.ts';

test('an owner signs in by the link they were given, looks after who is there, and sets how the strip is', async (t) => {
  const square = await startHttpSquare(t, { PUBLIC_ORIGIN: '', MIN_HUMAN_SAY_MS: '0' });
  const site = await square.register({ name: 'Moss & Ink' });
  const ada = await square.enter(site, { ring: 1, browserId: 'ada', displayName: 'Ada' });
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
  assert.deepEqual(await axeFindings(page), []);

  await page.goto(String(site.answer.adminUrl));
  await page.getByRole('heading', { name: 'Moss & Ink', level: 1 }).waitFor();
  assert.equal(page.url(), `${square.url}/admin`, 'the token is out of the address bar');
  await page.getByText('2 people are here.').waitFor();
  assert.deepEqual(await axeFindings(page), []);

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

  // What a lonely visitor leaves is read here, and taken down by keyboard.
  await page.getByRole('button', { name: 'Show: Ada' }).click();
  await page.getByRole('status').getByText('Ada is seen again.').waitFor();
  await page.getByLabel('Whoever is alone in the ring may leave a note').check();
  await page.getByText('No note hangs there.').waitFor();
  ada.send({ type: 'note', text: '<b>the moss</b> is early' });
  assert.deepEqual(await ada.next('noted'), { type: 'noted' });
  const takeDown = page.getByRole('button', { name: 'Take it down: <b>the moss</b> is early' });
  await takeDown.focus();
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press('Enter');
  await page.getByText('No note hangs there.').waitFor();

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
});
