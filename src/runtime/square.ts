import type { IncomingMessage } from 'node:http';
import { resolve } from 'node:path';
import { decideAdmission, type AdmissionRequest, type AdmissionSettings } from '../edge/admission.ts';
import { trustedProxies } from '../edge/client-address.ts';
import { createHttpApp } from '../edge/http-app.ts';
import { RingDoor } from '../edge/ring-door.ts';
import { HttpServer, LIVE_PATH } from '../edge/http-server.ts';
import type { Settings } from '../config/settings.ts';
import { systemClock } from '../lib/clock.ts';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import type { Log } from '../log/log.ts';
import { Metrics } from '../metrics/metrics.ts';
import { loadPlugins } from '../plugins/load.ts';
import { identitySecrets } from '../realtime/identity-secret.ts';
import { SceneHost, type SceneHostSettings } from '../realtime/scene-host.ts';
import { systemRandom } from '../realtime/system-random.ts';
import { openRing } from '../ring/ring.ts';
import { ensureDataDir, loadVisitorKey, lockDataDir } from '../store/data-dir.ts';
import { openStore } from '../store/store.ts';
import { openAdministration } from './administration.ts';
import { limitSettings } from './limit-settings.ts';
import { tuningSettings } from './tuning-settings.ts';
import { RingProcess } from './ring-process.ts';
import type { SupervisorDeps } from './supervised-process.ts';
import { stopAll, type Part } from './parts.ts';
import type { SceneHolder } from './scene-holder.ts';
import { ShardedScenes } from './sharded-scenes.ts';
import { shardCount, shardEnvironment } from './shard-count.ts';

/** How often the square looks whether the command line changed its store. */
const STORE_LOOK_MS = 1_000;

/** How long a start that failed half-way may take to take itself down. */
const UNDO_WITHIN_MS = 3_000;

export interface RunningSquare {
  /** Stops outside-in: refuse new, say goodbye, leave the ring, close the store. Idempotent by its caller. */
  stop(signal: AbortSignal): Promise<void>;
}

/**
 * Puts one square together and starts it inside-out: store, ring, scenes, edge.
 * @throws Error in words for the operator; what had started is stopped again
 */
export async function startSquare(settings: Settings, log: Log): Promise<RunningSquare> {
  const started: Part[] = [];
  try {
    await start(settings, log, started);
  } catch (err) {
    await stopAll(started, log, AbortSignal.timeout(UNDO_WITHIN_MS));
    throw err;
  }
  return { stop: (signal) => stopAll(started, log, signal) };
}

