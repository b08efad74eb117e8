/** Over the hill for real: three squares as processes, browsers whose pages never move, witnesses on the streets. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startRing } from '../support/ring-of-processes.ts';
import { runCliJson } from '../support/run-cli.ts';
import { focused, listen, nameOneself, ribbon, stage, tabTo, toRightGate, walkRight, witness } from './hill-walk.ts';
import { openStrip } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

test('over the hill, in a ring of three squares', async (t) => {
  const ring = await startRing(t, ['alder', 'birch', 'cedar'], { RING_SHARING: 'live' });
  const [alder, birch, cedar] = ring;
  assert.ok(alder && birch && cedar);
  const { code, answer } = await runCliJson(cedar.dataDir, [
    'site',
    'add',
    '--name',
    'Cedar',
    '--origin',
    cedar.url,
    '--key',
    'cedar_site',
    '--ring-site',
    'cedar',
    '--no-bot-protection',
    '--data-dir',
    cedar.dataDir,
  ]);
  assert.equal(code, 0, JSON.stringify(answer));

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
      await hear(/^You are at Birch, with your look\./);
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
      // The press is kept until the panels are there.
      await page.locator('town-square .list').first().waitFor();
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
      await hear(/^You are at Birch, with your look\./);
      const guest = (await there.next('join')).peer;
      await tabTo(page, /^walk home/);
      await page.keyboard.press('ArrowRight');
      assert.equal(await focused(page), 'open page');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${birch.url}/`);
      const arrived = await there.next('join', (join) => join.peer.id !== guest.id);
      assert.deepEqual(arrived.peer.ring, guest.ring, 'whoever takes the page along comes as themself');
      await page.getByRole('application', { name: /^Path\. 2 people/ }).waitFor();
      await strip.context.close();
      await Promise.all([there.close(), home.close()]);
    },
  );

  await t.test('two tabs of one visitor walk over together, are one figure there, and come home together', async () => {
    const there = await witness(birch, 'Bo');
    const first = await openStrip(browser, alder.url);
    await nameOneself(first, 'Ada');
    const second = await openStrip(browser, alder.url, { context: first.context });
    await first.page.bringToFront();
    await walkRight(first);
    await Promise.all([ribbon(first, 'Birch').waitFor(), ribbon(second, 'Birch').waitFor()]);
    const { peer } = await there.next('join', (join) => join.peer.displayName === 'Ada');
    await second.page.bringToFront();
    await stage(second).focus();
    await second.page.keyboard.press('t');
    await second.page.keyboard.type('from the other tab');
    await second.page.keyboard.press('Enter');
    assert.equal((await there.next('say')).id, peer.id);
    await ribbon(second, 'Birch').getByRole('button', { name: 'walk home' }).click();
    await Promise.all(
      [ribbon(first, 'Birch'), ribbon(second, 'Birch')].map((line) => line.waitFor({ state: 'detached' })),
    );
    await there.next('leave', (leave) => leave.id === peer.id);
    assert.ok(
      !there.take().some((frame) => frame.type === 'join' && frame.peer.displayName === 'Ada'),
      'there was one of them',
    );
    await first.context.close();
    await there.close();
  });

  await t.test(
    'two people of two squares meet on a third and chat; one is shown out there, is told, and is home as before',
    async () => {
      const owner = await witness(cedar, 'Cy', { path: '?siteKey=cedar_site', origin: cedar.url });
      const [ada, bo] = [await openStrip(browser, alder.url), await openStrip(browser, birch.url)];
      await nameOneself(ada, 'Ada');
      await nameOneself(bo, 'Bo');
      const { id } = await ada.next('hello');
      // Cedar is to the left of alder and to the right of birch.
      await ada.page
        .locator('town-square')
        .evaluate((strip) => 'go' in strip && Reflect.apply(Object(strip.go), strip, ['left']));
      const { peer } = await owner.next('join', (join) => join.peer.displayName === 'Ada');
      await walkRight(bo);
      await owner.next('join', (join) => join.peer.displayName === 'Bo');
      await Promise.all([ribbon(ada, 'Cedar').waitFor(), ribbon(bo, 'Cedar').waitFor()]);
      for (const [from, to, text] of [
        [ada, bo, 'hello from alder'],
        [bo, ada, 'hello from birch'],
      ] as const) {
        await from.page.getByRole('textbox').first().fill(text);
        await from.page.keyboard.press('Enter');
        await to.page.getByText(text).first().waitFor();
        assert.equal((await owner.next('say')).text, text);
      }
      const { answer: owned } = await runCliJson(cedar.dataDir, [
        'site',
        'token',
        'cedar_site',
        '--data-dir',
        cedar.dataDir,
      ]);
      const kick = {
        siteKey: 'cedar_site',
        adminToken: owned['adminToken'],
        action: 'kickVisitor',
        visitorId: peer.id,
      };
      const ask = { method: 'POST', body: JSON.stringify(kick) };
      // The square looks at its store every now and then: the owner's new token is good a moment later.
      const deadline = performance.now() + 30_000;
      while ((await fetch(`${cedar.url}/api/admin/action`, ask)).status !== 200) {
        assert.ok(performance.now() < deadline, 'the owner may show a guest out');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      await ada.page.getByText('You were shown out, and are home again.').first().waitFor();
      await owner.next('leave', (leave) => leave.id === peer.id);
      assert.equal(ada.frames.map(({ frame }) => frame).findLast((frame) => frame.type === 'hello')?.id, id);
      assert.ok(await ribbon(bo, 'Cedar').isVisible(), 'the other one stays');
      await Promise.all([ada.context.close(), bo.context.close(), owner.close()]);
    },
  );
});
