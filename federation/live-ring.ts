/** One ring, running: its neighbourhood, publishers, register, passage and documents, composed over the square's node. */
import { createHash } from 'node:crypto';
import type { Bird } from './bird/bird.ts';
import { BIRD_LIMITS } from './bird/round.ts';
import type { DocumentVersions, TrustedRing } from './documents/types.ts';
import { documentVersions } from './documents/versions.ts';
import type { RingView } from './types.ts';
import { createDocumentPull, type DocumentPull } from './node/document-pull.ts';
import type { SquareNode, Verdict } from './node/square-node.ts';
import {
  BIRD_PROTOCOL,
  DIGESTS_PROTOCOL,
  OFFER_PROTOCOL,
  siteTopic,
  STATE_PROTOCOL,
  VIEW_PROTOCOL,
  VISIT_PROTOCOL,
  WAVE_PROTOCOL,
} from './node/topics.ts';
import { createCodes } from './passage/codes.ts';
import { OFFER_LIMITS } from './passage/offer.ts';
import { createPassage, type Passage } from './passage/passage.ts';
import { createLooks, LOOKING_WIRE, type Looks } from './passage/looks.ts';
import { createVisits, HOME_WIRE, type Visits, type VisitsDeps } from './passage/visits.ts';
import { WAVE_LIMITS } from './passage/wave.ts';
import { createWaves, type Waves } from './passage/waves.ts';
import { showPresence, type FigureNames } from './presence/figures.ts';
import { DIGESTS_LIMITS } from './presence/digest-answer.ts';
import { CLOCK_SKEW_MAX_MS, createInbox, type Judgement } from './presence/inbox.ts';
import { neighbourhoodOf, type Neighbourhood } from './presence/neighbourhood.ts';
import { createRingCounts, type RingCounts } from './presence/ring-counts.ts';
import { createSkewWatch } from './presence/skew-watch.ts';
import { createPublisher, type Publisher } from './presence/publisher.ts';
import {
  encodeStateQuestion,
  openStateAnswer,
  sealStateAnswer,
  STATE_LIMITS,
  STATE_NONCE_BYTES,
  type StateQuestion,
} from './presence/state-request.ts';
import { createViews, type Views } from './presence/views.ts';
import type { LocalSite, RingParts, RingServiceDeps } from './ring-service.ts';
import { mutedSquares } from './terms.ts';
import type { Clock, RandomBytes } from './types.ts';

export interface LiveRingDeps extends Omit<RingServiceDeps, 'nextEpoch' | 'clock' | 'randomBytes' | 'parts'> {
  readonly ringId: string;
  readonly epoch: number;
  /** Guests of one home square at one site. */
  readonly guestsMax: number;
  readonly birdStayMs: number;
  readonly node: SquareNode;
  /** Dials a neighbour that is not linked, if that is ours to do, and waits for it. */
  reach(square: string): Promise<void>;
  readonly parts: RingParts;
  readonly names: FigureNames;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** A link with a square that is no neighbour was made for something that passes. */
  passBy(square: string): void;
  /** A square broke a rule outside gossip. */
  blame(square: string): void;
  onView(site: string, view: RingView): void;
  /** Another square speaks with this one's key. */
  onKeyUsedTwice(): void;
}

export interface LiveRing {
  readonly passage: Passage;
  readonly visits: Visits;
  readonly looks: Looks;
  readonly waves: Waves;
  /** Undefined when nobody here would see it. */
  readonly bird: Bird | undefined;
  readonly documents: DocumentPull;
  readonly views: Views;
  readonly counts: RingCounts;
  isMember(square: string): boolean;
  /** Whether the list says that a square is in the ring no more. */
  isShownOut(square: string): boolean;
  /** Whether it is the one that goes on with the squares of another ring. */
  hasFollowed(ringId: string): boolean;
  /** Topics to listen to. */
  topics(): ReadonlySet<string>;
  /** Squares to be linked with, and their multiaddrs. */
  targets(): ReadonlyMap<string, readonly string[]>;
  isHeard(square: string): boolean;
  judge(topic: string, source: string, bytes: Uint8Array): Verdict;
  answerState(question: StateQuestion): Uint8Array;
  linkUp(square: string): void;
  listenerCame(topic: string): void;
  serves(site: string): boolean;
  touch(site: string): void;
  /** The documents or the local sites changed: follows at once. */
  follow(ring: TrustedRing): void;
  /** Publishes `bye` for every local site. Never rejects. */
  bye(): Promise<void>;
  stop(): void;
}

