import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { join } from 'node:path';
import { projectRoot } from './assets.ts';

/** The square lab at /lab/: every state of the strip without a net, for developers. Mounted only where LAB is set. */
export function labPages(): Hono {
  const pages = new Hono();
  pages.get('/lab', (context) => context.redirect(`/lab/${new URL(context.req.url).search}`, 302));
  // Its script is built, all else lies as it is written.
  for (const folder of ['dist/public', 'public']) {
    pages.use(
      '/lab/*',
      serveStatic({
        root: join(projectRoot(), folder),
        onFound: (_path, context) => context.header('cache-control', 'no-store'),
      }),
    );
  }
  return pages;
}
