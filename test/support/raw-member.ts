/** A libp2p node with a square's key and no manners: what a hostile or broken square can do, it can do. */
import type { TestContext } from 'node:test';
import { systemClock } from '../../federation/clock.ts';
import { createConduct } from '../../federation/node/conduct.ts';
import { generateSquareKey, type SquareKey } from '../../federation/node/identity.ts';
import { createSquareNode, type SquareNode } from '../../federation/node/square-node.ts';
import { siteTopic } from '../../federation/node/topics.ts';
import { sealSummary, type Summary } from '../../federation/presence/summary.ts';
import { summaryOf } from './presence-frames.ts';
import { until, type SquareSetup, type TestSquare } from './ring-of-squares.ts';

export interface RawMember {
  readonly key: SquareKey;
  readonly node: SquareNode;
  /** Everything that gossip brought, oldest first. */
  readonly heard: readonly { readonly topic: string; readonly bytes: Uint8Array }[];
  /** Links up and down, as the node saw them. */
  onLink(listener: (square: string, isUp: boolean) => void): void;
  untilHeard(topic: string): Promise<Uint8Array>;
  /** Dials and waits until the other's subscriptions are known. */
  join(other: SquareSetup, topic: string): Promise<void>;
  /** Says one thing after the other to whoever listens, dialling `other` again whenever the link is gone, to the end of the test. */
  keepSaying(other: SquareSetup, topic: string, next: (turn: number) => Uint8Array): void;
}

export async function startRawMember(
  context: TestContext,
  setup?: SquareSetup,
  topics: readonly string[] = [],
  seenTtlMs?: number,
): Promise<RawMember> {
  const key = setup?.key ?? (await generateSquareKey());
  const heard: { topic: string; bytes: Uint8Array }[] = [];
  const linkListeners = new Set<(square: string, isUp: boolean) => void>();
  const hearers = new Set<() => void>();
  const listened = new Set<() => void>();
  const known = new Set<string>();
  const node = await createSquareNode(
    {
      key,
      clock: systemClock,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      count() {},
      conduct: createConduct(() => performance.now()),
      isMember: () => true,
      judge(topic, _source, bytes) {
        heard.push({ topic, bytes });
        for (const hearer of hearers) hearer();
        return 'accept';
      },
      onLink(square, isUp) {
        for (const listener of linkListeners) listener(square, isUp);
      },
      onListener(topic) {
        known.add(topic);
        for (const look of listened) look();
      },
    },
    {
      listen: [`/ip4/127.0.0.1/tcp/${setup?.port ?? 0}`],
      announce: [],
      ...(seenTtlMs === undefined ? {} : { seenTtlMs }),
    },
  );
  context.after(() => node.stop());
  await node.start();
  node.setTopics(new Set(topics));
  const dial = async (other: SquareSetup): Promise<void> => {
    if (node.connectionCount(other.key.square) > 0) return;
    try {
      await node.dial(other.key.square, other.draft.addrs, 5_000);
    } catch {
      // Turned away: that is for the test to see at the other end.
    }
  };
  return {
    key,
    node,
    heard,
    keepSaying(other, topic, next) {
      let turn = 0;
      const timer = setInterval(() => {
        void dial(other);
        void node.publish(topic, next(turn));
        turn += 1;
      }, 50);
      context.after(() => clearInterval(timer));
    },
    onLink: (listener) => void linkListeners.add(listener),
    untilHeard: async (topic) =>
      until(
        `a message on ${topic}`,
        () => heard.find((message) => message.topic === topic)?.bytes,
        (notify) => {
          hearers.add(notify);
          return () => void hearers.delete(notify);
        },
        () => heard.map((message) => message.topic),
      ),
    async join(other, topic) {
      await dial(other);
      await until(
        `somebody listens to ${topic}`,
        () => known.has(topic) || undefined,
        (notify) => {
          listened.add(notify);
          return () => void listened.delete(notify);
        },
        () => [...known],
      );
    },
  };
}

/** A summary that is in order, but for what `change` says, sealed by `key`. */
export function sealedSummary(key: SquareKey, ring: string, site: string, change: Partial<Summary> = {}): Uint8Array {
  return sealSummary(summaryOf(site, { ring, ts: Date.now(), ...change }), key);
}

export { siteTopic };

/** The lower id dials: both at once would make two links, and those are hung up within seconds, whatever they carry. */
export async function linkWith(member: RawMember, square: string, addrs: readonly string[]): Promise<void> {
  const { key, node } = member;
  if (node.connectionCount(square) > 0) return;
  if (key.square < square) return node.dial(square, addrs, 5_000);
  await until(
    'a link',
    () => node.connectionCount(square) > 0 || undefined,
    (look) => {
      member.onLink(look);
      return () => undefined;
    },
    () => square,
  );
}

/** Resolves when a square knows of its link with a member. */
export async function untilConnected({ service }: TestSquare, { key }: RawMember): Promise<void> {
  await until(
    'a link',
    () => service.links().some(({ square, connected }) => square === key.square && connected) || undefined,
    (notify) => {
      const timer = setInterval(notify, 20);
      return () => clearInterval(timer);
    },
    () => service.links(),
  );
}
