import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { hashAdminToken, isSameText, newAdminToken } from '../admin/admin-token.ts';
import { adminUrl } from '../admin/embed-snippet.ts';
import type { LiveScenes } from '../admin/live-scenes.ts';
import { mapWorldFrom, type MapWorld } from '../admin/map-world.ts';
import { publishedWorld, saveWorld } from '../admin/public-map.ts';
import { serviceSiteView } from '../admin/service-site-view.ts';
import type { SitePlugins } from '../admin/site-plugins.ts';
import { activityBySite, noActivity, platformStatistics, windowsBySite } from '../admin/statistics.ts';
import { textOf } from '../lib/untyped.ts';
import type { Log } from '../log/log.ts';
import { HourlyBudget } from '../moderation/hourly-budget.ts';
import type { AdminAction } from '../scene/admin-action.ts';
import type { SiteRecord } from '../store/site-record.ts';
import type { Store } from '../store/store.ts';
import {
  answerError,
  answerJson,
  BODY_MAX_UNITS,
  readJson,
  type EdgeContext,
  type EdgeEnv,
  type JsonBody,
} from './json.ts';
import type { RequestFacts } from './request-facts.ts';
import { LOCKED_OUT } from './site-admin-api.ts';

/** Longest body of a map that is saved, in UTF-16 units. */
const MAP_MAX_UNITS = 524_288;

const NOTIFICATION_MAX_UNITS = 1_000;
const NOTIFICATIONS_SHOWN = 10;

export interface ServiceAdminApiDeps {
  readonly store: Store;
  readonly scenes: LiveScenes;
  readonly plugins: SitePlugins;
  readonly facts: RequestFacts;
  readonly clock: { now(): number; monotonic(): number };
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** Counts `operator` (refused, locked-out). */
  readonly count: (event: string, reason: string) => void;
  /** "": nobody gets in. */
  readonly password: string;
  readonly authFailuresPerHour: number;
  /** Resolves when the registry's file says what the store says. */
  readonly written: () => Promise<void>;
  /** Keeps a copy of the drawn world as a file. */
  readonly mirrorWorld: (world: MapWorld) => Promise<void>;
}

