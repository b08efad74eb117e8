/**
 * gossipsub as a ring needs it. Every value that differs from the library's default says why; "measured" refers to
 * docs/protocol.md and the measurements it rests on.
 */
import { createHash } from 'node:crypto';
import { StrictNoSign, type GossipsubOpts, type Message } from '@chainsafe/libp2p-gossipsub';
import { SCORE_THRESHOLDS } from './conduct.ts';

/**
 * Largest gossip RPC, in bytes. A summary takes at most 1,024. One that is larger ends the inbound stream for good:
 * the link keeper's watchdog notices and redials.
 */
export const GOSSIP_RPC_MAX_BYTES = 64 * 1_024;

/** How long a message id is remembered. Later copies meet the `(epoch, seq)` register. */
export const GOSSIP_SEEN_TTL_MS = 120_000;

export interface GossipDeps {
  /** Is this one of the topics that this square listens to now? */
  readonly isTopic: (topic: string) => boolean;
  /** 0 for the blameless, negative for offenders. */
  readonly scoreOf: (square: string) => number;
  readonly seenTtlMs: number;
}

export function gossipSettings(deps: GossipDeps): Partial<GossipsubOpts> {
  return {
    // Summaries carry their author's signature in the signed bytes. With libp2p's own signatures (StrictSign) anybody
    // could wrap a captured summary in an envelope of their own; as the message id covers the content only, the author's
    // true copy would then be dropped as a duplicate. Without envelopes the content is all there is.
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: messageId,
    emitSelf: false,
    fallbackToFloodsub: false,
    doPX: false,
    // Neighbours hear a summary at once, whatever the mesh looks like. `directPeers` would be the other way, but that set
    // is fixed at construction too, and gossipsub redials it by rules of its own.
    floodPublish: true,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    D: 4,
    Dlo: 3,
    Dhi: 8,
    Dscore: 2,
    Dout: 1,
    Dlazy: 3,
    heartbeatInterval: 1_000,
    seenTTL: deps.seenTtlMs,
    awaitRpcHandler: true,
    awaitRpcMessageHandler: true,
    tagMeshPeers: false,
    maxInboundDataLength: GOSSIP_RPC_MAX_BYTES,
    maxOutboundBufferSize: 256 * 1_024,
    maxInboundStreams: 2,
    maxOutboundStreams: 2,
    // A name takes about 110 bytes. A peer listens to its own sites, to those within two steps of them, and to its region: with
    // one site in each of 16 rings that is 96 topics, with 32 sites that stand apart in one ring 161.
    maxTopicBytesPerPeer: 128 * 1_024,
    decodeRpcLimits: {
      maxSubscriptions: 512,
      maxMessages: 64,
      maxIhaveMessageIDs: 512,
      maxIwantMessageIDs: 512,
      maxIdontwantMessageIDs: 512,
      maxControlMessages: 64,
      maxPeerInfos: 0,
    },
    // `allowedTopics` is copied at construction while topics change with the members list. The transform sees every
    // message before it enters any cache; what it throws at is dropped as invalid. Subscriptions are bounded above.
    dataTransform: {
      inboundTransform(topic, bytes) {
        if (!deps.isTopic(topic)) throw new Error('topic not listened to');
        return bytes;
      },
      outboundTransform: (_topic, bytes) => bytes,
    },
    // No topic parameters at all: that keeps mesh-delivery penalties (P3, P3b) off, which punish quiet squares, and
    // leaves invalid messages to the application score, which follows the topics as they change (see conduct.ts).
    scoreParams: {
      topics: {},
      appSpecificScore: deps.scoreOf,
      appSpecificWeight: 1,
      // Many squares may share one host or one NAT.
      IPColocationFactorWeight: 0,
      behaviourPenaltyWeight: -10,
      behaviourPenaltyThreshold: 6,
      behaviourPenaltyDecay: 0.9,
      retainScore: 60 * 60_000,
    },
    scoreThresholds: {
      gossipThreshold: SCORE_THRESHOLDS.gossip,
      publishThreshold: SCORE_THRESHOLDS.publish,
      graylistThreshold: SCORE_THRESHOLDS.graylist,
    },
  };
}

/**
 * SHA-256 of topic, a zero byte and content, cut to 20 bytes. The topic is inside so that a true message sent to a wrong
 * topic cannot make the right copy look seen.
 */
function messageId(message: Message): Uint8Array {
  return createHash('sha256').update(message.topic).update('\0').update(message.data).digest().subarray(0, 20);
}
