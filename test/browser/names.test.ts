/** Names and words of strangers are text, wherever a strip shows them: another square's, which may be hostile, above all. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Gate, NeighboursFrame } from '../../src/protocol/frames.ts';
import { launchChromium } from '../support/chromium.ts';
import { visitor } from '../support/fake-square.ts';
import { openWidget } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** As long as a name may be, and of the kind that would run. */
const NAME = '<img onerror=go()>';
const SITE = '<b>Lantern</b><script>hacked=1</script>';
const gate: Gate = {
  site: 'lantern',
  name: SITE,
  url: 'https://lantern.example/',
  state: 'live',
  count: 2,
  figures: [{ h: '0a0b0c0d', x: 0.4, color: 2, pose: 'stand', walking: false }],
};
const neighbours: NeighboursFrame = {
  type: 'neighbours',
  ring: { id: 'a'.repeat(64), name: SITE },
  left: gate,
  right: { ...gate, site: 'birch', url: 'javascript:hacked=1' },
};

test('markup in names, words and addresses from over the hill is shown as it was written, and never runs', async (t) => {
  const from = { site: 'lantern', name: SITE, url: 'javascript:hacked=1' };
  const { strip, square, page, stage } = await openWidget(t, browser, {
    height: 700,
    neighbours: { ...neighbours, right: null },
    peers: [visitor(2, 0.4, { displayName: NAME, readingLabel: SITE, ring: { from } })],
  });
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await strip.locator('.town[data-more=here]').waitFor();
  await strip.getByText(SITE).first().waitFor();
  square.send({ type: 'say', id: 2, text: SITE, at: 1 });
  await strip.locator('.bubble').getByText(SITE).waitFor();
  await stage.focus();
  await strip.getByRole('button', { name: /^People/ }).click();
  await strip.getByRole('dialog').getByText(NAME).first().waitFor();
  await page.keyboard.press('Escape');
  const figures = [{ ...gate.figures[0], name: NAME, look: 3 }];
  await stage.focus();
  await page.keyboard.press('Home');
  await square.next('move');
  square.send({ type: 'waved', side: 'left' });
  square.send({
    type: 'view',
    side: 'left',
    site: 'lantern',
    isWhole: true,
    count: 1,
    figures,
    gone: [],
    said: [{ h: '0a0b0c0d', text: SITE }],
  });
  square.send({ type: 'ringBird', action: 'come', from: 'left', x: 0.5, at: 1 });
  square.send({ type: 'ringBird', action: 'go', toward: 'left', at: 2 });
  await strip.locator('.remark').getByText(SITE).waitFor();
  const place = { site: 'lantern', name: SITE, url: 'https://lantern.example/', square: 'x' };
  square.send({ type: 'hopped', site: place, edge: 'right', x: 0.9 });
  await strip.getByRole('group', { name: SITE }).waitFor();
  // A gate whose address is no web address is no gate.
  square.send(neighbours);
  square.send({ type: 'say', id: 2, text: 'done', at: 2 });
  await strip.locator('.bubble').getByText('done').waitFor();
  const found = await page.evaluate(() => {
    const root = document.querySelector('town-square')?.shadowRoot;
    const links = [...(root?.querySelectorAll('a') ?? [])].map(({ href }) => href);
    return {
      strange: root?.querySelectorAll('img, script, b, iframe').length,
      isHacked: Reflect.has(globalThis, 'hacked'),
      links: links.filter((href) => href !== '' && !/^https?:/.test(href)),
    };
  });
  assert.deepEqual(found, { strange: 0, isHacked: false, links: [] });
  assert.deepEqual(errors, []);
});
