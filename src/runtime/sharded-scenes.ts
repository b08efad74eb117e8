import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Channel, type ChannelMessage } from '../lib/channel.ts';
import type { Clock } from '../lib/clock.ts';
import type { CloseReason } from '../protocol/close-codes.ts';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import { Quarantines } from '../moderation/quarantines.ts';
import type { Visit } from '../realtime/live-scene.ts';
import { RefusedSockets } from '../realtime/refused-sockets.ts';
import type { Lines, SceneHostSettings, SceneHostStats } from '../realtime/scene-host.ts';
import type { AdmissionTicket } from '../realtime/ticket.ts';
import { hearScenes, tellScenes, type RingChannel, type RingSpeech, type ScenesSpeech } from '../ring/ring-channel.ts';
import type { RingPort } from '../ring/ring-port.ts';
import type { AdminAction } from '../scene/admin-action.ts';
import type { Site, SitePatch } from '../scene/site.ts';
import type { WrittenSnapshot } from '../realtime/snapshot-text.ts';
import type { ScenePresence } from '../scene/types.ts';
import type { VisitorReport } from '../scene/visitor-report.ts';
import type { Beginning, FromShard, ToShard } from '../shard/messages.ts';
import { shardOf } from './rendezvous.ts';
import type { SceneHolder } from './scene-holder.ts';
import { ShardProcess, type ShardProcessDeps } from './shard-process.ts';
import type { ProcessEvent } from './supervised-process.ts';

/** Questions to one shard under way at once; further ones get the empty answer. */
const QUESTIONS_MAX = 1_000;

/** A process that ended so soon after a resume is not given the same scenes again: they may be what ended it. */
const RESUME_TRUSTED_AFTER_MS = 3_000;

const RESTING_PROBLEM = 'This square is resting. Try again in a moment.';

const NOBODY: ScenePresence = { count: 0, figures: [] };

export interface ShardedScenesDeps {
  /** At least 1. */
  readonly shards: number;
  readonly sites: {
    find(key: string): Site | undefined;
    sites(): readonly Site[];
    /** Keeps what a scene changed; nothing is kept when absent. */
    changeSite?(key: string, patch: SitePatch): void;
  };
  readonly ring: RingPort;
  readonly clock: Clock;
  readonly log: ShardProcessDeps['log'];
  readonly logLevel: string;
  /** Of the tree. */
  readonly count: (event: string, reason: string) => void;
  /** Of the scenes, summed over the shards. */
  readonly countRealtime: (event: string, reason: string, times: number) => void;
  readonly visitorKey: Uint8Array;
  readonly settings: SceneHostSettings;
  /** Modules of further plugins, absolute paths. */
  readonly pluginModules: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

interface KnownScene {
  readonly sockets: number;
  readonly presence: ScenePresence;
}

type Answer = Extract<FromShard, { kind: 'acted' | 'visitors' | 'census' }>;
type Question = Extract<ToShard, { kind: 'act' | 'askVisitors' | 'askCensus' }>;

interface ShardRecord {
  readonly process: ShardProcess;
  /** Of its scenes with somebody in them. */
  readonly snapshots: Map<string, WrittenSnapshot>;
  readonly scenes: Map<string, KnownScene>;
  /** The ring's port for its scenes. */
  readonly ring: RingChannel;
  /** What the edge asked, by number, until it is answered; undefined: the shard went down over it. */
  readonly asked: Map<number, (answer: Answer | undefined) => void>;
  /** When a process was last given lost scenes, monotonic ms. */
  resumedAt: number;
}

/** The scenes of a square in processes of their own: each scene in exactly one, all sites divided among them by key. */
export class ShardedScenes implements SceneHolder {
  readonly #deps: ShardedScenesDeps;
  readonly #shards: readonly ShardRecord[];
  readonly #refused: RefusedSockets;
  readonly #quarantines: Quarantines;
  readonly #visitListeners: ((sceneKey: string, visit: Visit) => void)[] = [];
  readonly #saidListeners: ((sceneKey: string, lines: Lines) => void)[] = [];
  #nextQuestion = 1;
  /** Sites that the shards know. */
  #siteKeys = new Set<string>();