async function start(settings: Settings, log: Log, started: Part[]): Promise<void> {
  const metrics = new Metrics();
  ensureDataDir(settings.DATA_DIR);
  const lock = lockDataDir(settings.DATA_DIR);
  started.push({ name: 'data folder lock', stop: () => lock.release() });
  const store = openStore(settings.DATA_DIR, (err) => log.error({ err }, 'changes could not be written; trying again'));
  started.push({ name: 'store', stop: () => store.close() });

  const countRealtime = metrics.counterOf('realtime');
  const visitorKey = loadVisitorKey(settings.DATA_DIR);
  const pluginModules = settings.TOWNSQUARE_EXTRA_PLUGINS.map((path) => resolve(path));
  // Loaded in this process too: a module that cannot be used ends the start here, in words.
  const plugins = await loadPlugins(pluginModules, {
    log: log.child({ part: 'plugins' }),
    countFault: (where) => countRealtime('plugin-fault', where),
  });
  const hostSettings: SceneHostSettings = {
    maxPayloadBytes: settings.MAX_WS_PAYLOAD_BYTES,
    minHumanSayMs: settings.MIN_HUMAN_SAY_MS,
    defaultConnectionLimit: settings.MAX_CONNECTIONS,
    ...limitSettings(settings),
    tuning: tuningSettings(settings),
  };
  const shards = await shardCount(settings.SHARDS, log);
  const tree: SupervisorDeps = {
    clock: systemClock,
    log: log.child({ part: 'tree' }),
    count: metrics.counterOf('tree'),
    env: shardEnvironment(process.env, settings.DATA_DIR),
  };
  const ring = await openRing({
    store,
    log: log.child({ part: 'ring' }),
    metrics,
    settings,
    // Not loaded where it does not run: libp2p takes tens of megabytes.
    hold: async (source) =>
      shards === 0
        ? (await import('../ring/ring-host.ts')).createRingHost(source)
        : new RingProcess({ ...tree, logLevel: settings.LOG_LEVEL, source }),
  });
  const sharded =
    shards === 0
      ? undefined
      : new ShardedScenes({
          ...tree,
          shards,
          sites: store,
          ring: ring.port,
          logLevel: settings.LOG_LEVEL,
          countRealtime,
          visitorKey,
          settings: hostSettings,
          pluginModules,
        });
  const scenes: SceneHolder =
    sharded ??
    new SceneHost(
      {
        sites: store,
        ring: ring.port,
        clock: systemClock,
        random: systemRandom,
        secretFor: identitySecrets(visitorKey),
        changeSite: (key, patch) => store.changeSite(key, patch),
        log: log.child({ part: 'realtime' }),
        metrics: { count: countRealtime },
        plugins,
      },
      hostSettings,
    );
  metrics.gauge('square_scenes', 'Live scenes', () => scenes.stats().scenes);
  metrics.gauge('square_sockets', 'Open sockets', () => scenes.stats().sockets);
  metrics.gauge('square_visitors', 'Joined visitors', () => scenes.stats().visitors);

  if (sharded !== undefined) {
    metrics.gauge('square_shards_up', 'Scene processes that serve', () => sharded.stats().up);
    metrics.gauge('square_hand_overs_waiting', 'Upgrades on their way to a shard', () => sharded.stats().waiting);
    metrics.gauge(
      'square_shards_resident_memory_bytes',
      'Resident memory of the scene processes',
      () => sharded.stats().residentBytes,
    );
  }

  const administration = openAdministration(settings, {
    store,
    scenes,
    plugins,
    ring,
    log: log.child({ part: 'admin' }),
    count: metrics.counterOf('admin'),
  });
  started.push(administration);
  let publicOrigin = settings.PUBLIC_ORIGIN ?? '';
  const app = createHttpApp({
    metrics,
    ring: ring.directory,
    random: () => systemRandom.fraction(),
    publicOrigin: () => publicOrigin,
    siteDir: settings.SITE_DIR,
    hasLab: settings.LAB,
    apis: administration.apis,
    landingOrigin: settings.LANDING_ORIGIN,
    pluginAssetsDir: settings.TOWNSQUARE_PLUGIN_ASSETS_DIR,
    restsForMs: () => sharded?.restsForMs(DEFAULT_SCENE_KEY) ?? 0,
  });
  const proxies = trustedProxies(settings.TRUSTED_PROXIES);
  const ringDoor = new RingDoor({
    clock: systemClock,
    listener: () =>
      ring.isUp() && settings.P2P_WS_PORT > 0
        ? { host: localHost(settings.P2P_HOST), port: settings.P2P_WS_PORT }
        : undefined,
    trustedProxies: proxies,
    count: metrics.counterOf('edge'),
  });
  started.push({ name: 'ring door', stop: () => ringDoor.close() });
  let admission: AdmissionSettings | undefined;
  const http = new HttpServer({
    app,
    log: log.child({ part: 'edge' }),
    onRingUpgrade: (request, socket, head) => ringDoor.pass(request, socket, head),
    onUpgrade(request, socket, head) {
      if (admission === undefined) {
        socket.destroy();
        return;
      }
      const decision = decideAdmission(admissionRequestOf(request), {
        sites: store,
        socketCount: (sceneKey) => scenes.socketCount(sceneKey),
        isQuarantined: (sceneKey, address) => scenes.isQuarantined(sceneKey, address),
        settings: admission,
      });
      if (decision.admitted) scenes.admit(decision.ticket, request, socket, head);
      else scenes.refuse(request, socket, head, decision.reason);
    },
  });
  started.push({ name: 'ring', stop: (signal) => ring.stop(signal) }, { name: 'scenes', stop: () => scenes.stop() });
  await Promise.all([sharded?.start(), ring.start((sceneKey) => scenes.presence(sceneKey))]);
  sharded?.refreshNeighbours();
  const { port } = await http.listen(settings.HOST, settings.PORT);
  started.push({ name: 'edge', stop: () => http.close() });
  const url = `http://${urlHost(settings.HOST)}:${port}`;
  publicOrigin ||= url;
  admission = {
    host: settings.HOST,
    port,
    allowedOrigins: settings.ALLOWED_ORIGINS,
    defaultConnectionLimit: settings.MAX_CONNECTIONS,
    trustedProxies: proxies,
  };

  let siteKeys = store.sites().map(({ key }) => key);
  store.onForeignChange(() => {
    const before = siteKeys;
    siteKeys = store.sites().map(({ key }) => key);
    for (const key of new Set([...before, ...siteKeys])) scenes.siteChanged(key);
    void ring.reload().then(() => sharded?.refreshNeighbours());
  }, STORE_LOOK_MS);
  log.info({ url, socket: `${url.replace(/^http/, 'ws')}${LIVE_PATH}`, square: ring.directory.square }, 'square ready');
}

function admissionRequestOf({ url, headers, socket }: IncomingMessage): AdmissionRequest {
  const realIp = headers['x-real-ip'];
  return {
    url,
    origin: headers.origin,
    host: headers.host,
    remoteAddress: socket.remoteAddress,
    xRealIp: Array.isArray(realIp) ? realIp[0] : realIp,
  };
}

/** An address as it stands in a URL. */
function urlHost(host: string): string {
  const local = localHost(host);
  return local.includes(':') ? `[${local}]` : local;
}

/** Where this machine reaches what listens on an address; the unspecified ones on loopback. */
function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
