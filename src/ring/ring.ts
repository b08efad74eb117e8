import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TrustedRing } from '../../federation/documents/types.ts';
import { createRenewer } from '../../federation/governance/renewer.ts';
import { createRingService, loadSquareKey, TrustedRings, type LocalSite } from '../../federation/index.ts';
import type { Settings } from '../config/settings.ts';
import { systemClock } from '../lib/clock.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import { cleanDisplayName } from '../scene/text.ts';
import type { ScenePresence } from '../scene/types.ts';
import type { Store } from '../store/store.ts';
import { RingAdapter } from './ring-adapter.ts';
import type { RingDirectory, RingPort } from './ring-port.ts';
import { readRingKeys } from './ring-keys.ts';
import { pairScenes, type SceneSites } from './scene-sites.ts';
import { trustedStateStore } from './trusted-state-store.ts';

export interface RingPartDeps {
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly settings: Settings;
}

/** The ring as a part of the square. Without ring documents it opens no port and answers every question with nothing. */
export interface RingPart {
  readonly port: RingPort;
  readonly directory: RingDirectory;
  /** @param presenceOf samples one of this square's scenes */
  start(presenceOf: (sceneKey: string) => ScenePresence): Promise<void>;
  /** The store was written by another process: newer documents, other sites. Starts the ring if it is the first. */
  reload(): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
}

/**
 * Reads the square's key and the rings it trusts.
 * @throws Error when the key file is damaged or readable by others
 */
export async function openRing({ store, log, metrics, settings }: RingPartDeps): Promise<RingPart> {
  const key = await loadSquareKey(join(settings.DATA_DIR, 'square.key'));
  const rings = new TrustedRings(trustedStateStore(store), {
    self: key.square,
    allowPrivate: settings.ALLOW_PRIVATE_RING,
  });
  reportUnusable(rings, log);
  const adapter = new RingAdapter(key.square, systemClock);
  let sites: SceneSites = pairAll();
  let presenceOf: (sceneKey: string) => ScenePresence = () => ({ count: 0, figures: [] });
  let starting: Promise<void> | undefined;
  let isStopped = false;

  const service = createRingService(
    {
      key,
      rings,
      nextEpoch: () => store.nextEpoch(),
      localSites: () => rings.all().flatMap(({ ringId }) => localSitesOf(ringId)),
      samplePresence: (siteId) => presenceOf(sites.sceneOf(siteId) ?? ''),
      filterPlate: (_siteId, { name, look }) => ({ name: cleanDisplayName(name), look }),
      log,
      count: metrics.counterOf('ring'),
    },
    {
      listen: [
        `${hostAddr(settings.P2P_HOST)}/tcp/${settings.P2P_TCP_PORT}`,
        `${hostAddr(settings.P2P_HOST)}/tcp/${settings.P2P_WS_PORT}/ws`,
      ],
    },
  );
  const renewer = createRenewer({
    rings,
    keyring: { keysOf: (ringId) => readRingKeys(settings.DATA_DIR, ringId) },
    clock: systemClock,
    random: (length) => randomBytes(length),
    log,
    count: metrics.counterOf('ring'),
    allowPrivate: settings.ALLOW_PRIVATE_RING,
    isInTouch,
  });
  adapter.attach(service);
  adapter.pair(sites);
  metrics.gauge('square_ring_live_gates', 'Gates whose neighbour was heard within 7.5 s', () => adapter.liveGates());
  metrics.gauge(
    'square_ring_links',
    'Links to other squares that are up',
    () => service.links().filter(({ connected }) => connected).length,
  );
  rings.onProof(({ ringId, document, version }) =>
    log.error(
      { ring: ringId, document, version },
      'two documents of the ring contradict each other: ask its admins; townring doctor shows both',
    ),
  );
  rings.onChange((ring) => {
    repair();
    log.info(
      { ring: ring.ringId, members: ring.members.version, squares: ring.members.members.length },
      'ring documents accepted',
    );
  });

  /** Ring sites of ours in the order of the lists, paired with our scenes. */
  function pairAll(): SceneSites {
    const ours = rings.all().flatMap(({ members }) => members.members.filter(({ square }) => square === key.square));
    return pairScenes(
      ours.flatMap((member) => member.sites.map(({ id }) => id)),
      store.sites(),
    );
  }

  function repair(): void {
    sites = pairAll();
    adapter.pair(sites);
    service.refreshSites();
  }

  function isInTouch({ members }: TrustedRing): boolean {
    const linked = new Set(service.links().flatMap(({ square, connected }) => (connected ? [square] : [])));
    return (
      members.members.every(({ square }) => square === key.square) ||
      members.members.some(({ square }) => linked.has(square))
    );
  }

  function localSitesOf(ringId: string): LocalSite[] {
    const ours = rings.get(ringId)?.members.members.find(({ square }) => square === key.square)?.sites ?? [];
    return ours.map(({ id: siteId }) => {
      const sceneKey = sites.sceneOf(siteId);
      const site = sceneKey === undefined ? undefined : store.find(sceneKey);
      const shared = sceneKey === DEFAULT_SCENE_KEY ? settings.RING_SHARING : 'nothing';
      return {
        ringId,
        siteId,
        sharing: site?.sharing ?? shared,
        admitsGuests: site?.admitsGuests ?? true,
        letsVisitorsOut: site?.letsVisitorsOut ?? true,
      };
    });
  }

  async function startService(): Promise<void> {
    if (isStopped || rings.all().length === 0) return;
    starting ??= service.start();
    await starting;
    renewer.start();
  }

  return {
    port: adapter,
    directory: adapter,
    async start(sample) {
      presenceOf = sample;
      await startService();
    },
    async reload() {
      try {
        rings.reload();
        reportUnusable(rings, log);
        repair();
        await startService();
      } catch (err) {
        log.error({ err }, 'the ring could not be read again; what was trusted before stays');
      }
    },
    async stop(signal) {
      isStopped = true;
      renewer.stop();
      adapter.detach();
      if (starting !== undefined) await service.stop(signal);
    },
  };
}

function reportUnusable(rings: TrustedRings, log: Log): void {
  for (const { ringId, refusal } of rings.unusable()) {
    log.error(
      { ring: ringId, reason: refusal.reason },
      'stored ring documents do not verify and are not used: install the ring again',
    );
  }
}

/** First component of a listening multiaddr. */
function hostAddr(host: string): string {
  return host.includes(':') ? `/ip6/${host}` : `/ip4/${host}`;
}
