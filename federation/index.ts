/**
 * The front door of the federation: one service for all rings of a square. What the square needs stands in
 * ring-service.ts; everything else in this folder is reached through here.
 */
import { createBird, STAY_DEFAULT_MS } from './bird/bird.ts';
import { BIRD_LIMITS, decodeHandOver, encodeTaken } from './bird/round.ts';
import { randomFraction, systemClock, systemRandomBytes } from './clock.ts';
import type { TrustedRing } from './documents/types.ts';
import { createLiveRing, type LiveRing } from './live-ring.ts';
import { createConduct } from './node/conduct.ts';
import { decodeDocumentsQuestion, DOCUMENTS_LIMITS } from './node/document-pull.ts';
import { createLinkKeeper, type LinkKeeper } from './node/link-keeper.ts';
import { createPeerKeys } from './node/peer-keys.ts';
import { createSquareNode, type SquareNode } from './node/square-node.ts';
import { createKeyedBuckets } from './node/token-bucket.ts';
import {
  BIRD_PROTOCOL,
  DIGESTS_PROTOCOL,
  DOCUMENTS_PROTOCOL,
  JOIN_PROTOCOL,
  OFFER_PROTOCOL,
  STATE_PROTOCOL,
  VIEW_PROTOCOL,
  VISIT_PROTOCOL,
  WAVE_PROTOCOL,
} from './node/topics.ts';
import { awaitOpening } from './node/wire.ts';
import { decodeOffer, encodeOfferAnswer, OFFER_LIMITS } from './passage/offer.ts';
import { SEEN_WIRE, VIEW_STREAMS_MAX } from './passage/looks.ts';
import { decodeLookerMessage } from './passage/view-messages.ts';
import { createVisitHome } from './passage/visit-home.ts';
import { createVisitHost } from './passage/visit-host.ts';
import { decodeHomeMessage } from './passage/visit-messages.ts';
import { GUESTS_MAX_DEFAULT, HOST_WIRE, VISIT_STREAMS_MAX } from './passage/visits.ts';
import { decodeWave, WAVE_ANSWER, WAVE_LIMITS } from './passage/wave.ts';
import { JOIN_LIMITS } from './governance/request.ts';
import { decodeDigestsQuestion, DIGESTS_LIMITS } from './presence/digest-answer.ts';
import { createFigureNames } from './presence/figures.ts';
import { createRegister } from './presence/register.ts';
import { decodeStateQuestion, STATE_LIMITS } from './presence/state-request.ts';
import type { RingParts, RingService, RingServiceDeps, RingServiceOptions } from './ring-service.ts';
import type { RingView, Timer } from './types.ts';

/** Questions about the state that one square may ask: each new link asks once. */
const STATE_RATE = { perSecond: 1, burst: 8 };
/** Whoever looks at a map asks another square of the region the next time. */
const DIGESTS_RATE = { perSecond: 0.1, burst: 3 };
const SQUARES_MAX = 1_024;

/** A square that waits for an answer asks every few minutes. */
const JOIN_RATE = { perSecond: 1 / 60, burst: 4 };

/** First dials wait up to this long, so that squares that start together do not dial as one. */
const SETTLE_MS = 50;

/** A second square with our key that was not heard for so long has been stopped. */
const KEY_USED_TWICE_MS = 5 * 60_000;

/** How long a stopping square waits for its neighbours to have heard its goodbye. */
const FLUSH_MS = 1_000;

