/** How many people are where in this square's region: its own digest every ten seconds, and the newest of every other square. */
import { randomFraction } from '../clock.ts';
import type { DocumentVersions } from '../documents/types.ts';
import type { Verdict } from '../node/square-node.ts';
import { createKeyedBuckets } from '../node/token-bucket.ts';
import { regionTopic } from '../node/topics.ts';
import type { Clock, RandomBytes, Sight, Timer } from '../types.ts';
import { sealDigest, type SiteCount } from './digest.ts';
import { HELD_MAX_AGE_MS, type HeldDigest } from './digest-answer.ts';
import { CLOCK_SKEW_MAX_MS } from './inbox.ts';
import { isNewerDigest, openDigest, type DigestFault, type DigestReaders, type OpenedDigest } from './open-digest.ts';
import type { Region } from './region.ts';
import type { Signer } from './summary.ts';

const DIGEST_MS = 10_000;
const DIGEST_JITTER = 0.2;

/** The first one waits for links to stand; so does the next after somebody new began to listen. */
const SOON_MS = 1_000;

/** Two may be lost before a site is dim, five before it is dark. */
const LIVE_MAX_AGE_MS = 30_000;
const DIM_MAX_AGE_MS = 60_000;

/** From one link before anything is verified: a region's digests, once each, and the backlog of a stall. */
const SOURCE_RATE = { perSecond: 60, burst: 600 };
/** Of one author: one in ten seconds, and one more for each newcomer. */
const AUTHOR_RATE = { perSecond: 0.5, burst: 5 };
const SOURCES_MAX = 256;
const AUTHORS_MAX = 512;

/** Label of the counter `digest`; bounded. */
type DigestReason =
  | DigestFault
  | 'accepted'
  | 'flood'
  | 'own'
  | 'not-of-interest'
  | 'wrong-publisher'
  | 'skewed'
  | 'stale'
  | 'too-often';

export interface DigestsDeps extends DigestReaders {
  readonly self: string;
  readonly epoch: number;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  versions(): DocumentVersions;
  /** Of our own sites. */
  counts(): readonly SiteCount[];
  /** Never rejects. */
  send(topic: string, bytes: Uint8Array): Promise<void>;
  count(reason: DigestReason): void;
  /** What a verified header says of the documents. */
  noteVersions(author: string, source: string, versions: DocumentVersions): void;
  /** Something under our own signature arrived. @param ts its author's clock */
  heardOwnKey(bytes: Uint8Array, ts: number): void;
}

export interface Digests {
  /** Undefined while there is no region. */
  topic(): string | undefined;
  /** The list changed. */
  follow(region: Region | undefined): void;
  /** Somebody began to listen: our digest goes out soon. */
  listenerCame(): void;
  /** Gossip: `source` passed it on. Never throws. */
  judge(source: string, bytes: Uint8Array): Verdict;
  sight(site: string): Sight;
  /** What this square knows of a region, its own included; undefined when it is another's. */
  held(region: number): readonly HeldDigest[] | undefined;
  stop(): void;
}

interface Heard {
  readonly epoch: number;
  readonly seq: number;
  readonly receivedAtMs: number;
  readonly counts: ReadonlyMap<string, number | null>;
  /** As its author sealed it, for squares of other regions that ask. */
  readonly bytes: Uint8Array;
}

