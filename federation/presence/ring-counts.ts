/** How many people are at every site of a ring: told by our own region, asked of the others while somebody looks. */
import type { Verdict } from '../node/square-node.ts';
import type { Sight } from '../types.ts';
import { encodeHeldDigests, type DigestsQuestion } from './digest-answer.ts';
import { createDigests, type DigestsDeps } from './digests.ts';
import { createFarRegions, type FarRegionsDeps } from './far-regions.ts';
import { drawRegions, regionOf, type Region, type RegionSizes } from './region.ts';

export interface RingCountsDeps extends Omit<DigestsDeps, 'count'>, Pick<FarRegionsDeps, 'ask' | 'blame'> {
  /** @param event `digest` or `far-region` */
  count(event: string, reason: string): void;
  /** The ordinary ones when undefined. */
  readonly sizes: RegionSizes | undefined;
}

export interface RingCounts {
  /** Of our region; undefined while there is none. */
  topic(): string | undefined;
  /** Squares of our region to be linked with. */
  links(): readonly string[];
  /** The list changed. @param squares of the ring in its order @param siteCount its sites */
  follow(squares: readonly string[], siteCount: number): void;
  /** Somebody began to listen to our region. */
  listenerCame(): void;
  /** Gossip of our region: `source` passed it on. Never throws. */
  judge(source: string, bytes: Uint8Array): Verdict;
  /** What this square holds of its region, for another square; undefined when it is asked for another one. */
  answer(question: DigestsQuestion): Uint8Array | undefined;
  lookAround(): void;
  sight(site: string): Sight;
  stop(): void;
}

export function createRingCounts(deps: RingCountsDeps): RingCounts {
  const digests = createDigests({ ...deps, count: (reason) => deps.count('digest', reason) });
  const far = createFarRegions({ ...deps, count: (reason) => deps.count('far-region', reason) });
  let region: Region | undefined;
  let near: ReadonlySet<string> = new Set();
  return {
    topic: () => digests.topic(),
    links: () => region?.links ?? [],
    follow(squares, siteCount) {
      const regions = drawRegions(squares, siteCount, deps.sizes);
      region = regionOf(regions, deps.self);
      near = new Set(region?.squares);
      digests.follow(region);
      far.follow(regions, region?.index);
    },
    listenerCame: () => digests.listenerCame(),
    judge: (source, bytes) => digests.judge(source, bytes),
    answer(question) {
      const held = digests.held(question.region);
      return held === undefined ? undefined : encodeHeldDigests(held);
    },
    lookAround: () => far.lookAround(),
    sight: (site) => (near.has(deps.hostOf(site) ?? '') ? digests : far).sight(site),
    stop() {
      digests.stop();
      far.stop();
    },
  };
}
