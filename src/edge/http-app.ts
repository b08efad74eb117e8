import { readFileSync } from 'node:fs';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { Metrics } from '../metrics/metrics.ts';
import type { RingDirectory } from '../ring/ring-port.ts';
import { loadAsset, publicPath, sendAsset } from './assets.ts';
import { ringPages } from './ring-pages.ts';

/** Parts of our own pages that make sense in a ring only. */
const RING_ONLY = /<!-- ring -->.*?<!-- \/ring -->/gs;

export interface HttpAppDeps {
  readonly metrics: Metrics;
  readonly ring: RingDirectory;
  readonly random: () => number;
  readonly publicOrigin: () => string;
  /** Folder of the operator's own pages; undefined: the built-in page. */
  readonly siteDir: string | undefined;
}

/** Everything a square answers over plain HTTP. The upgrade path of sockets never passes through here. */
export function createHttpApp({ metrics, ring, random, publicOrigin, siteDir }: HttpAppDeps): Hono {
  const app = new Hono();
  const widget = loadAsset(publicPath('townring.js'), 'application/javascript; charset=utf-8');

  app.get('/healthz', (context) => context.text('ok'));
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  app.get('/townring.js', (context) => sendAsset(context, widget));
  app.route('/', ringPages({ ring, random, publicOrigin }));

  app.use('*', async (context, next) => {
    await next();
    context.header('x-content-type-options', 'nosniff');
  });
  if (siteDir === undefined) {
    const home = readFileSync(publicPath('home/index.html'), 'utf8');
    app.get('/', (context) => {
      // Links into a ring lead nowhere before there is one.
      const page = ring.rings().length > 0 ? home : home.replaceAll(RING_ONLY, '');
      return context.html(page.replaceAll('{{origin}}', () => escapeHtml(publicOrigin())));
    });
  }
  const root = siteDir ?? publicPath('home');
  app.use('*', etag(), serveStatic({ root, onFound: (_path, context) => context.header('cache-control', 'no-cache') }));

  app.notFound((context) => context.text('not found', 404));
  return app;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
