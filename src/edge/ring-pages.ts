import { Hono, type Context } from 'hono';
import { etag } from 'hono/etag';
import type { RingDirectory, RingListing, RingListingSite } from '../ring/ring-port.ts';
import { loadAsset, publicPath, sendAsset, type Asset } from './assets.ts';
import { ringMapPage, ringOpml } from './ring-map.ts';

export interface RingPagesDeps {
  readonly ring: RingDirectory;
  /** A number in 0 … 1, for /ring/random. */
  readonly random: () => number;
  readonly publicOrigin: () => string;
}

/**
 * The ring for plain web: links that work without script, lists for machines, and the signed documents themselves. No
 * redirect takes its target from the request; `from` only names a site of the signed list.
 */
export function ringPages({ ring, random, publicOrigin }: RingPagesDeps): Hono {
  const pages = new Hono();

  const walk =
    (choose: (sites: readonly RingListingSite[], here: number) => RingListingSite | undefined) =>
    (context: Context) => {
      const place = locate(ring.rings(), context.req.query('ring'), context.req.query('from'));
      if (place === undefined) return context.text('no such ring or site here\n', 404);
      const target = choose(place.sites, place.here);
      context.header('cache-control', 'no-store');
      return target === undefined
        ? context.text('this ring has no other site yet\n', 404)
        : context.redirect(target.entry, 302);
    };
  /** The next one that is awake; when all the others sleep, the next one all the same. */
  const step = (by: number) => (sites: readonly RingListingSite[], here: number) => {
    const others = sites.map((_, distance) => sites[(here + (by + sites.length) * distance) % sites.length]);
    const [, next] = others;
    return others.slice(1).find((site) => site?.isAsleep !== true) ?? next;
  };

  pages.get('/ring/prev', walk(step(-1)));
  pages.get('/ring/next', walk(step(1)));
  pages.get(
    '/ring/random',
    walk((sites, here) => {
      const awake = sites.filter((site, index) => index !== here && site.isAsleep !== true);
      const others = awake.length > 0 ? awake : sites.filter((_, index) => index !== here);
      return others[Math.floor(random() * others.length)];
    }),
  );

  pages.get('/ring', etag(), async (context) => {
    ring.lookAround();
    context.header('cache-control', 'no-cache');
    context.header('content-security-policy', MAP_POLICY);
    return context.html(ringMapPage(ring.rings(), publicOrigin()));
  });
  for (const [path, source, contentType] of MAP_FILES) {
    let file: Asset | undefined;
    pages.get(`/ring/${path}`, (context) => sendAsset(context, (file ??= loadAsset(publicPath(source), contentType))));
  }

  pages.get('/ring/list.json', (context) => {
    publicRead(context);
    ring.lookAround();
    return context.json({
      rings: ring.rings().map(({ id, name, version, sites }) => ({
        id,
        name,
        version,
        sites: sites.map(({ isOurs: _isOurs, ...site }) => site),
      })),
    });
  });

  pages.get('/ring/list.opml', async (context) => {
    publicRead(context);
    return context.body(String(await ringOpml(ring.rings())), 200, { 'content-type': 'text/x-opml; charset=utf-8' });
  });

  pages.get('/.well-known/townring.json', (context) => {
    publicRead(context);
    return context.json({
      square: ring.square,
      origin: publicOrigin(),
      addresses: ring.addresses,
      protocol: ['townring/1'],
      rings: ring.rings().map(({ id, name, version }) => ({ id, name, version })),
    });
  });

  pages.get('/.well-known/townring/:ringId/:file', (context) => {
    const listing = ring.rings().find(({ id }) => id === context.req.param('ringId'));
    const documents = new Map<string, unknown>([
      ['charter.json', listing?.documents.charters],
      ['members.json', listing?.documents.members],
      ['beat.json', listing?.documents.beat],
    ]);
    const document = documents.get(context.req.param('file'));
    if (document === undefined) return context.json({ error: 'no such document' }, 404);
    publicRead(context);
    return context.json(document);
  });
  return pages;
}

/** The map is ours alone: whatever a site's name may hold, it runs no script of others. */
const MAP_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action 'none'";

const MAP_FILES = [
  // Shared by all pages of ours, of which an operator may have replaced the first; the street also by the demo's.
  ['street.css', 'home/street.css', 'text/css; charset=utf-8'],
  ['page.css', 'home/page.css', 'text/css; charset=utf-8'],
  ['map.css', 'map/map.css', 'text/css; charset=utf-8'],
  ['map.js', 'map/map.js', 'application/javascript; charset=utf-8'],
] as const;

/** Signed lists are public by nature: any page may read them, and nobody may cache them for long. */
function publicRead(context: Context): void {
  context.header('access-control-allow-origin', '*');
  context.header('cache-control', 'public, max-age=10');
}

/** Where a walk starts: the named site, else the first of ours, in the named ring, else in the first that has it. */
function locate(
  rings: readonly RingListing[],
  ringId: string | undefined,
  from: string | undefined,
): { sites: readonly RingListingSite[]; here: number } | undefined {
  for (const { id, sites } of rings) {
    if (ringId !== undefined && id !== ringId) continue;
    const here = sites.findIndex((site) => (from === undefined ? site.isOurs : site.id === from));
    if (here >= 0) return { sites, here };
  }
  return undefined;
}