  constructor(deps: ShardedScenesDeps) {
    this.#deps = deps;
    this.#refused = new RefusedSockets(deps.clock);
    this.#quarantines = new Quarantines(deps.clock, deps.settings.limits?.maxEntries ?? 1);
    const forEach: ShardProcessDeps = {
      clock: deps.clock,
      log: deps.log,
      count: deps.count,
      env: deps.env,
      beginning: (shard, isFirst) => this.#beginning(shard, isFirst),
      onMessage: (shard, message) => this.#hear(shard, message),
      onUp: (shard) => this.#up(shard),
      onRest: (shard) => this.#rest(shard),
      onDown: (shard) => this.#down(shard),
    };
    const hearing = hearScenes(deps.ring);
    this.#shards = Array.from({ length: deps.shards }, (_, index) => {
      const shard = new ShardProcess(index, forEach);
      const send = (message: ChannelMessage): boolean => shard.send({ kind: 'ring', message });
      return {
        process: shard,
        snapshots: new Map(),
        scenes: new Map(),
        ring: new Channel<RingSpeech, ScenesSpeech>({ clock: deps.clock, send, hearing }),
        asked: new Map(),
        resumedAt: Number.NEGATIVE_INFINITY,
      };
    });
    tellScenes(deps.ring, (sceneKey) => this.#shardOf(sceneKey).ring);
  }

