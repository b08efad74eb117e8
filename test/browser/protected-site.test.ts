/** A site that asks newcomers for proof of work: the widget does it by itself, the visitor notices nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { embedSnippet } from '../../src/cli/site-commands.ts';
import { newSiteRecord } from '../../src/store/site-record.ts';
import { openStore } from '../../src/store/store.ts';
import { launchChromium } from '../support/chromium.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openStrip } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

test('8: a browser on the page of a bot-protected site works, and is in', async (t) => {
  const dataDir = tempDir(t);
  let html = '';
  const pages = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(html);
  });
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  t.after(() => {
    pages.closeAllConnections();
    pages.close();
  });
  const address = pages.address();
  assert.ok(address !== null && typeof address !== 'string');
  const origin = `http://127.0.0.1:${address.port}`;
  const site = newSiteRecord({ name: 'Moss & Ink', origin, key: 'moss' }, Date.now());
  const store = openStore(dataDir);
  store.addSite(site);
  store.close();
  const square = await startSquareProcess({
    DATA_DIR: dataDir,
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
  });
  t.after(() => square.stop());
  html = `<!doctype html><title>moss</title>${embedSnippet(square.url, site)}`;
  const strip = await openStrip(browser, `${origin}/`);
  assert.deepEqual(
    strip.frames.slice(0, 2).map(({ frame }) => frame.type),
    ['challenge', 'hello'],
  );
  await strip.context.close();
});