export function createDigests(deps: DigestsDeps): Digests {
  const { clock, ring } = deps;
  const sources = createKeyedBuckets(SOURCE_RATE, SOURCES_MAX);
  const authors = createKeyedBuckets(AUTHOR_RATE, AUTHORS_MAX);
  /** By square. Bounded by the region. */
  const heard = new Map<string, Heard>();
  let region: Region | undefined;
  let members: ReadonlySet<string> = new Set();
  let seq = 0;
  let own: { readonly bytes: Uint8Array; readonly atMs: number } | undefined;
  let timer: Timer | undefined;
  let dueAtMs = Number.POSITIVE_INFINITY;

  const schedule = (afterMs: number): void => {
    const jittered = afterMs * (1 - DIGEST_JITTER + 2 * DIGEST_JITTER * randomFraction(deps.random));
    timer?.cancel();
    dueAtMs = clock.monotonic() + jittered;
    timer = clock.setTimer(publish, jittered);
  };
  const publish = (): void => {
    if (region === undefined) return;
    const head = { ring, epoch: deps.epoch, seq, ts: Math.floor(clock.now()), versions: deps.versions() };
    seq += 1;
    const bytes = sealDigest({ ...head, counts: deps.counts() }, deps.signer);
    own = { bytes, atMs: clock.monotonic() };
    void deps.send(regionTopic(ring, region.index), bytes);
    schedule(DIGEST_MS);
  };

  const open = (source: string, bytes: Uint8Array): OpenedDigest | [DigestReason, Verdict] => {
    if (!sources.take(source, clock.monotonic())) return ['flood', 'reject'];
    let author: string | undefined;
    const opened = openDigest(deps, bytes, (named) => {
      author = named;
    });
    if (typeof opened !== 'string') return opened;
    // Only an author's own link is blamed for what another members list may honestly pass on.
    return [opened, opened === 'non-member' && source !== author ? 'ignore' : 'reject'];
  };
  const take = (source: string, bytes: Uint8Array): [DigestReason, Verdict] => {
    const opened = open(source, bytes);
    if (Array.isArray(opened)) return opened;
    const { author, digest } = opened;
    if (author === deps.self) {
      deps.heardOwnKey(bytes, digest.ts);
      return ['own', 'ignore'];
    }
    deps.noteVersions(author, source, digest.versions);
    // Another list may draw other regions.
    if (!members.has(author)) return ['not-of-interest', 'ignore'];
    if (digest.counts.some(({ site }) => deps.hostOf(site) !== author)) return ['wrong-publisher', 'ignore'];
    if (Math.abs(digest.ts - clock.now()) > CLOCK_SKEW_MAX_MS) return ['skewed', 'ignore'];
    if (!isNewerDigest(digest, heard.get(author))) return ['stale', 'ignore'];
    if (!authors.take(author, clock.monotonic())) return ['too-often', 'ignore'];
    heard.set(author, {
      epoch: digest.epoch,
      seq: digest.seq,
      receivedAtMs: clock.monotonic(),
      counts: new Map(digest.counts.map(({ site, count }) => [site, count])),
      bytes,
    });
    return ['accepted', 'accept'];
  };

  return {
    topic: () => (region === undefined ? undefined : regionTopic(ring, region.index)),
    follow(next) {
      const hadRegion = region !== undefined;
      region = next;
      members = new Set(next?.squares);
      for (const square of heard.keys()) if (!members.has(square)) heard.delete(square);
      if (next === undefined) timer?.cancel();
      else if (!hadRegion) schedule(SOON_MS);
    },
    listenerCame() {
      // One timer for all who come together; a digest that is due sooner is soon enough.
      if (region !== undefined && dueAtMs - clock.monotonic() > 2 * SOON_MS) schedule(SOON_MS);
    },
    judge(source, bytes) {
      const [reason, verdict] = take(source, bytes);
      deps.count(reason);
      return verdict;
    },
    sight(site) {
      const host = deps.hostOf(site);
      const told = host === undefined ? undefined : heard.get(host);
      const count = told?.counts.get(site);
      if (told === undefined || count === undefined) return { state: 'unknown' };
      const ageMs = clock.monotonic() - told.receivedAtMs;
      if (ageMs > DIM_MAX_AGE_MS) return { state: 'dark' };
      return { state: ageMs > LIVE_MAX_AGE_MS ? 'dim' : 'live', ...(count !== null && { count }) };
    },
    held(index) {
      if (region?.index !== index) return undefined;
      const nowMs = clock.monotonic();
      const ours = own === undefined ? [] : [{ ageMs: nowMs - own.atMs, bytes: own.bytes }];
      const others = Array.from(heard.values(), ({ receivedAtMs, bytes }) => ({ ageMs: nowMs - receivedAtMs, bytes }));
      return [...ours, ...others].filter(({ ageMs }) => ageMs <= HELD_MAX_AGE_MS);
    },
    stop() {
      region = undefined;
      timer?.cancel();
      heard.clear();
    },
  };
}