  /** Resolves when every shard serves. @throws Error when one does not start */
  async start(): Promise<void> {
    await Promise.all(this.#shards.map(({ process }) => process.start()));
  }

  admit(ticket: AdmissionTicket, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#shardOf(ticket.sceneKey).process.hand(ticket, request, socket, head);
  }

  /** Refused here, before any shard is bothered. */
  refuse(request: IncomingMessage, socket: Duplex, _head: Buffer, reason: CloseReason): void {
    this.#deps.countRealtime('socket-refused', reason.reason, 1);
    this.#refused.refuse(request, socket, reason);
  }

  /** As of half a second ago; the shard itself keeps the limit to the socket. */
  socketCount(sceneKey: string): number {
    return this.#shardOf(sceneKey).scenes.get(sceneKey)?.sockets ?? 0;
  }

  isQuarantined(sceneKey: string, address: string): boolean {
    return this.#quarantines.has(sceneKey, address);
  }

  presence(sceneKey: string): ScenePresence {
    return this.#shardOf(sceneKey).scenes.get(sceneKey)?.presence ?? NOBODY;
  }

  siteChanged(siteKey: string): void {
    const site = this.#deps.sites.find(siteKey);
    if (site === undefined) this.#siteKeys.delete(siteKey);
    else this.#siteKeys.add(siteKey);
    this.#shardOf(siteKey).process.send({ kind: 'site', key: siteKey, site: site ?? null });
  }

  /** Resolves with the shard's answer. A shard that is down, or goes down over it, answers that the square is resting. */
  async act(siteKey: string, action: AdminAction): Promise<string | undefined> {
    const answer = await this.#ask(this.#shardOf(siteKey), (id) => ({ kind: 'act', id, key: siteKey, action }));
    return answer?.kind === 'acted' ? (answer.problem ?? undefined) : RESTING_PROBLEM;
  }

  /** Nobody while their shard is down. */
  async visitors(sceneKey: string): Promise<readonly VisitorReport[]> {
    const answer = await this.#ask(this.#shardOf(sceneKey), (id) => ({ kind: 'askVisitors', id, key: sceneKey }));
    return answer?.kind === 'visitors' ? answer.visitors : [];
  }

  /** Of a shard that is down as it last said. */
  async census(): Promise<ReadonlyMap<string, number>> {
    const answers = await Promise.all(
      this.#shards.map(async (shard) => {
        const answer = await this.#ask(shard, (id) => ({ kind: 'askCensus', id }));
        if (answer?.kind === 'census') return answer.counts;
        return Array.from(shard.scenes, ([key, { presence }]) => [key, presence.count] as const);
      }),
    );
    return new Map(answers.flat());
  }

  onSaid(listener: (sceneKey: string, lines: Lines) => void): void {
    this.#saidListeners.push(listener);
  }

  onVisit(listener: (sceneKey: string, visit: Visit) => void): void {
    this.#visitListeners.push(listener);
  }

  /** The ring was started or read again: every scene's gates may be others. */
  refreshNeighbours(): void {
    for (const key of [DEFAULT_SCENE_KEY, ...this.#siteKeys]) {
      this.#shardOf(key).ring.tell('neighbours', { sceneKey: key, frame: this.#deps.ring.neighbours(key) });
    }
  }

  stats(): SceneHostStats & { readonly residentBytes: number; readonly up: number; readonly waiting: number } {
    const sum = { scenes: 0, sockets: 0, visitors: 0, residentBytes: 0, up: 0, waiting: 0 };
    for (const { process: shard } of this.#shards) {
      sum.scenes += shard.load.scenes;
      sum.sockets += shard.load.sockets;
      sum.visitors += shard.load.visitors;
      sum.residentBytes += shard.load.residentBytes;
      sum.up += Number(shard.isUp);
      sum.waiting += shard.waiting;
    }
    return sum;
  }

  /** How long the shard of a scene still rests after too many crashes, in ms; 0: it does not. */
  restsForMs(sceneKey: string): number {
    return this.#shardOf(sceneKey).process.restsForMs;
  }

  /** The latest 100 events of each shard, by its number. */
  events(): readonly (readonly ProcessEvent[])[] {
    return this.#shards.map(({ process }) => process.events);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#shards.map(({ process }) => process.stop()));
    this.#refused.stop();
  }

  /** @returns undefined when the shard is down, goes down over it, or has too much to answer already */
  #ask({ process: shard, asked }: ShardRecord, question: (id: number) => Question): Promise<Answer | undefined> {
    if (!shard.isUp || asked.size >= QUESTIONS_MAX) return Promise.resolve(undefined);
    const id = this.#nextQuestion;
    this.#nextQuestion += 1;
    return new Promise((resolve) => {
      asked.set(id, resolve);
      shard.send(question(id));
    });
  }

  #shardOf(sceneKey: string): ShardRecord {
    const shard = this.#shards[shardOf(sceneKey, this.#shards.length)];
    if (shard === undefined) throw new Error('there are no shards');
    return shard;
  }

  #beginning(index: number, isFirst: boolean): Beginning {
    const { sites, ring, visitorKey, settings, pluginModules, logLevel } = this.#deps;
    const isOurs = (key: string): boolean => shardOf(key, this.#shards.length) === index;
    const own = sites.sites().filter(({ key }) => isOurs(key));
    for (const { key } of own) this.#siteKeys.add(key);
    const keys = [DEFAULT_SCENE_KEY, ...own.map(({ key }) => key)].filter(isOurs);
    return {
      kind: 'begin',
      shard: index,
      logLevel,
      visitorKey: Buffer.from(visitorKey).toString('hex'),
      settings,
      pluginModules,
      sites: own,
      neighbours: keys.flatMap((key) => {
        const frame = ring.neighbours(key);
        return frame === undefined ? [] : [[key, frame] as const];
      }),
      birds: keys.flatMap((key) => {
        const frame = ring.birds.at(key);
        return frame === undefined ? [] : [[key, frame] as const];
      }),
      snapshots: isFirst ? [] : this.#resumable(index),
    };
  }

  #resumable(index: number): WrittenSnapshot[] {
    const shard = this.#shards[index];
    if (shard === undefined) return [];
    const now = this.#deps.clock.monotonic();
    if (now - shard.resumedAt < RESUME_TRUSTED_AFTER_MS) shard.snapshots.clear();
    if (shard.snapshots.size > 0) shard.resumedAt = now;
    return [...shard.snapshots.values()];
  }

  #up(index: number): void {
    const shard = this.#shards[index];
    if (shard === undefined) return;
    // Scenes that did not go on are over; those that did say so themselves.
    for (const key of shard.scenes.keys()) if (!shard.snapshots.has(key)) this.#forget(shard, key);
  }

  #down(index: number): void {
    const shard = this.#shards[index];
    for (const answer of shard?.asked.values() ?? []) answer(undefined);
    shard?.asked.clear();
    shard?.ring.reset();
  }

  #rest(index: number): void {
    const shard = this.#shards[index];
    if (shard === undefined) return;
    for (const key of shard.scenes.keys()) this.#forget(shard, key);
  }

  #forget(shard: ShardRecord, key: string): void {
    shard.scenes.delete(key);
    shard.snapshots.delete(key);
    this.#deps.ring.touch(key);
  }

  #hear(index: number, message: FromShard): void {
    const shard = this.#shards[index];
    if (shard === undefined) return;
    switch (message.kind) {
      case 'scene': {
        const { key, sockets, presence } = message;
        if (sockets === 0 && presence.count === 0) return this.#forget(shard, key);
        shard.scenes.set(key, { sockets, presence });
        return this.#deps.ring.touch(key);
      }
      case 'snapshot': {
        const { snapshot } = message;
        if (snapshot.visitors === 0) shard.snapshots.delete(snapshot.key);
        else shard.snapshots.set(snapshot.key, snapshot);
        return undefined;
      }
      case 'quarantined':
        return this.#quarantines.add(message.key, message.address, message.forMs);
      case 'acted':
      case 'visitors':
      case 'census':
        shard.asked.get(message.id)?.(message);
        shard.asked.delete(message.id);
        return undefined;
      case 'said':
        for (const listener of this.#saidListeners) listener(message.key, message.lines);
        return undefined;
      case 'visit':
        for (const listener of this.#visitListeners) listener(message.key, message.visit);
        return undefined;
      case 'patch':
        return this.#deps.sites.changeSite?.(message.key, message.patch);
      case 'counts':
        for (const [event, reason, times] of message.counts) this.#deps.countRealtime(event, reason, times);
        return undefined;
      case 'ring':
        return shard.ring.hear(message.message);
      case 'ready':
      case 'taken':
      case 'beat':
      case 'crash':
        return undefined; // its process has heard these
    }
  }
}
