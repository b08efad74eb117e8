import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { actionFrom } from '../admin/action-request.ts';
import { adminUrl, embedSnippet } from '../admin/embed-snippet.ts';
import type { LiveScenes } from '../admin/live-scenes.ts';
import { neighbourhoodOf } from '../admin/neighbourhood.ts';
import { ownersView, sceneView } from '../admin/scene-view.ts';
import type { Sessions } from '../admin/sessions.ts';
import { SignIns, type Credentials, type SignIn } from '../admin/sign-in.ts';
import type { SitePlugins } from '../admin/site-plugins.ts';
import { siteStylesheet } from '../admin/site-stylesheet.ts';
import { siteView } from '../admin/site-view.ts';
import { textOf } from '../lib/untyped.ts';
import { freshNotes } from '../scene/note.ts';
import { counted, type SiteFigures } from '../store/site-figures.ts';
import type { SiteRecord } from '../store/site-record.ts';
import type { Store } from '../store/store.ts';
import { answerError, answerJson, readJson, type EdgeContext, type EdgeEnv, type JsonBody } from './json.ts';
import type { RequestFacts } from './request-facts.ts';

const COOKIE = 'ts_admin';
const SESSION_S = 43_200;
const REMEMBERED_SESSION_S = 2_592_000;

/** Looks at the admin page that lie so close together are one visit to it. */
const VISIT_PAUSE_MS = 30 * 60_000;

export const LOCKED_OUT = 'Too many failed sign-in attempts. Try again later.';

export interface SiteAdminApiDeps {
  readonly store: Store;
  readonly scenes: LiveScenes;
  readonly plugins: SitePlugins;
  readonly sessions: Sessions;
  readonly facts: RequestFacts;
  readonly clock: { now(): number; monotonic(): number };
  /** Counts `sign-in` (accepted, refused, locked-out). */
  readonly count: (event: string, reason: string) => void;
  readonly authFailuresPerHour: number;
  /** Sockets of a scene whose owner names no usable number. */
  readonly connectionLimit: number;
}

