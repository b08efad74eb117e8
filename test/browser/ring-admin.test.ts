/** The operator's page over a real square that keeps a ring of its own. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { freePorts } from '../../scripts/free-ports.ts';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { axeFindings } from './axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { runCli, runCliJson } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** A square whose operator made the ring "Hedgerow" with the site "Moss" in it. */
async function keeper(context: TestContext) {
  const cwd = tempDir(context);
  const [http = 0, tcp = 0, ws = 0] = await freePorts(3);
  const origin = `http://127.0.0.1:${http}`;
  const env = {
    DATA_DIR: join(cwd, 'data'),
    ALLOW_PRIVATE_RING: '1',
    SHARDS: '0',
    PORT: String(http),
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: String(tcp),
    P2P_WS_PORT: String(ws),
    AUTH_FAILURES_PER_HOUR: '3',
  };
  const site = ['site', 'add', '--name', 'Moss', '--origin', origin, '--ring-site', 'moss'];
  assert.equal((await runCli(cwd, site, env)).code, 0);
  const member = ['--origin', origin, '--addr', `/ip4/127.0.0.1/tcp/${tcp}`, '--site', `moss,Moss,${origin}/`];
  const made = await runCli(cwd, ['ring', 'create', '--name', 'Hedgerow', ...member], env);
  assert.equal(made.code, 0, made.stderr);
  const square = await startSquareProcess(env);
  context.after(() => square.stop());
  const link = async (): Promise<string> => String((await runCliJson(cwd, ['admin'], env)).answer['link']);
  return { square, origin, link };
}

test('the operator signs in with a link, changes the list and a site after reading what that means, and takes it back', async (t) => {
  const { origin, link } = await keeper(t);
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
  });
  await page.goto(`${origin}/admin/ring`);
  await page.getByText('Sign in first').waitFor();

  await page.goto(await link());
  await page.getByRole('heading', { name: 'Hedgerow' }).waitFor();
  assert.equal(page.url(), `${origin}/admin/ring`, 'the link is out of the address bar');
  await page.getByRole('row', { name: /Moss.*\(yours\)/ }).waitFor();
  await page.getByText(/Take care: this machine holds 2 of the 3 admin keys/).waitFor();

  page.once('dialog', (dialog) => void dialog.accept('Moss & Ink'));
  await page.getByRole('button', { name: 'Rename Moss' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/Moss & Ink/).waitFor();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('row', { name: /^Moss & Ink \(yours\)/ }).waitFor();
  assert.match(await (await fetch(`${origin}/ring/list.json`)).text(), /Moss & Ink/, 'the running square took it up');

  await page.getByRole('button', { name: 'Take the last change back' }).click();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('row', { name: /^Moss \(yours\)/ }).waitFor();

  await page.getByLabel('Guests may walk in').click();
  await dialog.getByText('Nobody walks in from elsewhere; visitors may walk out.').waitFor();
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  // What was not agreed to is not done: the page is as it was once the dialog has closed, which is a moment later.
  await page.getByLabel('Guests may walk in').and(page.locator(':checked')).waitFor();
  await page.getByLabel('Neighbours see').selectOption('count');
  await dialog.getByText('Neighbours of Moss see how many are there, and nobody.').waitFor();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('status').getByText('Neighbours of Moss').waitFor();
  await page.reload();
  assert.equal(await page.getByLabel('Neighbours see').inputValue(), 'count');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
  await page.reload();
  await page.getByText('Sign in first').waitFor();
  assert.deepEqual(errors, []);
  await page.close();
});