/** A second square with a neighbour's key, or with ours, is reported this often at most. */
const RIVAL_REPORT_MS = 60 * 60_000;

/** Of an earlier run of ours something may still be under way. */
const OLD_RUN_MS = 5_000;

/** What is older may be played back by anybody. Gossip itself lets nothing through twice within two minutes. */
const OWN_WORD_MAX_AGE_MS = 30_000;

/** Own messages that come back by the mesh are known among so many: 30 s of a dozen busy sites. */
const SENT_KEPT = 1_024;

/** How long a link with a far host may take; what is left of a hop's 2.5 s is for the stream. */
const PASSING_DIAL_MS = 1_500;

export function createLiveRing(deps: LiveRingDeps, first: TrustedRing): LiveRing {
  const { ringId, clock, count, log, node, parts } = deps;
  const self = deps.key.square;
  const publishers = new Map<string, Publisher>();
  let ring = first;
  let neighbourhood: Neighbourhood = neighbourhoodOf(first.members, self, new Set());
  let topics: ReadonlySet<string> = new Set();
  /** What they say is judged and passed on as everybody's is, so that no neighbour of theirs loses by it. */
  let muted: ReadonlySet<string> = new Set();
  const startedAtTs = clock.now();
  const sent = new Set<string>();
  /** Of the last summary of any site in this run. */
  let seq = -1;

  const localSite = (site: string): LocalSite | undefined =>
    deps.localSites().find((local) => local.ringId === ringId && local.siteId === site);
  const hostOf = (site: string) => neighbourhood.places.get(site)?.member.square;
  // Who is not in the ring any more trusts nobody in it with a link.
  const isMember = (square: string) => neighbourhood.members.has(self) && neighbourhood.members.has(square);

  const register = parts.createRegister(clock, (site) => views.siteChanged(site));
  const views = createViews(
    {
      self,
      register,
      ring: () => ring,
      neighbourhood: () => neighbourhood,
      ownShown: (site) => publishers.get(site)?.shown(),
      lookers: (site, fromSite) => looks.lookers(site, fromSite),
      isMuted: (square) => muted.has(square),
      farSight: (site) => counts.sight(site),
    },
    (site, view) => deps.onView(site, view),
  );
  const inbox = createInbox({
    ring: ringId,
    clock,
    register,
    isMember,
    hostOf,
    isOfInterest: (site) => neighbourhood.interest.has(site),
    membersVersion: () => ring.members.version,
    verify: (square, bytes, signature) => parts.peerKeys.verify(square, bytes, signature),
  });
  /** Has a link for something that passes. Rejects when a square that is no neighbour cannot be dialled. */
  const reach = async (square: string, addrs: readonly string[]): Promise<void> => {
    // Neighbours are linked with by the link keeper alone.
    if (neighbourhood.squares.has(square)) return deps.reach(square);
    if (node.connectionCount(square) > 0) return undefined;
    await node.dial(square, addrs, PASSING_DIAL_MS);
    return deps.passBy(square);
  };
  const counts = createRingCounts({
    ring: ringId,
    self,
    epoch: deps.epoch,
    signer: deps.key,
    clock,
    random: deps.randomBytes,
    versions: () => documentVersions(ring),
    counts: () => Array.from(publishers, ([site, publisher]) => ({ site, count: publisher.shown()?.count ?? null })),
    isMember,
    hostOf,
    verify: (square, bytes, signature) => parts.peerKeys.verify(square, bytes, signature),
    send: (topic, bytes) => send(topic, bytes),
    sizes: parts.regionSizes,
    count,
    blame: (square) => deps.blame(square),
    ask: async (square, question) => {
      await reach(square, neighbourhood.members.get(square)?.addrs ?? []);
      return node.ask(square, DIGESTS_PROTOCOL, question, DIGESTS_LIMITS);
    },
    noteVersions: (author, source, versions) => noteVersions(author, source, versions),
    heardOwnKey: (bytes, ts) => heardOwnKey(bytes, ts),
  });
  const codes = createCodes(clock, deps.randomBytes);
  const passage = createPassage({
    ring: ringId,
    self,
    codes,
    log,
    count,
    neighbourhood: () => neighbourhood,
    localSite,
    filterPlate: (site, plate) => deps.filterPlate(site, plate),
    ask: async (square, offer) => {
      await deps.reach(square);
      return node.ask(square, OFFER_PROTOCOL, offer, OFFER_LIMITS);
    },
  });
  const connect: VisitsDeps['connect'] = async (square, addrs, listener) => {
    await reach(square, addrs);
    return node.openWire(square, VISIT_PROTOCOL, HOME_WIRE, listener);
  };
  const visits = createVisits({
    parts,
    ring: ringId,
    self,
    guestsMax: deps.guestsMax,
    clock,
    count,
    neighbourhood: () => neighbourhood,
    localSite,
    blame: (square) => deps.blame(square),
    connect,
    receiveGuests: (site, opening) => deps.receiveGuests?.(site, opening),
  });
  const looks = createLooks({
    ring: ringId,
    self,
    clock,
    count,
    names: deps.names,
    neighbourhood: () => neighbourhood,
    localSite,
    blame: (square) => deps.blame(square),
    connect: async (square, listener) => {
      await deps.reach(square);
      return node.openWire(square, VIEW_PROTOCOL, LOOKING_WIRE, listener);
    },
    watch: (site) => deps.watch?.(site),
    onLookers: (_site, fromSite) => views.siteChanged(fromSite),
  });
  const waves = createWaves({
    ring: ringId,
    self,
    clock,
    log,
    count,
    names: deps.names,
    neighbourhood: () => neighbourhood,
    localSite,
    shown: (site) => publishers.get(site)?.shown(),
    presence: (site) => deps.samplePresence(site),
    ask: async (square, wave) => node.ask(square, WAVE_PROTOCOL, wave, WAVE_LIMITS),
    blame: (square) => deps.blame(square),
    onWave: (site, side, to) => deps.onWave?.(site, side, to),
  });
  const { bird: birdPort } = deps;
  const bird =
    birdPort &&
    parts.createBird({
      ring: ringId,
      self,
      signer: deps.key,
      clock,
      random: deps.randomBytes,
      log,
      count,
      roosts: birdPort.roosts,
      stayMs: deps.birdStayMs,
      neighbourhood: () => neighbourhood,
      isOpen(site) {
        const local = localSite(site);
        return local !== undefined && local.sharing !== 'nothing' && local.admitsGuests;
      },
      isSeen(site) {
        const { state, summary } = register.heard(site);
        const isShown = state === 'live' && summary !== undefined && summary.sharing !== 'nothing';
        return isShown && deps.isAsleep?.(ringId, site) !== true;
      },
      isLinked: (square) => node.connectionCount(square) > 0,
      isMuted: (square) => muted.has(square),
      verify: (square, bytes, signature) => parts.peerKeys.verify(square, bytes, signature),
      ask: async (square, handOver) => node.ask(square, BIRD_PROTOCOL, handOver, BIRD_LIMITS),
      blame: (square) => deps.blame(square),
      show: (site, news) => birdPort.show(site, news),
    });
  const documents = createDocumentPull({
    ringId,
    node,
    clock,
    log,
    count,
    trusted: () => ring,
    accept: (envelopes) => deps.rings.accept(envelopes, clock.now()),
    blame: (square) => deps.blame(square),
  });

  const skewWatch = createSkewWatch(clock, log, CLOCK_SKEW_MAX_MS);
  const noteSent = (bytes: Uint8Array): void => {
    sent.add(digestOf(bytes));
    const [oldest] = sent;
    if (sent.size > SENT_KEPT && oldest !== undefined) sent.delete(oldest);
  };
  const send = async (topic: string, bytes: Uint8Array): Promise<void> => {
    noteSent(bytes);
    try {
      const recipients = await node.publish(topic, bytes);
      count('publish', recipients > 0 ? 'sent' : 'nobody');
    } catch (err) {
      count('publish', 'failed');
      log.debug({ err }, 'publish failed');
    }
  };
  const publisherOf = (site: string): Publisher =>
    createPublisher({
      ring: ringId,
      site,
      epoch: deps.epoch,
      signer: deps.key,
      clock,
      random: deps.randomBytes,
      nextSeq: () => {
        seq += 1;
        return seq;
      },
      versions: () => documentVersions(ring),
      sample: () => {
        const sharing = localSite(site)?.sharing ?? 'nothing';
        return showPresence(deps.samplePresence(site), sharing, site, deps.names, clock.monotonic());
      },
      send: (bytes) => send(siteTopic(ringId, site), bytes),
      onShown: () => views.siteChanged(site),
    });

  const take = (judgement: Judgement, source: string, bytes: Uint8Array): Verdict => {
    count('summary', judgement.reason);
    const { verified } = judgement;
    if (verified?.author === self) heardOwnKey(bytes, verified.summary.ts);
    else if (verified !== undefined) {
      noteVersions(verified.author, source, verified.summary.versions);
      if (judgement.reason === 'accepted' || judgement.reason === 'skewed') {
        skewWatch.note(verified.author, verified.summary.ts - clock.now());
      }
      if (judgement.reason === 'rival') reportRival(verified.author);
    }
    return judgement.verdict;
  };
  const noteVersions = (author: string, source: string, versions: DocumentVersions): void => {
    const isLinked = node.connectionCount(author) > 0;
    documents.noteVersions(isLinked ? author : source, versions, isLinked);
  };
  const rivalReportedAtMs = new Map<'own' | 'other', number>();
  const reportRival = (square: string): void => {
    const whose = square === self ? 'own' : 'other';
    count('rival', whose);
    if (whose === 'own') deps.onKeyUsedTwice();
    const nowMs = clock.monotonic();
    if (nowMs - (rivalReportedAtMs.get(whose) ?? Number.NEGATIVE_INFINITY) < RIVAL_REPORT_MS) return;
    rivalReportedAtMs.set(whose, nowMs);
    if (whose === 'other') log.warn({ square }, 'two running squares use the same key: their operator must stop one');
    else log.error({ square }, 'another running square uses the key of this one: stop it, or give it a key of its own');
  };
  /** Something under our own signature arrived: our own word that came back, or a second square that has our key. */
  const heardOwnKey = (bytes: Uint8Array, ts: number): void => {
    const isOfThisRun = ts > startedAtTs + OLD_RUN_MS && clock.now() - ts < OWN_WORD_MAX_AGE_MS;
    if (isOfThisRun && !sent.has(digestOf(bytes))) reportRival(self);
  };

  const askState = async (square: string): Promise<void> => {
    const question: StateQuestion = { ring: ringId, nonce: deps.randomBytes(STATE_NONCE_BYTES) };
    try {
      const answer = await node.ask(square, STATE_PROTOCOL, encodeStateQuestion(question), STATE_LIMITS);
      const verify = (body: Uint8Array, signature: Uint8Array) => parts.peerKeys.verify(square, body, signature);
      const summaries = openStateAnswer(answer, question, verify);
      count('state', summaries === undefined ? 'refused' : 'answered');
      if (summaries === undefined) deps.blame(square);
      for (const bytes of summaries ?? []) {
        if (take(inbox.judgeAnswered(square, bytes), square, bytes) === 'reject') deps.blame(square);
      }
    } catch (err) {
      count('state', 'failed');
      log.debug({ square, err }, 'state not answered');
    }
  };

  const follow = (next: TrustedRing): void => {
    const hadNewDocuments = next !== ring;
    const before = neighbourhood;
    ring = next;
    const listed = deps.localSites().filter((local) => local.ringId === ringId);
    neighbourhood = neighbourhoodOf(
      next.members,
      self,
      new Set(listed.map((local) => local.siteId)),
      (site) => deps.isAsleep?.(ringId, site) ?? false,
    );
    muted = mutedSquares(listed);
    for (const square of muted) codes.dropSquare(square);
    counts.follow([...neighbourhood.members.keys()], neighbourhood.places.size);
    const digestTopic = counts.topic();
    topics = new Set([
      ...[...neighbourhood.interest].map((site) => siteTopic(ringId, site)),
      // Our own: nobody but we should speak there.
      ...[...neighbourhood.gates.keys()].map((site) => siteTopic(ringId, site)),
      ...(digestTopic === undefined ? [] : [digestTopic]),
    ]);
    for (const [site, publisher] of publishers) {
      if (neighbourhood.gates.has(site)) continue;
      void publisher.bye();
      publishers.delete(site);
    }
    for (const square of before.members.keys()) {
      if (isMember(square) || square === self) continue;
      codes.dropSquare(square);
      void node.hangUp(square);
    }
    register.retain((site) => (neighbourhood.interest.has(site) ? hostOf(site) : undefined));
    for (const site of neighbourhood.gates.keys()) {
      const running = publishers.get(site);
      if (running !== undefined) {
        running.touch();
        if (hadNewDocuments) running.announce();
        continue;
      }
      const publisher = publisherOf(site);
      publishers.set(site, publisher);
      publisher.start();
    }
    views.allChanged();
    visits.review();
    looks.review();
    bird?.follow();
    if (hadNewDocuments) for (const square of node.connected()) if (isMember(square)) void documents.exchange(square);
  };

  return {
    passage,
    visits,
    looks,
    waves,
    bird,
    documents,
    views,
    counts,
    isMember,
    isShownOut: (square) => ring.members.revoked.some((revocation) => revocation.square === square),
    hasFollowed: (other) => ring.charter.follows === other,
    topics: () => topics,
    targets: () =>
      new Map(
        [...neighbourhood.squares, ...counts.links()].map((square) => [
          square,
          neighbourhood.members.get(square)?.addrs ?? [],
        ]),
      ),
    isHeard(square) {
      const sites = neighbourhood.members.get(square)?.sites.filter(({ id }) => neighbourhood.interest.has(id)) ?? [];
      return sites.length === 0 || sites.some(({ id }) => register.heard(id).state !== 'dark');
    },
    judge: (topic, source, bytes) =>
      topic === counts.topic() ? counts.judge(source, bytes) : take(inbox.judge(topic, source, bytes), source, bytes),
    answerState(question) {
      const summaries = [...publishers.values()].map((publisher) => publisher.seal());
      const sealed = summaries.filter((bytes) => bytes !== undefined);
      for (const bytes of sealed) noteSent(bytes);
      return sealStateAnswer(question, sealed, deps.key);
    },
    linkUp(square) {
      if (!isMember(square)) return;
      void documents.exchange(square);
      void askState(square);
    },
    listenerCame(topic) {
      if (topic === counts.topic()) counts.listenerCame();
      for (const [site, publisher] of publishers) if (siteTopic(ringId, site) === topic) publisher.announce();
    },
    serves: (site) => publishers.has(site),
    touch: (site) => publishers.get(site)?.touch(),
    follow,
    async bye() {
      await Promise.all([...publishers.values()].map((publisher) => publisher.bye()));
    },
    stop() {
      for (const publisher of publishers.values()) publisher.stop();
      visits.stop();
      looks.stop();
      bird?.stop();
      counts.stop();
      register.stop();
      codes.stop();
    },
  };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