export function createRingService(deps: RingServiceDeps, options: RingServiceOptions): RingService {
  const { key, rings, log, count } = deps;
  const clock = deps.clock ?? systemClock;
  const randomBytes = deps.randomBytes ?? systemRandomBytes;
  const monotonic = () => clock.monotonic();
  const parts: RingParts = {
    createSquareNode,
    createRegister,
    createBird,
    createVisitHome,
    createVisitHost,
    peerKeys: createPeerKeys(),
    ...deps.parts,
  };
  const conduct = createConduct(monotonic);
  const names = createFigureNames(randomBytes);
  const joinRates = createKeyedBuckets(JOIN_RATE, SQUARES_MAX);
  const digestRates = createKeyedBuckets(DIGESTS_RATE, SQUARES_MAX);
  const stateRates = createKeyedBuckets(STATE_RATE, SQUARES_MAX);
  const live = new Map<string, LiveRing>();
  const listeners = new Set<(siteId: string, view: RingView) => void>();
  let running: { readonly node: SquareNode; readonly keeper: LinkKeeper; readonly epoch: number } | undefined;
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let unfollow: (() => void) | undefined;
  let settling: Timer | undefined;
  let keyUsedTwiceAtMs = Number.NEGATIVE_INFINITY;

  const some = (test: (ring: LiveRing) => boolean): boolean => [...live.values()].some(test);
  const ringOf = (siteId: string): LiveRing | undefined => [...live.values()].find((ring) => ring.serves(siteId));

  const blame = (square: string): void => {
    if (!conduct.blame(square)) return;
    count('link-cut', 'conduct');
    log.warn({ square }, 'square cut off for breaking the rules');
    void running?.node.hangUp(square);
  };

  /** Links and topics are the union of what the rings ask for. */
  const settle = (): void => {
    if (running === undefined) return;
    const topics = new Set<string>();
    const targets = new Map<string, readonly string[]>();
    for (const ring of live.values()) {
      for (const topic of ring.topics()) topics.add(topic);
      for (const [square, addrs] of ring.targets()) targets.set(square, [...(targets.get(square) ?? []), ...addrs]);
    }
    running.node.setTopics(topics);
    running.keeper.setTargets(targets);
  };

  const follow = (ring: TrustedRing): void => {
    if (running === undefined) return;
    let known = live.get(ring.ringId);
    const isNew = known === undefined;
    if (known === undefined) {
      retire(ring.charter.follows);
      known = createLiveRing(
        {
          ...deps,
          ringId: ring.ringId,
          epoch: running.epoch,
          guestsMax: options.guestsMax ?? GUESTS_MAX_DEFAULT,
          birdStayMs: options.birdStayMs ?? STAY_DEFAULT_MS,
          node: running.node,
          reach: (square) => running?.keeper.reach(square) ?? Promise.resolve(),
          parts,
          names,
          clock,
          randomBytes,
          blame,
          passBy: (square) => running?.keeper.passBy(square),
          onKeyUsedTwice: () => {
            keyUsedTwiceAtMs = monotonic();
          },
          onView: (siteId, view) => {
            for (const listener of listeners) listener(siteId, view);
          },
          ...(deps.bird !== undefined && {
            bird: {
              roosts: deps.bird.roosts,
              show: (siteId, news) => {
                if (ringOf(siteId) === live.get(ring.ringId)) deps.bird?.show(siteId, news);
              },
            },
          }),
          onWave: (siteId, side, to) => {
            // In two rings under one name, the first ring's gates are shown.
            if (ringOf(siteId) === live.get(ring.ringId)) deps.onWave?.(siteId, side, to);
          },
        },
        ring,
      );
      live.set(ring.ringId, known);
    }
    known.follow(ring);
    settle();
    // Squares we are linked with by another ring, or by the one that this one follows.
    if (isNew) for (const square of running.node.connected()) known.linkUp(square);
  };

  /** Our squares have gone over to another ring. No goodbye: whoever has not yet will have within seconds. */
  const retire = (ringId: string | undefined): void => {
    if (ringId === undefined) return;
    live.get(ringId)?.stop();
    live.delete(ringId);
  };

  const answerAll = async (node: SquareNode): Promise<void> => {
    await node.answer(STATE_PROTOCOL, STATE_LIMITS, async (square, bytes) => {
      const question = decodeStateQuestion(bytes);
      if (question === undefined) blame(square);
      if (question === undefined || !stateRates.take(square, monotonic())) return undefined;
      const ring = live.get(question.ring);
      return ring?.isMember(square) === true ? ring.answerState(question) : undefined;
    });
    await node.answer(OFFER_PROTOCOL, OFFER_LIMITS, async (square, bytes) => {
      const offer = decodeOffer(bytes);
      if (offer === undefined) blame(square);
      const ring = offer === undefined ? undefined : live.get(offer.ring);
      return offer === undefined || ring === undefined
        ? undefined
        : encodeOfferAnswer(ring.passage.answer(square, offer));
    });
    await node.answer(DIGESTS_PROTOCOL, DIGESTS_LIMITS, async (square, bytes) => {
      const question = decodeDigestsQuestion(bytes);
      if (question === undefined) blame(square);
      if (question === undefined || !digestRates.take(square, monotonic())) return undefined;
      const ring = live.get(question.ring);
      return ring?.isMember(square) === true ? ring.counts.answer(question) : undefined;
    });
    await node.answer(WAVE_PROTOCOL, WAVE_LIMITS, async (square, bytes) => {
      const wave = decodeWave(bytes);
      if (wave === undefined) blame(square);
      const ring = wave === undefined ? undefined : live.get(wave.ring);
      if (wave === undefined || ring?.isMember(square) !== true) return undefined;
      ring.waves.hear(square, wave);
      return WAVE_ANSWER;
    });
    await node.answer(BIRD_PROTOCOL, BIRD_LIMITS, async (square, bytes) => {
      const handOver = decodeHandOver(bytes);
      if (handOver === undefined) blame(square);
      const ring = handOver === undefined ? undefined : live.get(handOver.ring);
      if (handOver === undefined || ring?.isMember(square) !== true) return undefined;
      return ring.bird === undefined ? encodeTaken(false) : ring.bird.hear(square, handOver.handed);
    });
    // A square that was shown out comes as a stranger, and is told so; no other stranger is told anything.
    const limits = { ...DOCUMENTS_LIMITS, isForStrangers: true };
    await node.answer(DOCUMENTS_PROTOCOL, limits, async (square, bytes) => {
      const question = decodeDocumentsQuestion(bytes);
      if (question === undefined) {
        if (some((ring) => ring.isMember(square))) blame(square);
        return undefined;
      }
      const ring = live.get(question.ring) ?? [...live.values()].find((other) => other.hasFollowed(question.ring));
      if (ring?.isMember(square) === true) return ring.documents.answer(square, question);
      if (ring !== undefined) return ring.isShownOut(square) ? ring.documents.farewell(square, question) : undefined;
      // It may have gone over to a ring that follows one of ours.
      for (const known of live.values()) if (known.isMember(square)) known.documents.hint(square);
      return undefined;
    });
  };

  const answerRequests = async (node: SquareNode): Promise<void> => {
    if (deps.answerRequest === undefined) return;
    await node.answer(JOIN_PROTOCOL, JOIN_LIMITS, async (square, bytes) => {
      if (!joinRates.take(square, monotonic())) return undefined;
      const answer = await deps.answerRequest?.(square, bytes);
      count('join-request', answer === undefined ? 'refused' : 'answered');
      return answer;
    });
  };

  const takeVisits = (node: SquareNode): Promise<void> =>
    node.takeWires(VISIT_PROTOCOL, { ...HOST_WIRE, maxStreams: VISIT_STREAMS_MAX }, (square, wire) =>
      awaitOpening(
        clock,
        () => wire,
        (bytes) => {
          const opening = decodeHomeMessage(bytes);
          if (opening?.kind !== 'open') {
            blame(square);
            return undefined;
          }
          const ring = live.get(opening.ring);
          return ring?.isMember(square) === true ? ring.visits.host(square, opening, wire) : undefined;
        },
      ),
    );

  const takeViews = (node: SquareNode): Promise<void> =>
    node.takeWires(VIEW_PROTOCOL, { ...SEEN_WIRE, maxStreams: VIEW_STREAMS_MAX }, (square, wire) =>
      awaitOpening(
        clock,
        () => wire,
        (bytes) => {
          const opening = decodeLookerMessage(bytes);
          if (opening?.kind !== 'open') {
            blame(square);
            return undefined;
          }
          const ring = live.get(opening.ring);
          return ring?.isMember(square) === true ? ring.looks.host(square, opening, wire) : undefined;
        },
      ),
    );

  const start = async (): Promise<void> => {
    const node = await parts.createSquareNode(
      {
        key,
        clock,
        log,
        count,
        conduct,
        isMember: (square) => some((ring) => ring.isMember(square)),
        hearsStrangers: deps.answerRequest !== undefined,
        judge: (topic, source, bytes) => {
          for (const ring of live.values()) if (ring.topics().has(topic)) return ring.judge(topic, source, bytes);
          return 'ignore';
        },
        onLink: (square, isUp) => {
          running?.keeper.noteLink(square, isUp);
          if (isUp) for (const ring of live.values()) ring.linkUp(square);
        },
        onListener: (topic) => {
          for (const ring of live.values()) ring.listenerCame(topic);
        },
      },
      {
        listen: options.listen,
        announce: options.announce ?? [],
        ...(options.seenTtlMs === undefined ? {} : { seenTtlMs: options.seenTtlMs }),
      },
    );
    const keeper = createLinkKeeper({
      self: key.square,
      node,
      clock,
      random: randomBytes,
      log,
      count,
      isHeard: (square) => some((ring) => ring.isMember(square) && ring.isHeard(square)),
      isInUse: (square) => some((ring) => ring.isMember(square) && ring.visits.isWith(square)),
    });
    try {
      await answerAll(node);
      await answerRequests(node);
      await takeVisits(node);
      await takeViews(node);
      await node.start();
      running = { node, keeper, epoch: deps.nextEpoch() };
    } catch (error) {
      await node.stop();
      throw error;
    }
    if (stopping !== undefined) return;
    unfollow = rings.onChange((ring) => follow(ring));
    for (const ring of rings.all()) follow(ring);
    settling = clock.setTimer(() => keeper.start(), SETTLE_MS * randomFraction(randomBytes));
    log.info({ square: key.square, rings: live.size }, 'ring service started');
  };

  /** What failed has left nothing behind, and may be tried again. */
  const startAnew = async (): Promise<void> => {
    try {
      await start();
    } catch (err) {
      starting = undefined;
      throw err;
    }
  };

  const stop = async (signal: AbortSignal): Promise<void> => {
    // A start that failed has told its caller, and left nothing behind.
    await starting?.catch(() => {});
    unfollow?.();
    settling?.cancel();
    if (running === undefined) return;
    const { node, keeper } = running;
    keeper.stop();
    await Promise.race([sayBye(node), aborted(signal)]);
    for (const ring of live.values()) ring.stop();
    await Promise.race([node.stop(), aborted(signal)]);
    running = undefined;
    live.clear();
  };

  const sayBye = async (node: SquareNode): Promise<void> => {
    await Promise.all([...live.values()].map((ring) => ring.bye()));
    // What is still on its way when the connection closes is lost, and neighbours would show ghosts for 15 s.
    await node.flush(FLUSH_MS);
  };

  return {
    square: key.square,
    start: async () => (starting ??= startAnew()),
    stop: async (signal) => (stopping ??= stop(signal)),
    touch(siteId) {
      for (const ring of live.values()) ring.touch(siteId);
    },
    view: (siteId) => ringOf(siteId)?.views.view(siteId),
    lookAround() {
      for (const ring of live.values()) ring.counts.lookAround();
    },
    sight: (ringId, siteId) => live.get(ringId)?.views.sight(siteId) ?? { state: 'unknown' },
    onView(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async offer(siteId, side, plate, to) {
      return (await ringOf(siteId)?.passage.offer(siteId, side, plate, to)) ?? { ok: false, reason: 'no-neighbour' };
    },
    redeem(siteId, code) {
      // A site may stand in several rings; a code is known in one.
      for (const ring of live.values()) {
        const redemption = ring.serves(siteId) ? ring.passage.redeem(siteId, code) : undefined;
        if (redemption !== undefined) return redemption;
      }
      return undefined;
    },
    visit(siteId, hostSite, stream) {
      const ring = ringOf(siteId);
      if (ring === undefined) stream.end('no-neighbour');
      else ring.visits.visit(siteId, hostSite, stream);
    },
    look(siteId, site, side, stream) {
      const ring = ringOf(siteId);
      if (ring === undefined) stream.end('no-neighbour');
      else ring.looks.look(siteId, site, side, stream);
    },
    wave: (siteId, side, h) => ringOf(siteId)?.waves.wave(siteId, side, h),
    findSite: (siteId, site) => ringOf(siteId)?.visits.find(site),
    guests: () => [...live.values()].reduce((sum, ring) => sum + ring.visits.guests(), 0),
    rings: () => rings.all(),
    refreshSites() {
      for (const ring of rings.all()) follow(ring);
    },
    isKeyUsedTwice: () => monotonic() - keyUsedTwiceAtMs < KEY_USED_TWICE_MS,
    addresses: () => running?.node.addresses() ?? [],
    links: () => running?.keeper.links() ?? [],
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

export { loadSquareKey } from './node/identity.ts';
export { TrustedRings } from './documents/trusted-state.ts';
export type { RingService, RingServiceDeps, RingServiceOptions } from './ring-service.ts';