/** What the operator does with a square's sites (http-api.md section 10). Every request carries the password. */
export function serviceAdminApi(deps: ServiceAdminApiDeps): Hono<EdgeEnv> {
  const { store, scenes, plugins, facts, clock, log } = deps;
  const api = new Hono<EdgeEnv>();
  const failures = new HourlyBudget(deps.authFailuresPerHour, () => clock.monotonic());

  const route = (
    path: string,
    handle: (context: EdgeContext, body: JsonBody) => Response | Promise<Response>,
    maxUnits = BODY_MAX_UNITS,
  ): void => {
    api.post(`/api/service-admin/${path}`, async (context) => {
      const read = await readJson(context, maxUnits);
      if (!read.ok) return read.answer;
      if (deps.password === '') return answerError(context, 403, 'Service admin is not configured.');
      const address = facts.addressOf(context);
      if (failures.isSpent(address)) {
        deps.count('operator', 'locked-out');
        return answerError(context, 429, LOCKED_OUT);
      }
      if (!isSameText(textOf(read.body['password']), deps.password)) {
        failures.spend(address);
        deps.count('operator', 'refused');
        log.warn({}, 'wrong password for the operator API');
        return answerError(context, 403, 'Invalid service admin password.');
      }
      failures.clear(address);
      return handle(context, read.body);
    });
  };
  const views = async (sites: readonly SiteRecord[]): Promise<Record<string, unknown>[]> => {
    const census = await scenes.census();
    const { visitors, messages } = windowsBySite(store.days, clock.now());
    return sites.map((site) =>
      serviceSiteView(site, store.figures.of(site.key), plugins.siteConfig(site), {
        activeVisitors: census.get(site.key) ?? 0,
        visitors: visitors(site.key),
        messages: messages(site.key),
      }),
    );
  };

  route('sites', async (context) => {
    const platform = platformStatistics(store, await scenes.census(), clock.now());
    return answerJson(context, { sites: await views(store.sites()), platform });
  });

  route('traffic', (context, { siteKey }) => {
    const named = ({ key, name, origin }: SiteRecord) => ({ siteKey: key, name, origin });
    if (typeof siteKey === 'string' && siteKey !== '') {
      const site = store.find(siteKey);
      if (site === undefined) return answerError(context, 404, 'Site not found.');
      const activity = activityBySite(store.days, clock.now(), siteKey).get(siteKey) ?? noActivity();
      return answerJson(context, { site: named(site), activity });
    }
    const activities = activityBySite(store.days, clock.now());
    const sites = store.sites().flatMap((site) => {
      const activity = activities.get(site.key);
      return activity === undefined ? [] : [Object.assign(named(site), { activity })];
    });
    return answerJson(context, { sites });
  });

  route('map', (context) => answerJson(context, { world: publishedWorld(store) }));

  route(
    'map/save',
    async (context, body) => {
      const world = mapWorldFrom(body['world']);
      if (!world.ok) return answerError(context, 400, world.error);
      try {
        const kept = saveWorld(store, world.value);
        await deps.mirrorWorld(kept);
        return answerJson(context, { world: kept });
      } catch (err) {
        log.error({ err }, 'the map could not be saved');
        return answerError(context, 500, 'Could not save the map.');
      }
    },
    MAP_MAX_UNITS,
  );

  route('action', async (context, body) => {
    const site = store.find(textOf(body['siteKey']));
    if (site === undefined) return answerError(context, 404, 'Site not found.');
    const { key } = site;
    const { action } = body;
    if (action === 'resetAdminToken') {
      const adminToken = newAdminToken();
      store.changeSite(key, { adminTokenHash: hashAdminToken(adminToken) });
      log.info({ siteKey: key }, 'admin token reset');
      return answerJson(context, {
        site: (await views([store.find(key) ?? site]))[0],
        adminToken,
        adminUrl: adminUrl(facts.originOf(context), adminToken),
      });
    }
    if (action === 'deleteSite') {
      store.removeSite(key);
      scenes.siteChanged(key);
      await deps.written();
      log.info({ siteKey: key }, 'site deleted');
      return answerJson(context, { deletedSiteKey: key });
    }
    if (action === 'setSiteMapHidden') {
      store.changeSite(key, { isHiddenFromMap: body['hidden'] === true });
    } else {
      const asked = sceneActionOf(body);
      if (asked === undefined) return answerError(context, 400, 'Unknown action.');
      const problem = await scenes.act(key, asked);
      if (problem !== undefined) return answerError(context, 400, problem);
    }
    log.info({ siteKey: key, action }, 'site changed by the operator');
    return answerJson(context, { site: (await views([store.find(key) ?? site]))[0] });
  });

  route('notifications/send', (context, body) => {
    const message = textOf(body['message']).trim().slice(0, NOTIFICATION_MAX_UNITS);
    if (message === '') return answerError(context, 400, 'Message is required');
    const notification = { id: `note_${randomBytes(12).toString('base64url')}`, message, createdAt: clock.now() };
    const sitesNotified = store.notifications.send(notification);
    return answerJson(context, { notification: { ...notification, readAt: null }, sitesNotified }, 201);
  });

  route('notifications/stats', (context) =>
    answerJson(context, { recent: store.notifications.recent(NOTIFICATIONS_SHOWN) }),
  );
  return api;
}

function sceneActionOf(body: JsonBody): AdminAction | undefined {
  switch (body['action']) {
    case 'setSiteDisabled':
      return { action: 'disableSite', disabled: body['disabled'] === true };
    case 'setChatDisabled':
      return { action: 'setChatDisabled', disabled: body['disabled'] === true };
    case 'setSiteSupporter':
      return { action: 'setEntitlement', isSupporter: body['supporter'] === true };
    case 'setSitePlus':
      return { action: 'setEntitlement', isPlus: body['plus'] === true };
    default:
      return undefined;
  }
}
