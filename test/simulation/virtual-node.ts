/** A square's node over the virtual network: gossip by flooding, questions by streams, the gater and the conduct as in square-node.ts. */
import { hash } from 'node:crypto';
import { SCORE_THRESHOLDS } from '../../federation/node/conduct.ts';
import { GOSSIP_SEEN_TTL_MS } from '../../federation/node/gossip-settings.ts';
import type { Answerer, RequestLimits } from '../../federation/node/request.ts';
import type { SquareNode, SquareNodeDeps, SquareNodeOptions } from '../../federation/node/square-node.ts';
import type { WireLimits, Wire, WireListener } from '../../federation/node/wire.ts';
import type { Address, ConnectionEnd, Station, VirtualNetwork } from './virtual-network.ts';
import type { VirtualTime } from './virtual-time.ts';
import { VirtualWire } from './virtual-wire.ts';

type WireTaker = (square: string, wire: Wire) => WireListener;

type StreamLimits = RequestLimits & { readonly maxStreams: number };

/** Seen messages are looked through for old ones when there are this many. */
const SEEN_SWEEP = 2_000;

interface Link {
  readonly end: ConnectionEnd;
  readonly topics: Set<string>;
  /** Questions without an answer yet: each is told when the link is lost. */
  readonly asking: Set<() => void>;
  readonly wires: Set<VirtualWire>;
}

export interface VirtualNodeWorld {
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  /** Runs now, when the process goes on, or never when it has ended. */
  exec(run: () => void): void;
  /** @param ageMs since its author published it */
  onGossip?(from: string, topic: string, ageMs: number): void;
}

export class VirtualNode implements SquareNode, Station {
  readonly address: Address;
  readonly square: string;
  /** Payload bytes of gossip that left, all copies counted. */
  sentBytes = 0;
  /** Gossip messages that left, all copies counted. */
  sentMessages = 0;
  readonly #deps: SquareNodeDeps;
  readonly #world: VirtualNodeWorld;
  readonly #seenTtlMs: number;
  readonly #links = new Set<Link>();
  readonly #handlers = new Map<string, { readonly limits: StreamLimits; readonly answerer: Answerer; open: number }>();
  readonly #takers = new Map<
    string,
    { readonly limits: WireLimits; readonly maxStreams: number; readonly take: WireTaker }
  >();
  readonly #seen = new Map<string, number>();
  #topics: ReadonlySet<string> = new Set();
  #isUp = false;

  constructor(world: VirtualNodeWorld, deps: SquareNodeDeps, options: SquareNodeOptions) {
    this.#world = world;
    this.#deps = deps;
    this.square = deps.key.square;
    this.address = options.listen[0] ?? '';
    this.#seenTtlMs = options.seenTtlMs ?? GOSSIP_SEEN_TTL_MS;
  }

  // What the ring service asks of a node.

  async start(): Promise<void> {
    this.#isUp = true;
    this.#world.network.listen(this);
  }

  async stop(): Promise<void> {
    this.end(false);
    this.#links.clear();
  }

  /** The process is gone. @param isSilent and so is its machine: nothing resets its connections */
  end(isSilent: boolean): void {
    this.#isUp = false;
    this.#world.network.vanish(this, isSilent);
  }