/** What owners do with their sites (http-api.md section 6). */
export function siteAdminApi(deps: SiteAdminApiDeps): Hono<EdgeEnv> {
  const { store, scenes, plugins, sessions, facts, clock } = deps;
  const api = new Hono<EdgeEnv>();
  const signIns = new SignIns(store, sessions, deps.authFailuresPerHour, () => clock.monotonic());
  const refusal = (context: EdgeContext, signIn: Extract<SignIn, string>, words: string): Response => {
    deps.count('sign-in', signIn);
    return signIn === 'locked-out' ? answerError(context, 429, LOCKED_OUT) : answerError(context, 403, words);
  };

  const view = ({ key }: SiteRecord): Record<string, unknown> => {
    const site = store.find(key);
    return site === undefined ? {} : siteView(site, store.figures.of(key), plugins.siteConfig(site));
  };
  /** What every answer about a site says of its moment: who is there, who owns it, what hangs on the board, what can be switched on. */
  const live = async ({ key }: SiteRecord): Promise<Record<string, unknown>> => {
    const visitors = await scenes.visitors(key);
    const site = store.find(key);
    if (site === undefined) return {};
    const addons = plugins.addons(site);
    const pluginModules = plugins.adminModules(site);
    const panel = plugins.adminPanel(site);
    return {
      scene: sceneView(key, visitors),
      owners: ownersView(site, visitors),
      notes: { enabled: site.hasNotes, pinned: freshNotes(site.notes, clock.now()) },
      ...(addons.length > 0 && { addons }),
      ...(pluginModules.length > 0 && { pluginModules }),
      ...(Object.keys(panel).length > 0 && { plugins: panel }),
    };
  };
  const setCookie = (context: EdgeContext, id: string, maxAgeS: number): void => {
    const secure = facts.originOf(context).startsWith('https:') ? '; Secure' : '';
    const attributes = `HttpOnly; SameSite=Strict; Path=/api/admin; Max-Age=${maxAgeS}${secure}`;
    context.header('set-cookie', `${COOKIE}=${id}; ${attributes}`);
  };
  const beginSession = (context: EdgeContext, site: SiteRecord, { rememberMe }: JsonBody): void => {
    deps.count('sign-in', 'accepted');
    const maxAgeS = isRemembered(rememberMe) ? REMEMBERED_SESSION_S : SESSION_S;
    setCookie(context, sessions.begin(site, maxAgeS * 1_000), maxAgeS);
  };
  /** Reads a request and lets its sender in. */
  const enter = async (
    context: EdgeContext,
  ): Promise<Response | { readonly body: JsonBody; readonly site: SiteRecord; readonly token?: string }> => {
    const read = await readJson(context);
    if (!read.ok) return read.answer;
    const { body } = read;
    const credentials = credentialsOf(context, body);
    const signIn = signIns.enter(facts.addressOf(context), credentials);
    if (typeof signIn === 'string') return refusal(context, signIn, 'Invalid site key or admin token.');
    if (signIn.token !== undefined && signIns.bySession(credentials) === undefined) {
      beginSession(context, signIn.site, body);
    }
    return { body, ...signIn };
  };

  api.post('/api/admin/login', async (context) => {
    const read = await readJson(context);
    if (!read.ok) return read.answer;
    const token = textOf(read.body['adminToken']).trim();
    const signIn = signIns.login(facts.addressOf(context), token);
    if (typeof signIn === 'string') return refusal(context, signIn, 'Invalid admin token.');
    beginSession(context, signIn.site, read.body);
    return answerJson(context, { site: view(signIn.site), adminUrl: adminUrl(facts.originOf(context), token) });
  });

  api.post('/api/admin/logout', (context) => {
    sessions.end(getCookie(context, COOKIE) ?? '');
    setCookie(context, '', 0);
    return answerJson(context, { ok: true });
  });

  api.post('/api/admin/site', async (context) => {
    const entered = await enter(context);
    if (entered instanceof Response) return entered;
    const { site, token } = entered;
    noteVisit(store, site.key, store.figures.of(site.key), clock.now());
    const origin = facts.originOf(context);
    return answerJson(context, {
      site: view(site),
      neighbourhood: neighbourhoodOf(site, store.sites()),
      ...(token !== undefined && { adminUrl: adminUrl(origin, token) }),
      embedSnippet: embedSnippet(origin, site.key, plugins.widgetModules(site), plugins.widgetConfig(site)),
      styleSnippet: siteStylesheet(site.style),
      ...(await live(site)),
    });
  });

  api.post('/api/admin/action', async (context) => {
    const entered = await enter(context);
    if (entered instanceof Response) return entered;
    const { body, site } = entered;
    const request = actionFrom(body, site, deps.connectionLimit);
    if (request.kind === 'refused') return answerError(context, 400, request.error);
    if (request.kind === 'act') {
      if (request.action.action === 'setPluginEnabled' && !isAvailable(plugins, site, request.action.name)) {
        return answerError(context, 400, 'Unknown plugin.');
      }
      const problem = await scenes.act(site.key, request.action);
      if (problem !== undefined) return answerError(context, 400, problem);
      if (request.patch !== undefined) store.changeSite(site.key, request.patch);
      if (request.action.action === 'setPluginEnabled' && request.action.name === 'weather') {
        noteWeather(store, site.key, store.figures.of(site.key), clock.now());
      }
    }
    return answerJson(context, { site: view(site), ...(await live(site)) });
  });

  api.post('/api/admin/notifications', async (context) => {
    const entered = await enterQuietly(context);
    if (entered instanceof Response) return entered;
    return answerJson(context, { notifications: store.notifications.of(entered.site.key) });
  });

  api.post('/api/admin/notification/read', async (context) => {
    const entered = await enterQuietly(context);
    if (entered instanceof Response) return entered;
    const id = textOf(entered.body['notificationId']);
    if (id === '') return answerError(context, 400, 'notificationId is required');
    const notification = store.notifications.markRead(entered.site.key, id, clock.now());
    if (notification === undefined) return answerError(context, 404, 'Notification not found');
    return answerJson(context, { notification });
  });
  return api;

  /** As {@link enter}, for a page that is open already: the classic API words it differently. */
  async function enterQuietly(
    context: EdgeContext,
  ): Promise<Response | { readonly body: JsonBody; readonly site: SiteRecord }> {
    const read = await readJson(context);
    if (!read.ok) return read.answer;
    const signIn = signIns.enter(facts.addressOf(context), credentialsOf(context, read.body));
    if (typeof signIn === 'string') return refusal(context, signIn, 'Unauthorized');
    return { body: read.body, site: signIn.site };
  }
}

function isAvailable(plugins: SitePlugins, site: SiteRecord, name: string): boolean {
  return plugins.addons(site).some((addon) => addon.name === name && addon.available);
}

/** Whatever is not empty means yes, as in the classic API. */
function isRemembered(value: unknown): boolean {
  return Boolean(value);
}

function credentialsOf(context: EdgeContext, body: JsonBody): Credentials {
  return {
    sessionId: getCookie(context, COOKIE) ?? '',
    siteKey: textOf(body['siteKey']),
    adminToken: textOf(body['adminToken']),
  };
}

function noteVisit(store: Store, siteKey: string, { adminAccess }: SiteFigures, now: number): void {
  const isNew = adminAccess.lastAt === null || now - adminAccess.lastAt > VISIT_PAUSE_MS;
  store.figures.change(siteKey, { adminAccess: isNew ? counted(adminAccess, now) : { ...adminAccess, lastAt: now } });
}

function noteWeather(store: Store, siteKey: string, { weatherActivation }: SiteFigures, now: number): void {
  const { attempts, firstAttemptAt } = weatherActivation;
  store.figures.change(siteKey, {
    weatherActivation: { attempts: attempts + 1, firstAttemptAt: firstAttemptAt ?? now, lastAttemptAt: now },
  });
}
