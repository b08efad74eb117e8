/**
 * One libp2p node: the only file that builds one. It knows squares, topics and bytes; what they mean is decided by the
 * functions it is given. TCP and WebSocket, Noise, Yamux, identify, ping, gossipsub.
 */
import { gossipsub, TopicValidatorResult, type GossipSub } from '@chainsafe/libp2p-gossipsub';
import { identify, type Identify } from '@libp2p/identify';
import type { Libp2p, PeerId } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { peerIdFromString } from '@libp2p/peer-id';
import { ping, type Ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import type { Clock, Count, Log } from '../types.ts';
import { SCORE_THRESHOLDS, type Conduct } from './conduct.ts';
import { createGater } from './gater.ts';
import { GOSSIP_SEEN_TTL_MS, gossipSettings } from './gossip-settings.ts';
import { guardedWebSockets } from './guarded-web-sockets.ts';
import type { SquareKey } from './identity.ts';
import { answerOverStream, askOverStream, type Answerer, type RequestLimits } from './request.ts';
import { wireOver, type Wire, type WireLimits, type WireListener } from './wire.ts';

/** What to do with a gossip message: use and pass on, drop, or drop and blame whoever sent it. */
export type Verdict = 'accept' | 'ignore' | 'reject';

export interface SquareNodeDeps {
  readonly key: SquareKey;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: Count;
  readonly conduct: Conduct;
  /** In a trusted members list and not revoked. Asked at every handshake. */
  isMember(square: string): boolean;
  /** Whether squares outside the list may come in to hand over a request to join; nothing else is theirs. Default: no. */
  readonly hearsStrangers?: boolean;
  /** `source` passed the message on; who wrote it is for the judge to find out. Never throws. */
  judge(topic: string, source: string, bytes: Uint8Array): Verdict;
  onLink(square: string, isUp: boolean): void;
  /** Another square has begun to listen to this topic: what was published before did not reach it. */
  onListener(topic: string): void;
}

export interface SquareNodeOptions {
  /** Multiaddrs to listen on, `/ws` ones included. */
  readonly listen: readonly string[];
  /** Multiaddrs to tell others instead of those listened on; empty: the latter. */
  readonly announce: readonly string[];
  /** Shortened by tests of replays only. Default {@link GOSSIP_SEEN_TTL_MS}. */
  readonly seenTtlMs?: number;
}

export interface AnswerLimits extends RequestLimits {
  readonly maxStreams: number;
  /** Squares outside the list may ask. Default: no. */
  readonly isForStrangers?: boolean;
}

export interface SquareNode {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when every linked square has had what was published so far, or did not answer within the time. Never rejects. */
  flush(timeoutMs: number): Promise<void>;
  /** Own multiaddrs, each with the peer id. */
  addresses(): readonly string[];
  /** The topics listened to from now on; all others are left. */
  setTopics(topics: ReadonlySet<string>): void;
  /** @returns how many squares it was sent to */
  publish(topic: string, bytes: Uint8Array): Promise<number>;
  dial(square: string, addrs: readonly string[], timeoutMs: number): Promise<void>;
  /** Closes every connection with a square. */
  hangUp(square: string): Promise<void>;
  connectionCount(square: string): number;
  /** False on a link whose gossip died while the connection lives. */
  isGossiping(square: string): boolean;
  /** Squares with an open connection. */
  connected(): readonly string[];
  /** Never answers squares that are not members, but for protocols that are there for strangers. */
  answer(protocol: string, limits: AnswerLimits, answerer: Answerer): Promise<void>;
  /** Over an existing link only. @throws when there is none, or the peer refuses, is silent or says too much */
  ask(square: string, protocol: string, question: Uint8Array, limits: RequestLimits): Promise<Uint8Array>;
  /** Takes streams that members open. Theirs is the first word. */
  takeWires(
    protocol: string,
    limits: WireLimits & { readonly maxStreams: number },
    take: (square: string, wire: Wire) => WireListener,
  ): Promise<void>;
  /** Over an existing link only. @throws when there is none, or the peer refuses */
  openWire(square: string, protocol: string, limits: WireLimits, listener: WireListener): Promise<Wire>;
}

/**
 * New inbound connections per second and address before the transport refuses. libp2p's 5 is too low for a ring behind
 * one NAT, one reverse proxy or on one host: a square has at most a handful of neighbours, and each comes back at once
 * after a restart. A handshake of a stranger costs about 17 ms of CPU until the gater sees its key, so not higher.
 */
const INBOUND_CONNECTIONS_PER_SECOND = 20;

/** Connections in all: a handful of neighbours, and members that pass by for documents. */
const CONNECTIONS_MAX = 256;

/** A stream that does not stand by then is not waited for. */
const WIRE_OPENS_WITHIN_MS = 2_500;

/** Streams on one connection: gossip, ping and identify both ways, a few requests, views and visits. */
const STREAMS_PER_CONNECTION_MAX = 64;

/** Under every threshold of gossip. */
const STRANGER_SCORE = 10 * SCORE_THRESHOLDS.graylist;

const RESULTS: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
};

type Services = { identify: Identify; ping: Ping; pubsub: GossipSub };

