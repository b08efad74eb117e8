/** The demo as its first stranger meets it: over the hill from one of its pages, which stays where it is. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { freePorts } from '../../scripts/free-ports.ts';
import { launchChromium } from '../support/chromium.ts';
import { readySquares, startDemo } from '../support/demo-process.ts';
import { nameOneself, ribbon, walkRight } from './hill-walk.ts';
import { openStrip } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

test('npm run demo: off the right edge of the first square one lands in the second, and the page is unmoved', async (t) => {
  const [port] = await freePorts(1);
  const demo = startDemo(t, ['--json', '--port', String(port)]);
  const [first, second] = await readySquares(demo);
  assert.ok(first && second);
  const walker = await openStrip(browser, first.url);
  const [behind, there] = [await openStrip(browser, first.url, { width: 1280 }), await openStrip(browser, second.url)];
  t.after(() => Promise.all([walker, behind, there].map(({ context }) => context.close())));
  await nameOneself(walker, 'Ada');
  const heading = walker.page.getByRole('heading', { level: 1 });
  const words = await heading.textContent();
  await behind.page.locator('.plate', { hasText: 'Ada' }).waitFor({ state: 'attached' });

  await walkRight(walker);
  await ribbon(walker, second.name).waitFor();
  assert.equal(walker.page.url(), first.url, 'the page never moved');
  assert.equal(await heading.textContent(), words);

  // Who lives there is seen by who came, and who came by those who are there.
  await walker.page
    .locator('.plate', { hasText: /, resident$/ })
    .first()
    .waitFor();
  const hello = walker.frames.map(({ frame }) => frame).findLast((frame) => frame.type === 'hello');
  const { peer } = await there.next('join', (join) => join.peer.displayName === 'Ada');
  assert.equal(hello?.id, peer.id);
  assert.equal(peer.ring?.from?.name, first.name);
  await there.page.locator('.plate', { hasText: 'Ada' }).waitFor();
  await behind.page.locator('.plate', { hasText: 'Ada' }).waitFor({ state: 'detached' });
  const sign = await behind.sign('right');
  assert.equal(sign.state, 'live');
});
