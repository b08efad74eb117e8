import { join } from 'node:path';
import { TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { TrustedRing } from '../../federation/documents/types.ts';
import { loadSquareKey } from '../../federation/node/identity.ts';
import type { RingTrust } from '../../federation/ring-service.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ScenePresence } from '../scene/types.ts';
import type { Store } from '../store/store.ts';
import { systemClock, type Timer } from '../lib/clock.ts';
import { createGoverning } from './governing.ts';
import type { JoinDesk } from './join-desk.ts';
import type { RingDesk } from './ring-desk.ts';
import { createKeyWatch } from './key-watch.ts';
import { pairedSites } from './paired-sites.ts';
import type { RingHolder, RingSource, SiteSight } from './ring-holder.ts';
import { listingOf } from './ring-listing.ts';
import type { RingDirectory, RingPort } from './ring-port.ts';
import { sharingView } from './sharing-view.ts';
import { keptTerms } from './square-terms.ts';
import { createTermsDesk, type TermsDesk } from './terms-desk.ts';
import { trustedStateStore } from './trusted-state-store.ts';

export interface RingPartDeps {
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly settings: Settings;
  /** Chooses who holds the running ring. */
  readonly hold: (source: RingSource) => RingHolder | Promise<RingHolder>;
}

/** The ring as a part of the square. Without ring documents it opens no port and answers every question with nothing. */
export interface RingPart {
  readonly port: RingPort;
  readonly directory: RingDirectory;
  /** Whether it runs now. */
  isUp(): boolean;
  /** What the operator can do to the rings; what is done there is taken up at once. */
  readonly desk: RingDesk;
  /** Who asks to be let in, and who may. */
  readonly joins: JoinDesk;
  /** What is held with single squares. */
  readonly terms: TermsDesk;
  /** What our sites share with whom; JSON (sharing-view.ts). */
  sharing(): readonly object[];
  /** @param presenceOf samples one of this square's scenes */
  start(presenceOf: (sceneKey: string) => ScenePresence): Promise<void>;
  /** The store was written by another process: newer documents, other sites. Starts the ring if it is the first. */
  reload(): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
}

/** A ring that did not start while its square runs is tried again after 5, 10, 20 s … 5 min. */
const START_AGAIN_MS = 5_000;
const START_AGAIN_MAX_MS = 5 * 60_000;

/**
 * Reads the square's key and the rings it trusts. Documents are verified and saved here, by the process that owns the
 * store, whoever holds the running ring.
 * @throws Error when the key file is damaged or readable by others
 */
export async function openRing({ store, log, metrics, settings, hold }: RingPartDeps): Promise<RingPart> {
  const keyFile = join(settings.DATA_DIR, 'square.key');
  const key = await loadSquareKey(keyFile);
  const self = key.square;
  const count = metrics.counterOf('ring');
  const rings = new TrustedRings(trustedStateStore(store), { self, allowPrivate: settings.ALLOW_PRIVATE_RING });
  reportUnusable(rings, log);
  let sites = pairAll();
  let presenceOf: (sceneKey: string) => ScenePresence = () => ({ count: 0, figures: [] });
  let isStopped = false;
  let retry: Timer | undefined;
  let failures = 0;

  const governing = createGoverning({
    key,
    dataDir: settings.DATA_DIR,
    store,
    rings,
    allowPrivate: settings.ALLOW_PRIVATE_RING,
    log,
    count,
    links: () => holder.links(),
    onJoined: () => void reload(),
    onSleep: () => holder.sitesChanged(),
  });
  const holder: RingHolder = await hold({
    key,
    keyFile,
    rings: loggingTrust(rings, log),
    nextEpoch: () => store.nextEpoch(),
    sites: () => sites,
    asleep: () => governing.asleep(),
    guestsMax: settings.RING_GUESTS_MAX,
    birdStayMs: settings.RING_BIRD_STAY_MS,
    addresses: {
      listen: [
        `${hostAddr(settings.P2P_HOST)}/tcp/${settings.P2P_TCP_PORT}`,
        `${hostAddr(settings.P2P_HOST)}/tcp/${settings.P2P_WS_PORT}/ws`,
      ],
      announce: settings.P2P_ANNOUNCE,
    },
    allowPrivate: settings.ALLOW_PRIVATE_RING,
    answerRequest: (square, bytes) => governing.answerRequest(square, bytes),
    log,
    count,
  });
  const keyWatch = createKeyWatch(store, systemClock, log, () => holder.isKeyUsedTwice());
  metrics.gauge('square_ring_live_gates', 'Gates whose neighbour was heard within 7.5 s', () => holder.liveGates());
  metrics.gauge(
    'square_ring_links',
    'Links to other squares that are up',
    () => holder.links().filter(({ connected }) => connected).length,
  );
  metrics.gauge('square_ring_key_used_twice', '1: another running square uses the key of this one', () =>
    Number(holder.isKeyUsedTwice()),
  );
  metrics.gauge('square_ring_resident_memory_bytes', "Resident memory of the ring's process; 0: it has none", () =>
    holder.residentBytes(),
  );
  rings.onProof(({ ringId, document, version }) =>
    log.error(
      { ring: ringId, document, version },
      'two documents of the ring contradict each other: ask its admins; townring doctor shows both',
    ),
  );
  rings.onChange((ring, previous) => {
    repair();
    const isIn = (list: TrustedRing | undefined) =>
      list?.members.members.some(({ square }) => square === self) === true;
    const shownOut = ring.members.revoked.find(({ square }) => square === self);
    if (shownOut !== undefined && (previous === undefined || isIn(previous))) {
      log.warn({ ring: ring.ringId, reason: shownOut.reason }, 'this square was shown out of the ring by its admins');
    }
    const { follows } = ring.charter;
    if (follows !== undefined && previous === undefined) {
      log.warn({ ring: ring.ringId, follows }, 'the ring goes on under new admin keys that its squares signed');
    }
    log.info(
      { ring: ring.ringId, members: ring.members.version, squares: ring.members.members.length },
      'ring documents accepted',
    );
  });

  function pairAll() {
    return pairedSites(rings.all(), self, store, settings.RING_SHARING, keptTerms(store));
  }

  function repair(): void {
    sites = pairAll();
    holder.sitesChanged();
  }

  function sightOf(ringId: string, siteId: string): SiteSight {
    const sight = holder.sight(ringId, siteId);
    return governing.isAsleep(ringId, siteId) ? { ...sight, isAsleep: true } : sight;
  }

  async function startRing(): Promise<void> {
    if (isStopped || rings.all().length === 0) return;
    await holder.start(presenceOf);
    governing.startCaring();
    keyWatch.start();
  }

  /** At the square's own start a fault ends it, in words; a square that serves goes on, and the ring is tried again. */
  async function startWhileRunning(): Promise<void> {
    retry?.cancel();
    try {
      await startRing();
      failures = 0;
    } catch (err) {
      if (isStopped) return;
      const againInMs = Math.min(START_AGAIN_MAX_MS, START_AGAIN_MS * 2 ** failures);
      failures += 1;
      log.error({ err, againInMs }, 'the ring did not start; it is tried again');
      retry = systemClock.setTimer(() => void startWhileRunning(), againInMs);
    }
  }

  async function reload(): Promise<void> {
    try {
      rings.reload();
      reportUnusable(rings, log);
      repair();
      await startWhileRunning();
    } catch (err) {
      log.error({ err }, 'the ring could not be read again; what was trusted before stays');
    }
    governing.look();
  }

  return {
    port: holder.port,
    directory: {
      square: self,
      addresses: settings.P2P_ANNOUNCE,
      lookAround: () => holder.lookAround(),
      rings: () => rings.all().map((ring) => listingOf(ring, self, (siteId) => sightOf(ring.ringId, siteId))),
    },
    isUp: () => holder.isUp(),
    desk: governing.desk,
    joins: governing.joins,
    terms: createTermsDesk({ rings, store, self, sites: () => sites }),
    sharing: () =>
      sharingView({
        rings: rings.all(),
        self,
        sites,
        terms: keptTerms(store),
        isAsleep: (ringId, siteId) => governing.isAsleep(ringId, siteId),
      }),
    async start(sample) {
      presenceOf = sample;
      await startRing();
      governing.look();
    },
    reload,
    async stop(signal) {
      isStopped = true;
      retry?.cancel();
      governing.stop();
      keyWatch.stop();
      await holder.stop(signal);
    },
  };
}

/** What neighbours send is taken as before, and a store that cannot save is the operator's business. */
function loggingTrust(rings: TrustedRings, log: Log): RingTrust {
  return {
    all: () => rings.all(),
    onChange: (listener) => rings.onChange(listener),
    accept(documents, now) {
      const outcome = rings.accept(documents, now);
      if (!outcome.ok && outcome.reason === 'not-saved') {
        log.error({ err: outcome.cause }, 'newer ring documents cannot be saved; the older ones stay in use');
      }
      return outcome;
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
