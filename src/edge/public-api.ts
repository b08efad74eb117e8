import { Hono } from 'hono';
import { embedSnippet, adminUrl } from '../admin/embed-snippet.ts';
import type { LiveScenes } from '../admin/live-scenes.ts';
import { publicMap, type PublicMap } from '../admin/public-map.ts';
import { registrationFrom } from '../admin/registration.ts';
import type { SitePlugins } from '../admin/site-plugins.ts';
import { siteStylesheet } from '../admin/site-stylesheet.ts';
import { siteView } from '../admin/site-view.ts';
import { HourlyBudget } from '../moderation/hourly-budget.ts';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import type { Log } from '../log/log.ts';
import { counted, NO_FIGURES } from '../store/site-figures.ts';
import type { Store } from '../store/store.ts';
import { answerError, answerJson, readJson, type EdgeContext, type EdgeEnv } from './json.ts';
import type { RequestFacts } from './request-facts.ts';

/** How often one address may do what in an hour; 0: as often as it likes. */
export interface PublicApiLimits {
  readonly registrations: number;
  readonly presenceReads: number;
  readonly connectionClicks: number;
  readonly mapClicks: number;
}

export interface PublicApiDeps {
  readonly store: Store;
  readonly scenes: LiveScenes;
  readonly plugins: SitePlugins;
  readonly facts: RequestFacts;
  readonly clock: { now(): number; monotonic(): number };
  readonly log: Pick<Log, 'info'>;
  /** Counts `registration` (accepted, invalid, limited), and `limited` by what was asked too often. */
  readonly count: (event: string, reason: string) => void;
  readonly limits: PublicApiLimits;
  /** Sockets that a new site takes. */
  readonly connectionLimit: number;
  /** Resolves when a site that was just added is in the registry's file. */
  readonly written: () => Promise<void>;
}

/** What anybody may ask of a square (http-api.md section 3): register a site, read its colours, count who is where. */
export function publicApi(deps: PublicApiDeps): Hono<EdgeEnv> {
  const { store, scenes, plugins, facts, clock, limits, count } = deps;
  const api = new Hono<EdgeEnv>();
  const budget = (limit: number): HourlyBudget => new HourlyBudget(limit, () => clock.monotonic());
  const registrations = budget(limits.registrations);
  const presenceReads = budget(limits.presenceReads);
  const connectionClicks = budget(limits.connectionClicks);
  const mapClicks = budget(limits.mapClicks);

  api.post('/api/sites', async (context) => {
    if (!registrations.spend(facts.addressOf(context))) {
      count('registration', 'limited');
      return answerError(context, 429, 'Too many registrations from this address. Try again later.');
    }
    const read = await readJson(context);
    if (!read.ok) return read.answer;
    const registration = registrationFrom(read.body, deps.connectionLimit, clock.now());
    count('registration', registration.ok ? 'accepted' : 'invalid');
    if (!registration.ok) return answerError(context, 400, registration.error);
    const { site, adminToken } = registration.value;
    store.addSite(site);
    scenes.siteChanged(site.key);
    await deps.written();
    deps.log.info({ siteKey: site.key, origin: site.origin }, 'site registered');
    const origin = facts.originOf(context);
    return answerJson(
      context,
      {
        site: siteView(site, NO_FIGURES, plugins.siteConfig(site)),
        adminToken,
        adminUrl: adminUrl(origin, adminToken),
        embedSnippet: embedSnippet(origin, site.key, plugins.widgetModules(site), plugins.widgetConfig(site)),
        styleSnippet: siteStylesheet(site.style),
      },
      201,
    );
  });

  api.get('/api/sites/:siteKey/style.css', (context) => {
    const site = store.find(context.req.param('siteKey'));
    if (site === undefined || site.isDisabled) return context.text('Not found', 404);
    return context.body(siteStylesheet(site.style), 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    });
  });

  api.get('/api/stats', async (context) => {
    liveRead(context);
    // What was said before this question is counted in the answer.
    await scenes.census();
    const figures = store.sites().map(({ key }) => store.figures.of(key));
    return answerJson(context, {
      registered: figures.length,
      verified: figures.filter(({ verifiedAt }) => verifiedAt !== null).length,
      messages: figures.reduce((sum, { messageCount }) => sum + messageCount, 0),
    });
  });

  api.get('/api/site-presence', async (context) => {
    liveRead(context);
    if (!presenceReads.spend(facts.addressOf(context))) {
      count('limited', 'presence');
      return answerError(context, 429, 'rate limited');
    }
    const siteKey = context.req.query('siteKey') ?? '';
    const site = siteKey === '' ? undefined : store.find(siteKey);
    if (siteKey !== '' && (site === undefined || site.isDisabled)) return answerError(context, 404, 'unknown site');
    const census = await scenes.census();
    return answerJson(context, { activeVisitors: census.get(siteKey === '' ? DEFAULT_SCENE_KEY : siteKey) ?? 0 });
  });

  const map = async (): Promise<PublicMap> => publicMap(store, plugins, await scenes.census(), clock.now());
  api.get('/api/map', async (context) => {
    context.header('cache-control', 'no-store');
    return answerJson(context, await map());
  });
  api.get('/api/map/activity', async (context) => {
    const { version, sites } = await map();
    context.header('cache-control', 'no-store');
    return answerJson(context, {
      version,
      sites: sites.map(({ siteKey, activeVisitors }) => ({ siteKey, activeVisitors })),
    });
  });

  /** Beacons: the page that sent one is gone, so that nothing but a spent budget is ever answered. */
  const click = (clicks: HourlyBudget, note: (site: string, url: unknown) => void) => async (context: EdgeContext) => {
    context.header('access-control-allow-origin', '*');
    if (!clicks.spend(facts.addressOf(context))) {
      count('limited', 'click');
      return context.body(null, 429);
    }
    const read = await readJson(context);
    if (read.ok) {
      const site = store.find(String(read.body['siteKey']));
      if (site !== undefined && !site.isDisabled) note(site.key, read.body['url']);
    }
    return context.body(null, 204);
  };
  api.post(
    '/api/connection-click',
    click(connectionClicks, (siteKey, url) => {
      const connection = store.find(siteKey)?.connections.find((each) => each.url === url);
      if (connection === undefined) return;
      const { connectionClicks: before } = store.figures.of(siteKey);
      const tally = counted(before[connection.url] ?? { count: 0, lastAt: null }, clock.now());
      store.figures.change(siteKey, { connectionClicks: { ...before, [connection.url]: tally } });
    }),
  );
  api.post(
    '/api/map-click',
    click(mapClicks, (siteKey) => {
      const { mapClicks: before } = store.figures.of(siteKey);
      store.figures.change(siteKey, { mapClicks: counted(before, clock.now()) });
    }),
  );
  return api;
}

/** Any page may read it, and it is old in a moment. */
function liveRead(context: EdgeContext): void {
  context.header('access-control-allow-origin', '*');
  context.header('cache-control', 'no-store');
}
