import type { Hono } from 'hono';
import { takeOverClassicFiles } from '../admin/classic-takeover.ts';
import { countLines, countVisit } from '../admin/counting.ts';
import { NoteCare } from '../admin/note-care.ts';
import { OperatorSignIns } from '../admin/operator-sign-in.ts';
import { growWorld } from '../admin/public-map.ts';
import { Sessions } from '../admin/sessions.ts';
import type { SitePlugins } from '../admin/site-plugins.ts';
import type { Settings } from '../config/settings.ts';
import { adminPages } from '../edge/admin-pages.ts';
import { trustedProxies } from '../edge/client-address.ts';
import type { EdgeEnv } from '../edge/json.ts';
import { publicApi } from '../edge/public-api.ts';
import { requestFacts } from '../edge/request-facts.ts';
import { ringAdminApi } from '../edge/ring-admin-api.ts';
import { serviceAdminApi } from '../edge/service-admin-api.ts';
import { siteAdminApi } from '../edge/site-admin-api.ts';
import { systemClock } from '../lib/clock.ts';
import type { Log } from '../log/log.ts';
import type { RingPart } from '../ring/ring.ts';
import { ClassicMirror } from '../store/classic-mirror.ts';
import type { Store } from '../store/store.ts';
import type { Part } from './parts.ts';
import type { SceneHolder } from './scene-holder.ts';

/** The APIs of sites and their owners, and what is counted for them. */
export interface Administration extends Part {
  readonly apis: readonly Hono<EdgeEnv>[];
}

interface AdministrationDeps {
  readonly store: Store;
  readonly scenes: SceneHolder;
  readonly plugins: SitePlugins;
  readonly ring: RingPart;
  readonly log: Log;
  readonly count: (event: string, reason: string) => void;
}

/** Listens to the scenes from now on. */
export function openAdministration(
  settings: Settings,
  { store, scenes, plugins, ring, log, count }: AdministrationDeps,
): Administration {
  const clock = systemClock;
  takeOverClassicFiles(store, settings.DATA_DIR, { connectionLimit: settings.MAX_CONNECTIONS, now: clock.now(), log });
  const mirror = new ClassicMirror(store, settings.DATA_DIR, clock, log);
  const growMap = (): void => {
    const world = growWorld(store);
    if (world !== undefined) void mirror.writeWorld(world);
  };
  scenes.onSaid((siteKey, lines) => countLines(store, siteKey, lines));
  scenes.onVisit((siteKey, visit) => {
    if (!countVisit(store, siteKey, visit, clock.now())) return;
    growMap();
    void mirror.writeSites();
  });
  growMap();
  if (store.sites().length > 0) void mirror.writeSites();
  const noteCare = new NoteCare(store, scenes, clock);
  const facts = requestFacts(settings.PUBLIC_ORIGIN, trustedProxies(settings.TRUSTED_PROXIES));
  const shared = { store, scenes, plugins, facts, clock, log, count, written: () => mirror.writeSites() };
  const authFailuresPerHour = settings.AUTH_FAILURES_PER_HOUR;
  const connectionLimit = settings.MAX_CONNECTIONS;
  return {
    name: 'administration',
    apis: [
      adminPages(),
      publicApi({
        ...shared,
        connectionLimit,
        limits: {
          registrations: settings.REGISTRATIONS_PER_HOUR,
          presenceReads: settings.SITE_PRESENCE_READS_PER_HOUR,
          connectionClicks: settings.CONNECTION_CLICKS_PER_HOUR,
          mapClicks: settings.MAP_CLICKS_PER_HOUR,
        },
      }),
      siteAdminApi({
        ...shared,
        sessions: new Sessions(() => clock.monotonic()),
        authFailuresPerHour,
        connectionLimit,
      }),
      serviceAdminApi({
        ...shared,
        authFailuresPerHour,
        password: settings.SERVICE_ADMIN_PASSWORD,
        mirrorWorld: (world) => mirror.writeWorld(world),
      }),
      ringAdminApi({
        store,
        desk: ring.desk,
        joins: ring.joins,
        terms: ring.terms,
        sharing: () => ring.sharing(),
        directory: ring.directory,
        signIns: new OperatorSignIns(store, authFailuresPerHour, clock),
        facts,
        changed: () => void ring.reload(),
      }),
    ],
    async stop() {
      noteCare.stop();
      await mirror.stop();
    },
  };
}
