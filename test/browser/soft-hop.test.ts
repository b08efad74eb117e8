/** Over the hill for real: three squares as processes, browsers whose pages never move, witnesses on the streets. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startRing } from '../support/ring-of-processes.ts';
import { focused, listen, ribbon, tabTo, toRightGate, witness } from './hill-walk.ts';
import { openStrip } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

test('over the hill, in a ring of three squares', async (t) => {
  const ring = await startRing(t, ['alder', 'birch', 'cedar'], { RING_SHARING: 'live' });
  const [alder, birch] = ring;
  assert.ok(alder && birch);

  await t.test(
    'by keyboard and ear alone: look, walk over, talk, sit, walk home, take the page; each is said, in order',
    async () => {
      const there = await witness(birch, 'Bo');
      const home = await witness(alder, 'Di');
      const strip = await openStrip(browser, alder.url);
      const { page } = strip;
      const { id } = await strip.next('hello');
      const address = page.url();
      await home.next('join', ({ peer }) => peer.id === id);
      const spoken = await listen(page);
      const heard: string[] = [];
      /** Waits until something was said after what was heard so far. */
      const hear = async (line: string | RegExp): Promise<void> => {
        const deadline = performance.now() + 30_000;
        for (;;) {
          const lines = (await spoken()).slice(heard.length);
          const index = lines.findIndex((said) => (typeof line === 'string' ? said === line : line.test(said)));
          if (index >= 0) return void heard.push(...lines.slice(0, index + 1));
          if (performance.now() > deadline)
            assert.fail(`${String(line)} is not said after ${JSON.stringify(heard)} but ${JSON.stringify(lines)}`);
          await page.waitForTimeout(50);
        }
      };

      await tabTo(page, /^Path\./);
      await page.keyboard.press('End');
      await page.getByText(/Walk on to visit Birch/).waitFor();
      await page.keyboard.press('ArrowDown');
      await hear('Looking over to Birch…');
      await hear('Over at Birch: 1 person');
      await page.locator('.plate.theirs', { hasText: 'Bo' }).waitFor();
      const seen = await there.next('neighbours', ({ left }) => left?.lookers === 1);
      assert.ok(!JSON.stringify(seen).includes('browserId'), 'those looked at learn only that somebody looks');
      await page.keyboard.press('Escape');
      await there.next('neighbours', ({ left }) => left?.lookers === undefined);

      await page.keyboard.down('ArrowRight');
      await hear('Walking over to Birch…');
      await hear('You are at Birch');
      await page.keyboard.up('ArrowRight');
      const { peer } = await there.next('join');
      assert.equal(peer.ring?.from?.site, 'alder');
      assert.equal((await home.next('leave')).toward, 'right');

      assert.match(await focused(page), /^Path\./, 'the focus is where it was');
      await page.keyboard.press('t');
      await page.keyboard.type('hello from over the hill');
      await page.keyboard.press('Enter');
      assert.equal((await there.next('say')).text, 'hello from over the hill');
      there.send({ type: 'say', text: 'welcome' });
      await hear('Bo: welcome');

      await tabTo(page, /^People/);
      await page.keyboard.press('Enter');
      await tabTo(page, /^You$/);
      await tabTo(page, /^Sit on the bench/, 'ArrowDown');
      await page.keyboard.press('Enter');
      await there.next('move', (move) => move.id === peer.id && move.pose === 'sitting');

      await tabTo(page, /^walk home/);
      await page.keyboard.press('Enter');
      await hear('You are home again.');
      await ribbon(strip, 'Birch').waitFor({ state: 'detached' });
      assert.equal((await home.next('join')).peer.id, id, 'as the same visitor');
      assert.equal((await there.next('leave')).id, peer.id);
      assert.equal(page.url(), address, 'the page never moved');

      await toRightGate(strip);
      await page.keyboard.press('Enter');
      await hear('You are at Birch');
      await tabTo(page, /^walk home/);
      await page.keyboard.press('ArrowRight');
      assert.equal(await focused(page), 'open page');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${birch.url}/`);
      await page.getByRole('application', { name: /^Path\. 2 people/ }).waitFor();
      await strip.context.close();
      await Promise.all([there.close(), home.close()]);
    },
  );
});
