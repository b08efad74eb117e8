/** A site registers itself, and the square's operator looks after all sites, over a real square with visitors. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { axeFindings } from './axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { PASSWORD, startHttpSquare } from '../support/http-square.ts';

async function openPage(t: TestContext): Promise<{ readonly page: Page; readonly errors: readonly string[] }> {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  return { page, errors };
}

test('a site registers by its bare address, is given its element and its token once, and the owner is let in with it', async (t) => {
  const square = await startHttpSquare(t, { PUBLIC_ORIGIN: '' });
  const { page, errors } = await openPage(t);
  await page.goto(`${square.url}/register`);
  await page.getByLabel('Address of your site').fill('no such place!');
  await page.getByRole('button', { name: 'Make the street' }).click();
  await page.getByRole('status').getByText('Enter a valid website origin').waitFor();
  assert.deepEqual(await axeFindings(page), []);

  await page.getByLabel('Address of your site').fill('moss.example');
  await page.getByLabel('Its name').fill('Moss & Ink');
  await page.getByLabel('Your e-mail address').fill('not one');
  await page.getByRole('button', { name: 'Make the street' }).click();
  await page.getByRole('status').getByText('Enter a valid email address').waitFor();
  await page.getByLabel('Your e-mail address').and(page.locator(':focus')).fill('');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Moss & Ink has a street.' }).waitFor();
  await page.getByText('It works on pages of https://moss.example and https://www.moss.example.').waitFor();
  const element = await page.locator('pre').first().textContent();
  assert.match(element ?? '', new RegExp(`<town-square href="${square.url}" site="site_[\\w-]{16}"></town-square>$`));
  assert.deepEqual(await axeFindings(page), []);

  await page.getByRole('link', { name: 'Look after your street' }).click();
  await page.getByRole('heading', { name: 'Moss & Ink', level: 1 }).waitFor();
  assert.deepEqual(errors, []);
});

test('the operator signs in, switches a site off and on, renews a token, sees when people come, tells owners, deletes a site', async (t) => {
  const square = await startHttpSquare(t, { PUBLIC_ORIGIN: '' });
  const moss = await square.register({ name: 'Moss & Ink' });
  const quay = await square.register({ name: 'Quay', origin: 'https://quay.example' });
  const ada = await square.enter(moss, { browserId: 'ada', displayName: 'Ada' });
  await ada.next('hello');
  const { page, errors } = await openPage(t);
  await page.goto(`${square.url}/service-admin`);
  await page.getByLabel('Password').fill('a guess');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('status').getByText('Invalid service admin password.').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('1 person on 1 street now').waitFor();
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Moss & Ink' }) });
  await card.getByText('1 here now').waitFor();
  assert.deepEqual(await axeFindings(page), []);

  await card.getByRole('button', { name: 'When people come: Moss & Ink' }).click();
  await card.getByRole('row', { name: 'Saturday' }).waitFor();
  assert.equal(await card.getByRole('row').count(), 8);
  await card.getByLabel('Open').uncheck();
  await page.getByRole('status').getByText('Moss & Ink: open, no.').waitFor();
  await ada.closed;
  await card.getByLabel('Open').check();
  await page.getByRole('status').getByText('Moss & Ink: open, yes.').waitFor();

  const dialog = page.getByRole('dialog');
  await card.getByRole('button', { name: 'New token for its owner: Moss & Ink' }).click();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  const link = await card.locator('pre').textContent();
  const adminToken = new URL(link ?? '').hash.replace('#adminToken=', '');
  assert.equal((await square.post('/api/admin/login', { adminToken: moss.adminToken })).status, 403);
  assert.equal((await square.post('/api/admin/login', { adminToken })).status, 200);

  await page.getByLabel('They read it on their page').fill('Down on Sunday at six.');
  await page.getByRole('button', { name: 'Tell them' }).click();
  await page.getByRole('status').getByText('Told to the owners of 2 sites.').waitFor();
  await page.getByText('read by 0 of 2: Down on Sunday at six.').waitFor();

  await page.getByRole('button', { name: 'Delete: Quay' }).click();
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  await page.getByRole('button', { name: 'Delete: Quay' }).click();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('status').getByText('Quay is deleted.').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Quay' }).count(), 0);
  assert.equal((await square.post('/api/admin/login', { adminToken: quay.adminToken })).status, 403);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  assert.deepEqual(errors, []);
});
