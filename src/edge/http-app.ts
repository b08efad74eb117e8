import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context } from 'hono';
import { etag } from 'hono/etag';
import type { Metrics } from '../metrics/metrics.ts';
import type { RingDirectory } from '../ring/ring-port.ts';
import { loadAsset, publicPath, sendAsset, type Asset } from './assets.ts';
import { classicFiles } from './classic-files.ts';
import type { EdgeEnv } from './json.ts';
import { labPages } from './lab-pages.ts';
import { ringPages } from './ring-pages.ts';

/** Parts of our own pages that make sense in a ring only. */
const RING_ONLY = /<!-- ring -->.*?<!-- \/ring -->/gs;

const RESTING_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>This square is resting</title>
<meta http-equiv="refresh" content="15"><p>This square is resting. It stumbled several times in a row and starts again by
itself in a moment.</p></html>`;

const JAVASCRIPT = 'application/javascript; charset=utf-8';

export interface HttpAppDeps {
  readonly metrics: Metrics;
  readonly ring: RingDirectory;
  readonly random: () => number;
  readonly publicOrigin: () => string;
  /** Folder of the operator's own pages; undefined: the built-in page. */
  readonly siteDir: string | undefined;
  /** What is answered beside pages and files, in the order in which it is asked. */
  readonly apis: readonly Hono<EdgeEnv>[];
  /** Where `/`, `/docs` and `/changelog` lead; undefined: nowhere else. */
  readonly landingOrigin: string | undefined;
  /** Folder of files for plugins, looked into where nothing else answers; undefined: none. */
  readonly pluginAssetsDir?: string | undefined;
  /** How long the shared scene still rests after too many crashes, in ms; 0: it does not. */
  readonly restsForMs?: () => number;
  /** Whether developers find the square lab at /lab. */
  readonly hasLab?: boolean;
}

/** Everything a square answers over plain HTTP. The upgrade path of sockets never passes through here. */
export function createHttpApp(deps: HttpAppDeps): Hono<EdgeEnv> {
  const { metrics, ring, random, publicOrigin, siteDir, pluginAssetsDir, restsForMs, hasLab } = deps;
  const app = new Hono<EdgeEnv>();
  const widget = widgetAssets(dirname(publicPath('townring.js')));

  app.get('/healthz', (context) => context.text('ok'));
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  for (const [name, asset] of widget) app.get(`/${name}`, (context) => sendAsset(context, asset()));
  let ball: Asset | undefined;
  app.get('/widget/plugins/soccer-ball.mjs', (context) =>
    sendAsset(context, (ball ??= loadAsset(publicPath('widget/plugins/soccer-ball.mjs'), JAVASCRIPT))),
  );
  app.route('/', ringPages({ ring, random, publicOrigin }));
  if (hasLab === true) app.route('/', labPages());

  app.route('/', classicFiles());
  for (const api of deps.apis) app.route('/', api);
  const { landingOrigin } = deps;
  if (landingOrigin !== undefined) {
    for (const path of ['/', '/docs', '/changelog']) {
      app.get(path, (context) => {
        const { pathname, search } = new URL(context.req.url);
        return context.redirect(`${landingOrigin}${pathname}${search}`, 302);
      });
    }
  }

  app.use('*', async (context, next) => {
    await next();
    context.header('x-content-type-options', 'nosniff');
  });
  if (siteDir === undefined) {
    const home = readFileSync(publicPath('home/index.html'), 'utf8');
    app.get('/', (context) => {
      const restSeconds = Math.ceil((restsForMs?.() ?? 0) / 1_000);
      if (restSeconds > 0) return context.html(RESTING_PAGE, 503, { 'retry-after': String(restSeconds) });
      // Links into a ring lead nowhere before there is one.
      const page = ring.rings().length > 0 ? home : home.replaceAll(RING_ONLY, '');
      return context.html(page.replaceAll('{{origin}}', () => escapeHtml(publicOrigin())));
    });
  }
  const root = siteDir ?? publicPath('home');
  app.use('*', etag(), serveStatic({ root, onFound: (_path, context) => context.header('cache-control', 'no-cache') }));

  if (pluginAssetsDir !== undefined) {
    // Modules are imported by pages of other origins.
    const allowAll = (_path: string, context: Context): void => context.header('access-control-allow-origin', '*');
    app.use('*', serveStatic({ root: pluginAssetsDir, onFound: allowAll }));
  }

  app.notFound((context) => context.text('not found', 404));
  return app;
}

/** The files of the built widget by name; each is read and compressed when it is first asked for. */
function widgetAssets(folder: string): Map<string, () => Asset> {
  const assets = new Map<string, () => Asset>();
  for (const name of readdirSync(folder)) {
    const [, kind] = /^townring[\w.-]*\.(js|json)$/.exec(name) ?? [];
    if (kind === undefined) continue;
    const type = kind === 'js' ? JAVASCRIPT : 'application/json; charset=utf-8';
    let asset: Asset | undefined;
    assets.set(name, () => (asset ??= loadAsset(join(folder, name), type)));
  }
  return assets;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
