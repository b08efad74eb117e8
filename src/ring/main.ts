/** The ring in a process of its own: libp2p, gossip, whatever strangers send. Started by the edge, which it does not outlive. */
import { loadSquareKey } from '../../federation/node/identity.ts';
import type { TrustedRing } from '../../federation/documents/types.ts';
import { Channel } from '../lib/channel.ts';
import { systemClock } from '../lib/clock.ts';
import { GatheredCounts } from '../lib/gathered-counts.ts';
import { ignoreSignals, liveUnderEdge, sendToEdge } from '../lib/supervised-life.ts';
import { createLog } from '../log/log.ts';
import type { ScenePresence } from '../scene/types.ts';
import {
  isToRing,
  type FromRing,
  type RingBeginning,
  type RingLoad,
  type RingNewsSpeech,
  type Sighting,
  type SquareSpeech,
  type ToRing,
} from './messages.ts';
import { MirroredRings } from './mirrored-rings.ts';
import { hearScenes, tellScenes, type RingSpeech, type ScenesSpeech } from './ring-channel.ts';
import type { PairedSite, RingHolder } from './ring-holder.ts';
import { createRingHost } from './ring-host.ts';

const COUNT_MS = 1_000;

/** How long neighbours may take to have heard our goodbye. */
const STOP_WITHIN_MS = 2_000;

const NOBODY: ScenePresence = { count: 0, figures: [] };

ignoreSignals();

let hear: ((message: Extract<ToRing, { kind: 'port' | 'square' }>) => void) | undefined;
process.on('message', (message: unknown) => {
  if (!isToRing(message)) return;
  // A rejection is a crash, and is told as one.
  if (message.kind === 'begin') void begin(message);
  else if (message.kind === 'port' || message.kind === 'square') hear?.(message);
});

function send(message: FromRing): boolean {
  return sendToEdge(message);
}

async function begin({
  logLevel,
  keyFile,
  allowPrivate,
  addresses,
  guestsMax,
  birdStayMs,
  epoch,
  ...now
}: RingBeginning): Promise<void> {
  const log = createLog(logLevel).child({ part: 'ring' });
  const counts = new GatheredCounts(systemClock, COUNT_MS, (all) => square.tell('counts', all));
  let host: RingHolder | undefined;
  let toldSights = '';
  liveUnderEdge<RingLoad>({
    load() {
      const sights = sightsOf(rings.all(), host);
      const json = JSON.stringify(sights);
      if (json !== toldSights) square.tell('sights', sights);
      toldSights = json;
      return {
        liveGates: host?.liveGates() ?? 0,
        links: host?.links() ?? [],
        isKeyUsedTwice: host?.isKeyUsedTwice() ?? false,
        residentBytes: process.memoryUsage.rss(),
      };
    },
    onCrash: (err) => log.fatal({ err }, 'ring failed'),
    async stop() {
      await host?.stop(AbortSignal.timeout(STOP_WITHIN_MS));
      counts.flush();
    },
  });

  const key = await loadSquareKey(keyFile);
  let sites: readonly PairedSite[] = now.sites;
  let asleep = now.asleep;
  /** Of our scenes in a ring. */
  const presences = new Map(now.presences);
  const square = new Channel<RingNewsSpeech, SquareSpeech>({
    clock: systemClock,
    send: (message) => send({ kind: 'square', message }),
    hearing: {
      news: {
        trusted: (ring) => rings.use(ring),
        sites(next) {
          sites = next.ours;
          asleep = next.asleep;
          const scenes = new Set(sites.map(({ sceneKey }) => sceneKey));
          for (const sceneKey of presences.keys()) if (!scenes.has(sceneKey)) presences.delete(sceneKey);
          host?.sitesChanged();
        },
        lookAround: () => host?.lookAround(),
        presence({ sceneKey, presence }) {
          presences.set(sceneKey, presence);
          host?.port.touch(sceneKey);
        },
      },
      questions: {},
      streams: {},
    },
  });
  const rings = new MirroredRings(now.rings, {
    self: key.square,
    allowPrivate,
    keep: async (documents) => (await square.ask('keep', documents)) ?? { ok: false, reason: 'not-saved' },
  });
  host = createRingHost({
    key,
    keyFile,
    rings,
    nextEpoch: () => epoch,
    sites: () => sites,
    asleep: () => asleep,
    addresses,
    guestsMax,
    birdStayMs,
    answerRequest: (asking, bytes) => square.ask('request', { square: asking, bytes }),
    log,
    count: (event, reason) => counts.count(event, reason),
  });
  const port = new Channel<RingSpeech, ScenesSpeech>({
    clock: systemClock,
    send: (message) => send({ kind: 'port', message }),
    hearing: hearScenes(host.port),
  });
  tellScenes(host.port, () => port);
  hear = ({ kind, message }) => (kind === 'port' ? port : square).hear(message);
  await host.start((sceneKey) => presences.get(sceneKey) ?? NOBODY);
  send({ kind: 'ready' });
}

function sightsOf(rings: readonly TrustedRing[], host: RingHolder | undefined): Sighting[] {
  if (host === undefined) return [];
  return rings.flatMap(({ ringId, members }) =>
    members.members
      .flatMap(({ sites }) => sites)
      .map(({ id: siteId }) => ({ ringId, siteId, sight: host.sight(ringId, siteId) }))
      .filter(({ sight }) => sight.state !== 'unknown'),
  );
}