test('without the session, from another page, or by guessing, nothing is seen and nothing changes', async (t) => {
  const { origin, link } = await keeper(t);
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${origin}/admin/ring/api/${path}`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  assert.equal((await fetch(`${origin}/admin/ring/api/state`)).status, 401);
  for (const path of ['change', 'undo', 'site', 'mute', 'terms', 'request', 'invite'])
    assert.equal((await post(path, {})).status, 401, path);

  const token = (await link()).split('#')[1];
  const signedIn = await post('sign-in', { token });
  const cookie = signedIn.headers.get('set-cookie') ?? '';
  assert.match(cookie, /^tr_operator=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/admin\/ring; Max-Age=43200$/);
  const session = { cookie: cookie.split(';')[0] ?? '' };
  const change = { ring: 'none', change: { kind: 'renew' } };
  assert.equal((await post('change', change, { ...session, origin: 'https://evil.example' })).status, 403);
  assert.equal((await post('change', change, { ...session, 'sec-fetch-site': 'same-site' })).status, 403);
  assert.equal((await post('change', change, session)).status, 400);
  for (const bad of ['{', '[]', { ring: 1 }, { ring: 'x', change: { kind: 'add', member: null } }]) {
    assert.equal((await post('change', bad, session)).status, 400, JSON.stringify(bad));
  }
  for (const bad of [{}, { ring: 'x', square: 'y', isMuted: 'yes' }, { ring: 'x', square: 'y', isMuted: true }]) {
    assert.equal((await post('mute', bad, session)).status, 400, JSON.stringify(bad));
  }
  const terms = { ring: 'x', site: 'moss', square: 'y' };
  for (const bad of [undefined, [], { sees: 'nothing' }, { gate: true }, { extra: 1 }, { sees: 'live' }]) {
    assert.equal((await post('terms', { ...terms, change: bad }, session)).status, 400, JSON.stringify(bad));
  }
  assert.equal((await post('change', 'x'.repeat(5_000), session)).status, 413);
  assert.equal((await post('site', { key: 'nobody', sharing: 'live' }, session)).status, 404);

  for (let guess = 0; guess < 3; guess += 1) assert.equal((await post('sign-in', { token: 'guess' })).status, 403);
  assert.equal((await post('sign-in', { token: 'guess' })).status, 429);
});

test('the keeper invites a square, sees who asks and what their page says, lets them in, and mutes them for a while', async (t) => {
  const { link } = await keeper(t);
  const page = await browser.newPage();
  await page.goto(await link());
  await page.getByRole('heading', { name: 'Hedgerow' }).waitFor();

  page.once('dialog', (dialog) => void dialog.accept('for Quay'));
  await page.getByRole('button', { name: 'Invite a square' }).click();
  const command = page.getByText(/npm run townring -- join townring\.\S+/);
  const [, invitation = ''] = /join (\S+)/.exec((await command.textContent()) ?? '') ?? [];

  const cwd = tempDir(t);
  const env = { DATA_DIR: join(cwd, 'data'), ALLOW_PRIVATE_RING: '1' };
  const [port = 0] = await freePorts(1);
  const quay = `http://127.0.0.1:${port}`;
  const member = ['--origin', quay, '--addr', `/ip4/127.0.0.1/tcp/${port}`, '--site', `quay,Quay,${quay}/`];
  const asked = await runCli(cwd, ['join', invitation, ...member, '--note', 'the one by the water'], env);
  assert.equal(asked.code, 0, asked.stderr);

  const request = page.getByRole('listitem').filter({ hasText: 'Quay asks to come in.' });
  await request.getByText(/“the one by the water” It brings your invitation/).waitFor();
  await request.getByText(/Quay: it does not take connections/).waitFor();
  await request.getByRole('button', { name: 'Let in: Quay' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/Quay/).waitFor();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('row', { name: /^Quay / }).waitFor();
  await page.getByRole('button', { name: 'Show out: Quay' }).waitFor();
  assert.equal(await request.count(), 0);

  await page.getByLabel('What Quay sees of Moss over the hill').selectOption('live');
  await dialog
    .getByText(/from Quay at Moss sees figures, their names and what they say; its visitors may walk in/)
    .waitFor();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('status').getByText('Whoever looks over the hill from Quay').waitFor();
  await page.reload();
  assert.equal(await page.getByLabel('What Quay sees of Moss over the hill').inputValue(), 'live');
  await page.getByLabel('Gate between Moss and Quay').selectOption('shut');
  await dialog.getByText(/its visitors are turned away, visitors of Moss do not walk out to it/).waitFor();
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  await page
    .getByLabel('Gate between Moss and Quay')
    .and(page.locator('select:has(option[value=""]:checked)'))
    .waitFor();

  await page.getByRole('button', { name: 'Mute Quay' }).click();
  await dialog.getByText(/^Mutes Quay \(127\.0\.0\.1:\d+\) here: its gate goes dark and shuts/).waitFor();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('row', { name: /Quay muted here/ }).waitFor();
  assert.deepEqual(await axeFindings(page), []);
  assert.equal(await page.getByRole('button', { name: 'Mute Moss' }).count(), 0, 'nobody mutes themselves');
  await page.getByRole('button', { name: 'Unmute Quay' }).click();
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('button', { name: 'Mute Quay' }).waitFor();
  await page.close();
});
