/** How many people are where in this square's region: its own digest every ten seconds, and the newest of every other square. */
import { randomFraction } from '../clock.ts';
import type { DocumentVersions } from '../documents/types.ts';
import type { Verdict } from '../node/square-node.ts';
import { createKeyedBuckets } from '../node/token-bucket.ts';
import { regionTopic } from '../node/topics.ts';
import type { Clock, RandomBytes, Sight, Timer } from '../types.ts';
import { DIGEST_MAX_BYTES, parseDigest, sealDigest, type Digest, type SiteCount } from './digest.ts';
import { CLOCK_SKEW_MAX_MS } from './inbox.ts';
import type { Region } from './region.ts';
import { unsealSummary, type Signer } from './summary.ts';

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
  | 'accepted'
  | 'flood'
  | 'oversize'
  | 'undecodable'
  | 'non-member'
  | 'bad-signature'
  | 'wrong-ring'
  | 'own'
  | 'not-of-interest'
  | 'wrong-publisher'
  | 'skewed'
  | 'stale'
  | 'too-often';

export interface DigestsDeps {
  readonly ring: string;
  readonly self: string;
  readonly epoch: number;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  versions(): DocumentVersions;
  /** Of our own sites. */
  counts(): readonly SiteCount[];
  isMember(square: string): boolean;
  /** The square that hosts a site by the trusted list. */
  hostOf(site: string): string | undefined;
  verify(square: string, bytes: Uint8Array, signature: Uint8Array): boolean;
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
  stop(): void;
}

interface Heard {
  readonly epoch: number;
  readonly seq: number;
  readonly receivedAtMs: number;
  readonly counts: ReadonlyMap<string, number | null>;
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
    void deps.send(regionTopic(ring, region.index), sealDigest({ ...head, counts: deps.counts() }, deps.signer));
    schedule(DIGEST_MS);
  };

  const open = (source: string, bytes: Uint8Array): { author: string; digest: Digest } | [DigestReason, Verdict] => {
    if (!sources.take(source, clock.monotonic())) return ['flood', 'reject'];
    if (bytes.byteLength > DIGEST_MAX_BYTES) return ['oversize', 'reject'];
    const sealed = unsealSummary(bytes);
    if (sealed === undefined) return ['undecodable', 'reject'];
    const { author, body, signature } = sealed;
    // Only an author's own link is blamed for what another members list may honestly pass on.
    if (!deps.isMember(author)) return ['non-member', source === author ? 'reject' : 'ignore'];
    if (!deps.verify(author, body, signature)) return ['bad-signature', 'reject'];
    const digest = parseDigest(body);
    if (digest === undefined) return ['undecodable', 'reject'];
    return digest.ring === ring ? { author, digest } : ['wrong-ring', 'reject'];
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
    const held = heard.get(author);
    const isNewer =
      held === undefined || digest.epoch > held.epoch || (digest.epoch === held.epoch && digest.seq > held.seq);
    if (!isNewer) return ['stale', 'ignore'];
    if (!authors.take(author, clock.monotonic())) return ['too-often', 'ignore'];
    heard.set(author, {
      epoch: digest.epoch,
      seq: digest.seq,
      receivedAtMs: clock.monotonic(),
      counts: new Map(digest.counts.map(({ site, count }) => [site, count])),
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
    stop() {
      region = undefined;
      timer?.cancel();
      heard.clear();
    },
  };
}
