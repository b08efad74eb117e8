/**
 * Judges every summary that arrives, from gossip and from state answers. Two rules decide between dropping and blaming:
 * what any member could have seen to be false is rejected, and blamed on whoever passed it on; what depends on the hour or
 * on which members list one holds is ignored, unless it comes straight from its author.
 */
import { createKeyedBuckets } from '../node/token-bucket.ts';
import { siteTopic } from '../node/topics.ts';
import type { Verdict } from '../node/square-node.ts';
import type { Clock } from '../types.ts';
import type { Order, Register } from './register.ts';
import { parseSummary, SUMMARY_MAX_BYTES, unsealSummary, type SealedSummary, type Summary } from './summary.ts';

/** A summary whose author's clock is further off than this is ignored and the operator told. */
export const CLOCK_SKEW_MAX_MS = 60_000;

/** Label of the counter `summary`; bounded. */
export type SummaryReason =
  | 'accepted'
  | 'flood'
  | 'oversize'
  | 'undecodable'
  | 'non-member'
  | 'bad-signature'
  | 'wrong-topic'
  | 'wrong-publisher'
  | 'not-of-interest'
  | 'skewed'
  | 'too-often'
  | Exclude<Order, 'new'>;

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: SummaryReason;
  /** Set when the signature holds, whatever the verdict: who signed, and what. Only `accepted` ones are shown. */
  readonly verified?: { readonly author: string; readonly summary: Summary };
}

export interface InboxDeps {
  readonly ring: string;
  readonly clock: Clock;
  readonly register: Register;
  /** In the trusted list and not revoked. */
  isMember(square: string): boolean;
  /** The square that hosts a site by the trusted list. */
  hostOf(site: string): string | undefined;
  isOfInterest(site: string): boolean;
  /** Version of the members list that the answers above come from. */
  membersVersion(): number;
  verify(square: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

export interface Inbox {
  /** Gossip: `source` passed it on. Never throws. */
  judge(topic: string, source: string, bytes: Uint8Array): Judgement;
  /** A summary inside a state answer of `author` itself. */
  judgeAnswered(author: string, bytes: Uint8Array): Judgement;
}

/**
 * Messages from one link before anything is verified. Honest: 2/s for each of a handful of sites, its own and relayed, and
 * the backlog of a stalled minute.
 */
const SOURCE_RATE = { perSecond: 50, burst: 200 };
/** Summaries of one site: 2/s, an answer now and then, and the backlog of a stalled link. */
const SITE_RATE = { perSecond: 4, burst: 20 };
const SOURCES_MAX = 256;
const SITES_MAX = 1_024;

export function createInbox(deps: InboxDeps): Inbox {
  const sources = createKeyedBuckets(SOURCE_RATE, SOURCES_MAX);
  const sites = createKeyedBuckets(SITE_RATE, SITES_MAX);

  const judgeSealed = (sealed: SealedSummary, source: string, topic: string | undefined): Judgement => {
    const { author, body, signature } = sealed;
    // Only an author's own link can be blamed for what relays with another members list may honestly pass on.
    const ifOwn: Verdict = source === author ? 'reject' : 'ignore';
    if (!deps.isMember(author)) return { verdict: ifOwn, reason: 'non-member' };
    if (!deps.verify(author, body, signature)) return { verdict: 'reject', reason: 'bad-signature' };
    const summary = parseSummary(body);
    if (summary === undefined) return { verdict: 'reject', reason: 'undecodable' };
    if (summary.ring !== deps.ring || (topic !== undefined && topic !== siteTopic(summary.ring, summary.site))) {
      return { verdict: 'reject', reason: 'wrong-topic' };
    }
    const verified = { author, summary };
    const ignore = (reason: SummaryReason): Judgement => ({ verdict: 'ignore', reason, verified });
    const host = deps.hostOf(summary.site);
    if (host === undefined) return ignore('not-of-interest');
    if (host !== author) {
      // The site may have moved to its author in a list that has not come here yet. Whoever claims a newer list is asked
      // for it, and blamed when there is none.
      const isAhead = summary.versions.members > deps.membersVersion();
      return { verdict: isAhead ? 'ignore' : ifOwn, reason: 'wrong-publisher', verified };
    }
    if (!deps.isOfInterest(summary.site)) return ignore('not-of-interest');
    // The order first: of what was captured long ago nobody is told that its author's clock is off.
    const order = deps.register.order(summary, body);
    if (order !== 'new') return ignore(order);
    if (Math.abs(summary.ts - deps.clock.now()) > CLOCK_SKEW_MAX_MS) return ignore('skewed');
    // A goodbye is the last word of a run: it can come once, and must not be lost to a limit.
    if (!summary.bye && !sites.take(summary.site, deps.clock.monotonic())) return ignore('too-often');
    deps.register.keep(summary, body, author);
    return { verdict: 'accept', reason: 'accepted', verified };
  };

  const open = (bytes: Uint8Array): SealedSummary | SummaryReason => {
    if (bytes.byteLength > SUMMARY_MAX_BYTES) return 'oversize';
    return unsealSummary(bytes) ?? 'undecodable';
  };

  return {
    judge(topic, source, bytes) {
      if (!sources.take(source, deps.clock.monotonic())) return { verdict: 'reject', reason: 'flood' };
      const sealed = open(bytes);
      return typeof sealed === 'string' ? { verdict: 'reject', reason: sealed } : judgeSealed(sealed, source, topic);
    },
    judgeAnswered(author, bytes) {
      const sealed = open(bytes);
      if (typeof sealed === 'string') return { verdict: 'reject', reason: sealed };
      // An answer holds the answering square's own sites and nobody else's.
      if (sealed.author !== author) return { verdict: 'reject', reason: 'wrong-publisher' };
      return judgeSealed(sealed, author, undefined);
    },
  };
}
