/** The widget on a server that knows the classic protocol only: everything classic works, nothing else is there to press. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startClassicServer } from '../support/classic-server.ts';
import { eventually } from '../support/sharded-square.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

interface Visit {
  readonly page: Page;
  readonly strip: Locator;
  readonly errors: readonly string[];
}

async function visit(t: TestContext, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 700 } });
  t.after(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(url);
  const strip = page.locator('town-square');
  await strip.locator('.town[data-state=live]').waitFor();
  return { page, strip, errors };
}

async function nameOneself({ page, strip }: Visit, name: string): Promise<void> {
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Your name here').fill(name);
  await strip.getByRole('button', { name: 'Save' }).click();
  await page.keyboard.press('Escape');
}

/** Whoever walks has come to a stop. */
async function stopped(at: () => number): Promise<void> {
  for (let last = NaN; last !== at();) {
    last = at();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

test('two people meet, see each other walk, talk, wave and sit', async (t) => {
  const server = await startClassicServer(t);
  const [ada, noor] = [await visit(t, server.origin), await visit(t, server.origin)];
  await nameOneself(ada, 'Ada');
  await noor.strip.locator('.plate').getByText('Ada').waitFor();
  await ada.strip.getByRole('textbox').fill('good evening');
  await ada.page.keyboard.press('Enter');
  await noor.strip.locator('.bubble').getByText('good evening').waitFor();
  await noor.strip.getByRole('button', { name: /People/ }).click();
  await noor.strip.getByText('Ada').first().waitFor();
  await noor.page.keyboard.press('Escape');

  await ada.strip.getByRole('application').focus();
  const bench = 0.72;
  const at = (): number => Number(server.visitors[0]?.view['x']);
  const isThere = (): boolean => Math.abs(at() - bench) < 0.02;
  // She comes in anywhere, and a machine under load hears a key let go late: whoever walked past the bench turns round.
  for (let turns = 0; turns < 8 && !isThere(); turns += 1) {
    const isBefore = at() < bench;
    await ada.page.keyboard.down(isBefore ? 'ArrowRight' : 'ArrowLeft');
    await eventually('Ada is at the bench', () => isThere() || at() < bench !== isBefore);
    await ada.page.keyboard.up(isBefore ? 'ArrowRight' : 'ArrowLeft');
    await stopped(at);
  }
  await eventually('Ada sits', () => server.visitors[0]?.view['pose'] === 'sitting');
  await ada.page.keyboard.press(' ');
  await eventually('a raised hand ends sitting', () => server.visitors[0]?.view['pose'] === null);
  for (const { errors } of [ada, noor]) assert.deepEqual(errors, []);
});

test('hills are simply hills, nobody is counted beyond them, and the server is asked nothing that it does not know', async (t) => {
  const server = await startClassicServer(t);
  const { strip, page } = await visit(t, server.origin);
  assert.equal(await strip.locator('.gate:not([hidden])').count(), 0);
  const stage = strip.getByRole('application');
  await stage.focus();
  await page.keyboard.press('Home');
  await eventually('the visitor walks to the end of the street', () => Number(server.visitors[0]?.view['x']) < 0.03);
  for (const key of ['Enter', 'ArrowLeft', 'ArrowDown', 'ArrowUp', ' ']) await page.keyboard.press(key);
  assert.equal(await strip.locator('.hint').count(), 0);
  await page.waitForTimeout(300);
  assert.deepEqual(server.unknown, []);
  assert.equal(page.url(), `${server.origin}/`);
});

test('no message is longer than 512 bytes, however long the name and the address are', async (t) => {
  const server = await startClassicServer(t, 'share-page');
  const visitor = await visit(t, `${server.origin}/notes/${'a-very-long-title-'.repeat(30)}?${'q'.repeat(400)}`);
  await nameOneself(visitor, '漢字'.repeat(9));
  await visitor.strip.getByRole('button', { name: 'Menu' }).click();
  await visitor.strip.getByLabel('Show which page I read').check();
  await eventually('the page is told', () => Math.max(...server.sizes) > 300);
  await visitor.page.reload();
  await eventually('the browser comes back', () => server.inits.length === 2);
  await visitor.strip.locator('.town[data-state=live]').waitFor();
  assert.equal(server.inits[1]?.['displayName'], '漢字'.repeat(9));
  assert.ok(Math.max(...server.sizes) <= 512, `${Math.max(...server.sizes)} bytes`);
});

test('after a break the visitor is back as who they were, and a plain reason to stop is kept', async (t) => {
  const server = await startClassicServer(t);
  const { strip } = await visit(t, server.origin);
  const id = server.visitors[0]?.id;
  server.hangUp(1001, 'server shutting down');
  await eventually('the widget comes back by itself', () => server.inits.length === 2);
  await strip.locator('.town[data-state=live]').waitFor();
  assert.deepEqual(
    server.visitors.map((visitor) => visitor.id),
    [id],
  );
  server.hangUp(4003, 'site disabled');
  await strip.locator('.town[data-state=stopped]').waitFor();
});