  async flush(timeoutMs: number): Promise<void> {
    const echo = async (link: Link): Promise<void> =>
      new Promise((resolve) => {
        this.#world.network.send(link.end, () => this.#world.network.send(link.end.other, resolve, false), false);
      });
    this.#world.time.noteAsync();
    await Promise.race([Promise.all([...this.#links].map(echo)), this.#world.time.sleep(timeoutMs)]);
    this.#world.time.noteAsync();
  }

  addresses(): readonly string[] {
    return [`${this.address}/p2p/${this.square}`];
  }

  setTopics(topics: ReadonlySet<string>): void {
    const before = this.#topics;
    this.#topics = new Set(topics);
    for (const link of this.#links) this.#subscribe(link, before);
  }

  async publish(topic: string, bytes: Uint8Array): Promise<number> {
    this.#world.time.noteAsync();
    const message = messageOf(topic, bytes, this.#world.time.nowMs);
    this.#isNew(message);
    return this.#pass(message, undefined);
  }

  async dial(square: string, addrs: readonly string[], timeoutMs: number): Promise<void> {
    if (!this.isAdmitted(square)) throw new Error('turned away');
    const { network, time } = this.#world;
    try {
      await network.dial(this, square, addrs[0] ?? '', timeoutMs);
    } finally {
      time.noteAsync();
    }
  }

  async hangUp(square: string): Promise<void> {
    this.#world.time.noteAsync();
    for (const { end } of this.#with(square)) this.#world.network.close(end);
  }

  connectionCount(square: string): number {
    let count = 0;
    for (const { end } of this.#links) if (end.isOpen && end.square === square) count += 1;
    return count;
  }

  isGossiping(square: string): boolean {
    return this.connectionCount(square) > 0;
  }

  connected(): readonly string[] {
    return [...new Set([...this.#links].map(({ end }) => end.square))];
  }

  async answer(protocol: string, limits: StreamLimits, answerer: Answerer): Promise<void> {
    this.#world.time.noteAsync();
    this.#handlers.set(protocol, { limits, answerer, open: 0 });
  }

  async ask(square: string, protocol: string, question: Uint8Array, limits: RequestLimits): Promise<Uint8Array> {
    const { time, network } = this.#world;
    time.noteAsync();
    const [link] = this.#with(square);
    if (link === undefined) throw new Error('no link');
    return new Promise((resolve, reject) => {
      const settle = (answer: Uint8Array | undefined): void => {
        if (!link.asking.delete(lost)) return;
        timer.cancel();
        time.noteAsync();
        if (answer === undefined || answer.byteLength > limits.answerMaxBytes) reject(new Error('no answer'));
        else resolve(answer);
      };
      const lost = (): void => settle(undefined);
      const timer = time.after(limits.timeoutMs, () => this.exec(lost));
      link.asking.add(lost);
      const { other } = link.end;
      network.send(
        link.end,
        () => {
          const reply = (answer: Uint8Array | undefined) => network.send(other, () => settle(answer), false);
          if (other.station instanceof VirtualNode) other.station.#serve(this.square, protocol, question, reply);
          else reply(undefined);
        },
        false,
      );
    });
  }

  async takeWires(
    protocol: string,
    limits: WireLimits & { readonly maxStreams: number },
    take: WireTaker,
  ): Promise<void> {
    this.#world.time.noteAsync();
    this.#takers.set(protocol, { limits, maxStreams: limits.maxStreams, take });
  }

  async openWire(square: string, protocol: string, limits: WireLimits, listener: WireListener): Promise<Wire> {
    const { time, network } = this.#world;
    time.noteAsync();
    const [link] = this.#with(square);
    if (link === undefined) throw new Error('no link');
    return new Promise((resolve, reject) => {
      const wire = new VirtualWire(network, link.end, limits.messageMaxBytes);
      const settle = (isTaken: boolean): void => {
        if (!link.asking.delete(lost)) return;
        time.noteAsync();
        if (!isTaken) return reject(new Error('refused'));
        wire.listen(listener);
        link.wires.add(wire);
        resolve(wire);
      };
      const lost = (): void => settle(false);
      link.asking.add(lost);
      const { other } = link.end;
      network.send(
        link.end,
        () => {
          const isTaken = other.station instanceof VirtualNode && other.station.#takeWire(other, protocol, wire);
          network.send(other, () => settle(isTaken), false);
        },
        false,
      );
    });
  }

  // What the network asks of a station.

  exec(run: () => void): void {
    this.#world.exec(run);
  }

  isAdmitted(square: string): boolean {
    return this.#isUp && this.#deps.isMember(square) && !this.#deps.conduct.isBanished(square);
  }

  opened(end: ConnectionEnd): void {
    if (!this.#isUp) return;
    const isFirst = this.connectionCount(end.square) === 0;
    const link: Link = { end, topics: new Set(), asking: new Set(), wires: new Set() };
    this.#links.add(link);
    this.#subscribe(link, new Set());
    if (isFirst) this.#deps.onLink(end.square, true);
  }

  closed(end: ConnectionEnd): void {
    const link = [...this.#links].find((known) => known.end === end);
    if (link === undefined) return;
    this.#links.delete(link);
    for (const lost of link.asking) lost();
    for (const wire of link.wires) wire.lost();
    if (this.#isUp && this.connectionCount(end.square) === 0) this.#deps.onLink(end.square, false);
  }

  // Gossip.

  /** @returns to how many squares */
  #pass(message: GossipMessage, source: string | undefined): number {
    const told = new Set<string>();
    for (const { end, topics } of this.#links) {
      if (end.square === source || !topics.has(message.topic) || told.has(end.square)) continue;
      told.add(end.square);
      this.#send(end, message);
    }
    return told.size;
  }

  /** For hostile members too: sends to one side whatever it likes. */
  sendGossip(end: ConnectionEnd, topic: string, bytes: Uint8Array): void {
    this.#send(end, messageOf(topic, bytes, this.#world.time.nowMs));
  }

  #send(end: ConnectionEnd, message: GossipMessage): void {
    const { other } = end;
    this.sentBytes += message.bytes.byteLength;
    this.sentMessages += 1;
    this.#world.network.send(
      end,
      () => {
        if (other.station instanceof VirtualNode) other.station.#hear(this.square, message);
      },
      true,
    );
  }

  /** Open connections. */
  ends(): readonly ConnectionEnd[] {
    return [...this.#links].map(({ end }) => end);
  }

  #hear(source: string, message: GossipMessage): void {
    const { topic, bytes } = message;
    this.#world.onGossip?.(source, topic, this.#world.time.nowMs - message.publishedAtMs);
    const { conduct } = this.#deps;
    if (!this.#topics.has(topic) || conduct.score(source) < SCORE_THRESHOLDS.graylist) return;
    if (!this.#isNew(message)) return;
    const verdict = this.#deps.judge(topic, source, bytes);
    if (verdict === 'accept') this.#pass(message, source);
    if (verdict !== 'reject' || !conduct.blame(source)) return;
    this.#deps.count('link-cut', 'conduct');
    void this.hangUp(source);
  }

  #subscribe(link: Link, before: ReadonlySet<string>): void {
    const topics = this.#topics;
    const added = [...topics].filter((topic) => !before.has(topic));
    if (added.length === 0 && [...before].every((topic) => topics.has(topic))) return;
    const { other } = link.end;
    this.#world.network.send(
      link.end,
      () => {
        if (other.station instanceof VirtualNode) other.station.#noteTopics(other, topics, added);
      },
      false,
    );
  }

  #noteTopics(end: ConnectionEnd, topics: ReadonlySet<string>, added: readonly string[]): void {
    for (const link of this.#links) {
      if (link.end !== end) continue;
      link.topics.clear();
      for (const topic of topics) link.topics.add(topic);
    }
    for (const topic of added) this.#deps.onListener(topic);
  }

  #isNew({ id }: GossipMessage): boolean {
    const nowMs = this.#world.time.nowMs;
    const seenAtMs = this.#seen.get(id);
    if (seenAtMs !== undefined && nowMs - seenAtMs < this.#seenTtlMs) return false;
    this.#seen.set(id, nowMs);
    if (this.#seen.size > SEEN_SWEEP) {
      for (const [old, atMs] of this.#seen) if (nowMs - atMs >= this.#seenTtlMs) this.#seen.delete(old);
    }
    return true;
  }

  // Streams.

  #serve(
    square: string,
    protocol: string,
    question: Uint8Array,
    reply: (answer: Uint8Array | undefined) => void,
  ): void {
    const handler = this.#handlers.get(protocol);
    const isRefused =
      handler === undefined ||
      handler.open >= handler.limits.maxStreams ||
      question.byteLength > handler.limits.questionMaxBytes ||
      !this.#deps.isMember(square);
    if (isRefused) {
      reply(undefined);
      return;
    }
    handler.open += 1;
    this.#world.time.noteAsync();
    void handler.answerer(square, question).then((answer) => {
      handler.open -= 1;
      this.exec(() => reply(answer));
    });
  }

  #takeWire(end: ConnectionEnd, protocol: string, far: VirtualWire): boolean {
    const taker = this.#takers.get(protocol);
    const link = [...this.#links].find((known) => known.end === end);
    if (taker === undefined || link === undefined || !this.#deps.isMember(end.square)) return false;
    for (const wire of link.wires) if (wire.isOver) link.wires.delete(wire);
    if (link.wires.size >= taker.maxStreams) return false;
    const wire = new VirtualWire(this.#world.network, end, taker.limits.messageMaxBytes);
    wire.join(far);
    far.join(wire);
    link.wires.add(wire);
    wire.listen(taker.take(end.square, wire));
    return true;
  }

  #with(square: string): Link[] {
    return [...this.#links].filter(({ end }) => end.isOpen && end.square === square);
  }
}

/** Of one message object that goes to many squares, mostly under one topic: what is worked out once. */
interface GossipMessage {
  readonly topic: string;
  readonly bytes: Uint8Array;
  readonly id: string;
  /** When its author first sent it, on the simulation's clock. */
  readonly publishedAtMs: number;
}

const messages = new WeakMap<Uint8Array, GossipMessage>();

function messageOf(topic: string, bytes: Uint8Array, nowMs: number): GossipMessage {
  const known = messages.get(bytes);
  if (known?.topic === topic) return known;
  const publishedAtMs = known?.publishedAtMs ?? nowMs;
  const message = { topic, bytes, id: `${topic} ${hash('sha1', bytes, 'base64')}`, publishedAtMs };
  messages.set(bytes, message);
  return message;
}
