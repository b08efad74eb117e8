import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { decideAdmission } from '../../src/edge/admission.ts';
import { NO_ADDRESS_LIMITS, type AddressLimitSettings } from '../../src/moderation/address-limits.ts';
import { BUILT_IN_PLUGINS } from '../../src/plugins/load.ts';
import { PluginHost } from '../../src/plugins/plugin-host.ts';
import type { Plugin } from '../../src/plugins/plugin.ts';
import { identitySecrets } from '../../src/realtime/identity-secret.ts';
import { SceneHost } from '../../src/realtime/scene-host.ts';
import type { Site, SitePatch } from '../../src/scene/site.ts';
import type { SceneTuning } from '../../src/scene/tuning.ts';
import { LiveClient, type LiveClientOptions } from './live-client.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryRing } from './memory-ring.ts';
import { QUIET } from './scene-rig.ts';
import { seededRandom } from './seeded-random.ts';

export interface LiveSquareOptions {
  readonly sites?: readonly Site[];
  readonly minHumanSayMs?: number;
  readonly defaultConnectionLimit?: number;
  readonly allowedOrigins?: readonly string[];
  /** What is not named is unlimited. */
  readonly limits?: Partial<AddressLimitSettings>;
  readonly socketMessageLimit?: number;
  readonly proofOfWorkBits?: number;
  /** Beside the built-in ones. */
  readonly plugins?: readonly Plugin[];
  /** What the test is about; everything else that takes time by itself never happens. */
  readonly tuning?: Partial<SceneTuning>;
  /** Uniform in [0, 1); tests make it throw to see what a fault does. */
  readonly fraction?: () => number;
}

/** Real sockets into real scenes over a real HTTP server; only time, chance and the ring are the test's own. */
export interface LiveSquare {
  readonly host: SceneHost;
  readonly clock: ManualClock;
  readonly ring: MemoryRing;
  readonly sites: Map<string, Site>;
  /** Changes that scenes made to their sites, in order; each is in `sites` as well. */
  readonly patches: { readonly siteKey: string; readonly patch: SitePatch }[];
  /** Counted events, `<event> <reason>`, in order. */
  readonly counted: string[];
  readonly plugins: PluginHost;
  readonly port: number;
  /** Complete socket URL; `query` without the question mark. */
  url(query?: string): string;
  connect(query?: string, options?: LiveClientOptions): Promise<LiveClient>;
}

export async function startLiveSquare(context: TestContext, options: LiveSquareOptions = {}): Promise<LiveSquare> {
  const { sites: given = [], minHumanSayMs = 0, defaultConnectionLimit = 100, allowedOrigins = [] } = options;
  const clock = new ManualClock();
  const ring = new MemoryRing();
  const sites = new Map(given.map((site) => [site.key, site]));
  const directory = { find: (key: string) => sites.get(key) };
  const counted: string[] = [];
  const patches: { siteKey: string; patch: SitePatch }[] = [];
  const random = seededRandom(1);
  const plugins = new PluginHost([...BUILT_IN_PLUGINS, ...(options.plugins ?? [])], {
    log: { error: () => undefined },
    countFault: (where) => void counted.push(`plugin-fault ${where}`),
  });
  const host = new SceneHost(
    {
      sites: directory,
      ring,
      clock,
      random: { ...random, fraction: options.fraction ?? random.fraction },
      changeSite: (siteKey, patch) => {
        patches.push({ siteKey, patch });
        const site = sites.get(siteKey);
        if (site !== undefined) sites.set(siteKey, { ...site, ...patch });
      },
      secretFor: identitySecrets(new Uint8Array(32).fill(1)),
      log: { warn: () => undefined, error: () => undefined },
      metrics: { count: (event, reason) => void counted.push(`${event} ${reason}`) },
      plugins,
    },
    {
      maxPayloadBytes: 4_096,
      minHumanSayMs,
      limits: { ...NO_ADDRESS_LIMITS, maxEntries: 50_000, ...options.limits },
      socketMessageLimit: options.socketMessageLimit ?? 0,
      proofOfWorkBits: options.proofOfWorkBits ?? 0,
      tuning: { ...QUIET, ...options.tuning },
    },
  );
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the test server has no port');
  const { port } = bound;
  server.on('upgrade', (request, socket, head) => {
    const { origin, host: hostHeader, 'x-real-ip': xRealIp } = request.headers;
    const decision = decideAdmission(
      {
        url: request.url,
        origin,
        host: hostHeader,
        remoteAddress: request.socket.remoteAddress,
        xRealIp: typeof xRealIp === 'string' ? xRealIp : undefined,
      },
      {
        sites: directory,
        socketCount: (sceneKey) => host.socketCount(sceneKey),
        isQuarantined: (sceneKey, address) => host.isQuarantined(sceneKey, address),
        settings: { host: '127.0.0.1', port, allowedOrigins, defaultConnectionLimit },
      },
    );
    if (decision.admitted) host.admit(decision.ticket, request, socket, head);
    else host.refuse(request, socket, head, decision.reason);
  });
  const clients: LiveClient[] = [];
  context.after(async () => {
    for (const client of clients) client.socket.terminate();
    const stopped = host.stop();
    clock.advance(1_000);
    await stopped;
    server.close();
  });
  const url = (query = ''): string => `ws://127.0.0.1:${port}/live${query === '' ? '' : `?${query}`}`;
  return {
    host,
    clock,
    ring,
    sites,
    patches,
    counted,
    plugins,
    port,
    url,
    connect: async (query, clientOptions) => {
      const client = await LiveClient.connect(url(query), clientOptions);
      clients.push(client);
      return client;
    },
  };
}
