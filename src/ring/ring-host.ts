import { dirname, join } from 'node:path';
import { createRingService } from '../../federation/index.ts';
import { systemClock } from '../lib/clock.ts';
import { cleanDisplayName } from '../scene/text.ts';
import type { ScenePresence } from '../scene/types.ts';
import { RingAdapter } from './ring-adapter.ts';
import type { RingHolder, RingSource } from './ring-holder.ts';
import { roostFile } from './roost-file.ts';

/** What the ring needs where it runs. */
type RingHostDeps = Pick<
  RingSource,
  | 'key'
  | 'keyFile'
  | 'rings'
  | 'nextEpoch'
  | 'sites'
  | 'asleep'
  | 'addresses'
  | 'guestsMax'
  | 'birdStayMs'
  | 'answerRequest'
  | 'log'
  | 'count'
>;

const NOBODY: ScenePresence = { count: 0, figures: [] };

/** The ring in this very process: the federation's service, and the adapter that makes a port of it. */
export function createRingHost({
  key,
  keyFile,
  rings,
  nextEpoch,
  sites,
  asleep,
  addresses,
  guestsMax,
  birdStayMs,
  answerRequest,
  log,
  count,
}: RingHostDeps): RingHolder {
  const adapter = new RingAdapter(systemClock);
  let presenceOf: (sceneKey: string) => ScenePresence = () => NOBODY;
  const sleepers = () => new Set(asleep().map(({ ringId, siteId }) => `${ringId} ${siteId}`));
  let sleeping = sleepers();
  let wasStarted = false;
  let isUp = false;

  const service = createRingService(
    {
      key,
      rings,
      nextEpoch,
      localSites: sites,
      isAsleep: (ringId, siteId) => sleeping.has(`${ringId} ${siteId}`),
      samplePresence: (siteId) => {
        const sceneKey = adapter.sceneOf(siteId);
        return sceneKey === undefined ? NOBODY : presenceOf(sceneKey);
      },
      watch: (siteId) => adapter.watch(siteId),
      ...(birdStayMs > 0 && {
        bird: {
          show: (siteId, news) => adapter.showBird(siteId, news),
          roosts: roostFile(join(dirname(keyFile), 'bird.json'), log),
        },
      }),
      onWave: (siteId, side, to) => adapter.showWave(siteId, side, to),
      receiveGuests: (siteId, opening) => adapter.receiveGuests(siteId, opening),
      filterPlate: (_siteId, { name, look }) => ({ name: cleanDisplayName(name), look }),
      answerRequest,
      log,
      count,
    },
    { ...addresses, guestsMax, birdStayMs },
  );
  adapter.attach(service);
  adapter.pair(sites());

  return {
    port: adapter,
    async start(sample) {
      presenceOf = sample;
      wasStarted = true;
      await service.start();
      isUp = true;
    },
    isUp: () => isUp,
    sitesChanged() {
      adapter.pair(sites());
      sleeping = sleepers();
      service.refreshSites();
    },
    lookAround() {
      if (isUp) service.lookAround();
    },
    sight: (ringId, siteId) => service.sight(ringId, siteId),
    links: () => service.links(),
    liveGates: () => adapter.liveGates(),
    isKeyUsedTwice: () => service.isKeyUsedTwice(),
    residentBytes: () => 0,
    async stop(signal) {
      isUp = false;
      adapter.detach();
      if (wasStarted) await service.stop(signal);
    },
  };
}