export async function createSquareNode(deps: SquareNodeDeps, options: SquareNodeOptions): Promise<SquareNode> {
  const { conduct, count, log } = deps;
  let topics: ReadonlySet<string> = new Set();
  let libp2p: Libp2p<Services> | undefined;

  const connectionsWith = (square: string) =>
    libp2p?.getConnections().filter((connection) => connection.remotePeer.toString() === square) ?? [];

  const hangUp = async (square: string): Promise<void> => {
    const signal = AbortSignal.timeout(1_000);
    await Promise.all(
      connectionsWith(square).map(async (connection) => {
        try {
          await connection.close({ signal });
        } catch (error) {
          connection.abort(error instanceof Error ? error : new Error('hang up'));
        }
      }),
    );
  };
  const blame = (square: string): void => {
    if (!conduct.blame(square)) return;
    count('link-cut', 'conduct');
    log.warn({ square }, 'square cut off for sending invalid messages');
    void hangUp(square);
  };
  const gater = createGater(
    { ...deps, hearsStrangers: deps.hearsStrangers ?? false },
    (square) => connectionsWith(square).length,
  );

  const node = await createLibp2p<Services>({
    start: false,
    privateKey: deps.key.privateKey,
    addresses: { listen: [...options.listen], announce: [...options.announce] },
    transports: [tcp(), guardedWebSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({ maxInboundStreams: STREAMS_PER_CONNECTION_MAX, maxOutboundStreams: STREAMS_PER_CONNECTION_MAX }),
    ],
    connectionManager: {
      maxConnections: CONNECTIONS_MAX,
      inboundConnectionThreshold: INBOUND_CONNECTIONS_PER_SECOND,
      maxIncomingPendingConnections: 32,
      maxParallelDials: 8,
      maxDialQueueLength: 64,
      inboundUpgradeTimeout: 5_000,
      // The link keeper redials by its own rules.
      reconnectRetries: 0,
    },
    connectionMonitor: { pingInterval: 5_000 },
    connectionGater: gater,
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipsub(
        gossipSettings({
          isTopic: (topic) => topics.has(topic),
          // A stranger that hands over a request is not gossiped with.
          scoreOf: (square) => (deps.isMember(square) ? conduct.score(square) : STRANGER_SCORE),
          seenTtlMs: options.seenTtlMs ?? GOSSIP_SEEN_TTL_MS,
        }),
      ),
    },
  });
  libp2p = node;
  const { pubsub } = node.services;

  const judgeMessage = (topic: string, source: string, bytes: Uint8Array): TopicValidatorResult => {
    const verdict = deps.judge(topic, source, bytes);
    if (verdict === 'reject') blame(source);
    return RESULTS[verdict];
  };
  const announce = (isUp: boolean) => (event: { readonly detail: PeerId }) =>
    deps.onLink(event.detail.toString(), isUp);
  node.addEventListener('peer:connect', announce(true));
  node.addEventListener('peer:disconnect', announce(false));
  pubsub.addEventListener('subscription-change', ({ detail }) => {
    for (const { topic, subscribe } of detail.subscriptions) if (subscribe) deps.onListener(topic);
  });

  return {
    start: async () => node.start(),
    stop: async () => node.stop(),
    async flush(timeoutMs) {
      // A connection keeps its bytes in order: an echo means that all before it has arrived.
      const signal = AbortSignal.timeout(timeoutMs);
      await Promise.allSettled(node.getPeers().map((peer) => node.services.ping.ping(peer, { signal })));
    },
    addresses: () => node.getMultiaddrs().map(String),
    setTopics(next) {
      for (const topic of topics) {
        if (next.has(topic)) continue;
        pubsub.unsubscribe(topic);
        pubsub.topicValidators.delete(topic);
      }
      const added = [...next].filter((topic) => !topics.has(topic));
      topics = new Set(next);
      for (const topic of added) {
        pubsub.topicValidators.set(topic, (source, message) => judgeMessage(topic, source.toString(), message.data));
        pubsub.subscribe(topic);
      }
    },
    async publish(topic, bytes) {
      const { recipients } = await pubsub.publish(topic, bytes);
      return recipients.length;
    },
    async dial(square, addrs, timeoutMs) {
      const targets = addrs.map((addr) => multiaddr(addr.includes('/p2p/') ? addr : `${addr}/p2p/${square}`));
      await node.dial(targets, { signal: AbortSignal.timeout(timeoutMs) });
    },
    hangUp,
    connectionCount: (square) => connectionsWith(square).length,
    isGossiping: (square) => pubsub.getPeers().some((peer) => peer.toString() === square),
    connected: () => node.getPeers().map(String),
    async answer(protocol, limits, answerer) {
      await node.handle(
        protocol,
        async (stream, connection) => {
          const square = connection.remotePeer.toString();
          const isHeard = limits.isForStrangers === true || deps.isMember(square);
          if (isHeard) await answerOverStream(stream, square, limits, answerer);
          else stream.abort(new Error('not a member'));
        },
        { maxInboundStreams: limits.maxStreams, maxOutboundStreams: limits.maxStreams, runOnLimitedConnection: false },
      );
    },
    async ask(square, protocol, question, limits) {
      const [connection] = node.getConnections(peerIdFromString(square));
      if (connection === undefined) throw new Error('no link');
      const signal = AbortSignal.timeout(limits.timeoutMs);
      const stream = await connection.newStream(protocol, { signal });
      return askOverStream(stream, question, limits, signal);
    },
    async takeWires(protocol, limits, take) {
      await node.handle(
        protocol,
        (stream, connection) => {
          const square = connection.remotePeer.toString();
          if (!deps.isMember(square)) return stream.abort(new Error('not a member'));
          const wire: Wire = wireOver(stream, limits, {
            message: (bytes) => listener.message(bytes),
            drained: () => listener.drained(),
            closed: () => listener.closed(),
          });
          // Nothing is heard before the next turn.
          const listener = take(square, wire);
        },
        { maxInboundStreams: limits.maxStreams, maxOutboundStreams: limits.maxStreams, runOnLimitedConnection: false },
      );
    },
    async openWire(square, protocol, limits, listener) {
      const [connection] = node.getConnections(peerIdFromString(square));
      if (connection === undefined) throw new Error('no link');
      const stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(WIRE_OPENS_WITHIN_MS) });
      return wireOver(stream, limits, listener);
    },
  };
}
