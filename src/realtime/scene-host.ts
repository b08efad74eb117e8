import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import {
  AddressLimits,
  NO_ADDRESS_LIMITS,
  type AddressLimitSettings,
  type LimitEvent,
} from '../moderation/address-limits.ts';
import { addressKey } from '../moderation/address-key.ts';
import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import { SUBPROTOCOL } from '../protocol/compact.ts';
import type { InitMessage } from '../protocol/frames.ts';
import { Gathering } from '../lib/gathering.ts';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import type { AdminAction } from '../scene/admin-action.ts';
import { rulesOf } from '../scene/scene.ts';
import type { SitePatch } from '../scene/site.ts';
import type { SceneTuning } from '../scene/tuning.ts';
import type { ScenePresence } from '../scene/types.ts';
import type { VisitorReport } from '../scene/visitor-report.ts';
import { administerEmpty } from './administer-empty.ts';
import { bytesOf, Ping } from './client-data.ts';
import { decodeClientFields, parseClientMessage } from './decode-client-message.ts';
import type { RealtimeDeps } from './deps.ts';
import { Doorkeeper } from './doorkeeper.ts';
import { FairTurns } from './fair-turns.ts';
import { followRing } from './follow-ring.ts';
import { GuestTab } from './guest-link.ts';
import { Guests } from './guests.ts';
import { KeptFootprints } from './kept-footprints.ts';
import { Heartbeat } from './heartbeat.ts';
import { LiveConnection } from './live-connection.ts';
import { LiveScene, type Visit } from './live-scene.ts';
import { RefusedSockets } from './refused-sockets.ts';
import { RingErrands } from './ring-errands.ts';
import type { WrittenSnapshot } from './snapshot-text.ts';
import type { AdmissionTicket } from './ticket.ts';
import { Watches } from './watches.ts';
import { HOST_PACE, WritePace } from './write-pace.ts';

export interface SceneHostSettings {
  /** Largest client message, in bytes; a larger one closes its socket with 1009. */
  readonly maxPayloadBytes: number;
  /** A newcomer's words are dropped for this long. 0: never. */
  readonly minHumanSayMs: number;
  /** How long things take in scenes; absent: as the protocol has it. */
  readonly tuning?: SceneTuning;
  /** What one address may do; absent: anything. */
  readonly limits?: AddressLimitSettings;
  /** Messages and pings of one socket in a second, of any type; absent or 0: any number. */
  readonly socketMessageLimit?: number;
  /** Sockets and guests' tabs that the default scene takes, as those who admit sockets have it; absent: any number. */
  readonly defaultConnectionLimit?: number;
  /** Zero bits that bot-protected sites ask of newcomers; absent or 0: none. */
  readonly proofOfWorkBits?: number;
}

/** Lines that were heard on one hosted site since the last report. */
export interface Lines {
  readonly count: number;
  /** ms since the epoch */
  readonly lastAt: number;
}

export interface SceneHostStats {
  readonly scenes: number;
  /** Open sockets, those being refused included. */
  readonly sockets: number;
  readonly visitors: number;
}

/** Everything the host remembers, in entries; each is bounded, and 0 when nobody was there for a while. */
export interface SceneHostSizes {
  readonly scenes: number;
  readonly sockets: number;
  readonly refused: number;
  readonly waitingMessages: number;
  readonly lanes: number;
  readonly activity: number;
  readonly quarantines: number;
}

/** How long a stopping host waits for sockets to say goodbye. */
const STOP_WAIT_MS = 1_000;

/** A scene that changes leaves a snapshot this often, to go on from after a fault. */
const SNAPSHOT_INTERVAL_MS = 1_000;

/** How long one closing socket may take before it is cut. */
const CLOSE_WAIT_MS = 2_000;

/**
 * Holds scenes and the sockets in them. It completes handshakes that were admitted elsewhere and owns each socket from
 * there on, so it can as well live in another process than the HTTP server.
 *
 * Counts: `socket` (admitted), `socket-refused` (close reason), `socket-closed` (close reason), `guest` (admitted, full,
 * closed, unknown), `hop` (admitted), `look` (begun), `wave` (told), or why not, `note` (pinned), or why not, `homecoming` (why), `host-frame` (unknown),
 * `socket-dropped` (silent, behind, error, flood), `message-ignored` (undecodable, flood, backlog), `proof` (asked, proven,
 * wrong), `snapshot-cut` (lines, visitors), `address-limited` (join, state, chat, quarantine, flood, ban), `message-fault`
 * (sync, async), `scene-fault` (wake, close, rules, neighbours, end, snapshot, resume), `scene-restart` (wake, close, rules).
 */
export class SceneHost {
  readonly #deps: RealtimeDeps;
  readonly #settings: SceneHostSettings;
  readonly #server: WebSocketServer;
  readonly #heartbeat: Heartbeat;
  readonly #limits: AddressLimits;
  readonly #footprints: KeptFootprints;
  readonly #turns: FairTurns<LiveConnection | GuestTab, RawData | Ping | string>;
  readonly #guests: Guests;
  readonly #watches: Watches;
  readonly #door: Doorkeeper;
  readonly #errands: RingErrands;
  readonly #refused: RefusedSockets;
  readonly #pace = new WritePace(HOST_PACE);
  /** At most one for each site, and the default one. */
  readonly #scenes = new Map<string, LiveScene>();
  readonly #rosterListeners: ((sceneKey: string) => void)[] = [];
  readonly #visitListeners: ((sceneKey: string, visit: Visit) => void)[] = [];
  readonly #saidListeners: ((sceneKey: string, lines: Lines) => void)[] = [];
  readonly #snapshotListeners: ((snapshot: WrittenSnapshot) => void)[] = [];
  /** Scenes to take a snapshot of. */
  readonly #changed: Gathering;
  #nextConnectionId = 1;
  #stopped: Promise<void> | undefined;

  constructor(deps: RealtimeDeps, settings: SceneHostSettings) {
    this.#deps = { ...deps, ...(settings.tuning && { tuning: settings.tuning }) };
    this.#settings = settings;
    const options: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: settings.maxPayloadBytes,
      closeTimeout: CLOSE_WAIT_MS,
      handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
      autoPong: false,
    };
    this.#server = new WebSocketServer(options);
    this.#heartbeat = new Heartbeat(deps.clock, () => deps.metrics.count('socket-dropped', 'silent'));
    this.#changed = new Gathering(deps.clock, SNAPSHOT_INTERVAL_MS, (keys) => this.#takeSnapshots(keys));
    this.#limits = new AddressLimits(
      {
        clock: deps.clock,
        note: (event, sceneKey) => this.#noteLimit(event, sceneKey),
        ...(deps.onQuarantined && { onQuarantined: deps.onQuarantined }),
      },
      settings.limits ?? NO_ADDRESS_LIMITS,
    );
    this.#turns = new FairTurns({
      handle: (source, item) => {
        if (source instanceof LiveConnection && typeof item !== 'string') this.#hear(source, item);
        else if (source instanceof GuestTab && typeof item === 'string') this.#guests.hear(source, item);
      },
      monotonic: () => deps.clock.monotonic(),
      defer: (run) => void setImmediate(run),
    });
    this.#footprints = new KeptFootprints(deps.clock);
    this.#refused = new RefusedSockets(deps.clock);
    this.#door = new Doorkeeper({ ...this.#deps, proofOfWorkBits: settings.proofOfWorkBits ?? 0 });
    this.#errands = new RingErrands({
      ...this.#deps,
      pace: this.#pace,
      count: (event, reason) => deps.metrics.count(event, reason),
      fail: (connection, err) => this.#fail(connection, 'async', err),
    });
    this.#watches = new Watches(deps.ring, deps.clock, (sceneKey) => this.#scenes.get(sceneKey));
    this.#guests = new Guests({
      ...this.#deps,
      messageLimit: settings.socketMessageLimit ?? 0,
      takeId: () => this.#takeConnectionId(),
      sceneFor: (sceneKey) => this.#sceneForGuest(sceneKey),
      offer: (sceneKey, tab, text) => this.#turns.offer(sceneKey, tab, text),
    });
    followRing({
      ring: deps.ring,
      sceneOf: (sceneKey) => this.#scenes.get(sceneKey),
      fail(sceneKey, err) {
        deps.metrics.count('scene-fault', 'neighbours');
        deps.log.error({ err, sceneKey }, 'what the ring said could not be shown');
      },
    });
  }

  /** Completes an admitted handshake. A ticket that a race has made worthless is refused here. */
  admit(ticket: AdmissionTicket, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const obstacle = this.#obstacleTo(ticket);
    if (obstacle !== undefined) return this.refuse(request, socket, head, obstacle);
    this.#complete(request, socket, head, (webSocket) => this.#take(webSocket, socket, ticket));
  }

  /** Completes the handshake only to say why not: close frame first, no data frame. */
  refuse(request: IncomingMessage, socket: Duplex, _head: Buffer, reason: CloseReason): void {
    this.#deps.metrics.count('socket-refused', reason.reason);
    this.#refused.refuse(request, socket, reason);
  }

  /** Whether an address, as limits count it, is out of a scene for a while. */
  isQuarantined(sceneKey: string, address: string): boolean {
    return this.#limits.isQuarantined(sceneKey, address);
  }

  /** Sockets in a scene, joined or not. */
  socketCount(sceneKey: string): number {
    return this.#scenes.get(sceneKey)?.socketCount ?? 0;
  }

  /** Joined visitors of a scene, those in reconnect grace included. */
  visitorCount(sceneKey: string): number {
    return this.#scenes.get(sceneKey)?.visitorCount ?? 0;
  }

  presence(sceneKey: string): ScenePresence {
    return this.#scenes.get(sceneKey)?.presence() ?? { count: 0, figures: [] };
  }

  /** Calls back whenever the presence of a scene changed; the ring's port is told beside. */
  onRoster(listener: (sceneKey: string) => void): void {
    this.#rosterListeners.push(listener);
  }

  /** Calls back with what each changed scene could go on from, at most once a second and scene. */
  onSnapshot(listener: (snapshot: WrittenSnapshot) => void): void {
    this.#snapshotListeners.push(listener);
  }

  /** Goes on with a scene that another process lost: its visitors keep their place for 10 s. Before any socket only. */
  resume({ key: sceneKey, text }: WrittenSnapshot): void {
    const isHosted = sceneKey !== DEFAULT_SCENE_KEY;
    if (isHosted && (this.#deps.sites.find(sceneKey)?.isDisabled ?? true)) return;
    const live = this.#sceneOf({ sceneKey, isHosted });
    try {
      live.resume(text);
    } catch (err) {
      this.#deps.metrics.count('scene-fault', 'resume');
      this.#deps.log.error({ err, sceneKey }, 'a lost scene could not go on');
      live.end(CLOSE.internalError);
    }
  }

  /** A site was saved, switched off or deleted: what changed takes effect at once for those who are there. */
  siteChanged(siteKey: string): void {
    const live = siteKey === DEFAULT_SCENE_KEY ? undefined : this.#scenes.get(siteKey);
    if (live === undefined) return;
    const site = this.#deps.sites.find(siteKey);
    if (site === undefined) live.end(CLOSE.siteDeleted);
    else if (site.isDisabled) live.end(CLOSE.siteDisabled);
    else live.changeRules(rulesOf(site, this.#settings.minHumanSayMs));
  }

  /**
   * Acts on a hosted site as its owner or the operator does, whether anybody is there or not.
   * @returns why the action was not taken, in words for the admin page
   */
  act(siteKey: string, action: AdminAction): string | undefined {
    const site = siteKey === DEFAULT_SCENE_KEY ? undefined : this.#deps.sites.find(siteKey);
    if (site === undefined) return 'Site not found.';
    const live = this.#scenes.get(siteKey);
    if (live !== undefined) return live.administer(action);
    const rules = rulesOf(site, this.#settings.minHumanSayMs);
    return administerEmpty(siteKey, rules, action, this.#deps, (patch) => this.#changeSite(siteKey, patch));
  }

  /** Calls back when a visit has lasted long enough to count, and for each page its visitor goes on to. */
  onVisit(listener: (sceneKey: string, visit: Visit) => void): void {
    this.#visitListeners.push(listener);
  }

  /** Calls back for every line that was heard on a hosted site. */
  onSaid(listener: (sceneKey: string, lines: Lines) => void): void {
    this.#saidListeners.push(listener);
  }

  /** Everybody in a scene, those in reconnect grace included. */
  visitors(sceneKey: string): readonly VisitorReport[] {
    return this.#scenes.get(sceneKey)?.visitors() ?? [];
  }

  /** Joined visitors of every live scene, by its key. */
  census(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#scenes, ([key, live]) => [key, live.visitorCount]));
  }

  stats(): SceneHostStats {
    let visitors = 0;
    for (const live of this.#scenes.values()) visitors += live.visitorCount;
    return { scenes: this.#scenes.size, sockets: this.#heartbeat.sockets.size + this.#refused.size, visitors };
  }

  sizes(): SceneHostSizes {
    return {
      scenes: this.#scenes.size,
      sockets: this.#heartbeat.sockets.size,
      refused: this.#refused.size,
      waitingMessages: this.#turns.waiting,
      lanes: this.#turns.lanes,
      ...this.#limits.sizes,
    };
  }

  /** Closes every socket with 1001, waits a second at most, cuts the rest. Later sockets are refused. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    for (const live of this.#scenes.values()) live.end(CLOSE.shuttingDown);
    this.#limits.stop();
    const open = [...this.#heartbeat.sockets];
    await new Promise<void>((resolve) => {
      let left = open.length;
      if (left === 0) return resolve();
      const timer = this.#deps.clock.setTimer(resolve, STOP_WAIT_MS);
      for (const socket of open) {
        socket.once('close', () => {
          left -= 1;
          if (left > 0) return;
          timer.cancel();
          resolve();
        });
      }
    });
    for (const socket of this.#heartbeat.sockets) socket.terminate();
    this.#refused.stop();
    this.#heartbeat.stop();
    this.#footprints.stop();
  }

  #changeSite(siteKey: string, patch: SitePatch): void {
    this.#deps.changeSite?.(siteKey, patch);
    if (patch.isDisabled === true) this.#scenes.get(siteKey)?.end(CLOSE.siteDisabled);
  }

  #takeSnapshots(sceneKeys: readonly string[]): void {
    for (const sceneKey of sceneKeys) {
      const live = this.#scenes.get(sceneKey);
      if (live === undefined) continue;
      try {
        const snapshot = live.snapshot();
        if (snapshot.cut !== undefined) this.#deps.metrics.count('snapshot-cut', snapshot.cut);
        for (const listener of this.#snapshotListeners) listener(snapshot);
      } catch (err) {
        this.#deps.metrics.count('scene-fault', 'snapshot');
        this.#deps.log.error({ err, sceneKey }, 'a scene could not be copied');
      }
    }
  }

  #obstacleTo({ sceneKey, isHosted, connectionLimit, clientIp }: AdmissionTicket): CloseReason | undefined {
    if (this.#stopped !== undefined) return CLOSE.shuttingDown;
    if (isHosted && (this.#deps.sites.find(sceneKey)?.isDisabled ?? true)) return CLOSE.siteUnknown;
    if (this.socketCount(sceneKey) >= connectionLimit) return CLOSE.full;
    return this.isQuarantined(sceneKey, addressKey(clientIp)) ? CLOSE.rateLimited : undefined;
  }

  #complete(request: IncomingMessage, socket: Duplex, head: Buffer, then: (webSocket: WebSocket) => void): void {
    // First of all: a reset during the handshake is an `error` event, and nobody else listens.
    socket.on('error', () => socket.destroy());
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      // Over-size and malformed frames end here too; `ws` has already begun the close that they deserve.
      webSocket.on('error', () => this.#deps.metrics.count('socket-dropped', 'error'));
      this.#heartbeat.watch(webSocket);
      then(webSocket);
    });
  }

  #take(webSocket: WebSocket, stream: Duplex, ticket: AdmissionTicket): void {
    const { metrics, log } = this.#deps;
    metrics.count('socket', 'admitted');
    const connection = new LiveConnection(this.#takeConnectionId(), ticket, webSocket, stream, () => {
      metrics.count('socket-dropped', 'behind');
      log.warn({ sceneKey: ticket.sceneKey }, 'a reader fell behind and was dropped');
    });
    const live = this.#sceneOf(ticket);
    live.add(connection);
    webSocket.on('message', (data) => this.#receive(connection, data));
    webSocket.on('ping', (payload) => this.#receive(connection, new Ping(payload)));
    webSocket.on('close', () => {
      this.#errands.closed(live, connection);
      live.remove(connection);
    });
  }

  #takeConnectionId(): number {
    const id = this.#nextConnectionId;
    this.#nextConnectionId += 1;
    return id;
  }

  /** A guest takes a place like anybody else. */
  #sceneForGuest(sceneKey: string): LiveScene | 'closed' | 'full' | 'unknown' {
    const isHosted = sceneKey !== DEFAULT_SCENE_KEY;
    const site = isHosted ? this.#deps.sites.find(sceneKey) : undefined;
    if (this.#stopped !== undefined || site?.isDisabled === true) return 'closed';
    if (isHosted && site === undefined) return 'unknown';
    const places = site?.connectionLimit ?? this.#settings.defaultConnectionLimit ?? Number.POSITIVE_INFINITY;
    return this.socketCount(sceneKey) >= places ? 'full' : this.#sceneOf({ sceneKey, isHosted });
  }

  #sceneOf({ sceneKey, isHosted }: Pick<AdmissionTicket, 'sceneKey' | 'isHosted'>): LiveScene {
    const running = this.#scenes.get(sceneKey);
    if (running !== undefined) return running;
    const site = isHosted ? this.#deps.sites.find(sceneKey) : undefined;
    const live: LiveScene = new LiveScene(
      sceneKey,
      rulesOf(site, this.#settings.minHumanSayMs),
      this.#deps,
      { guard: this.#limits.guardOf(sceneKey), footprints: this.#footprints.of(sceneKey) },
      this.#pace,
      {
        onLine: (visitor, text) => this.#watches.heard(sceneKey, visitor, text),
        onRoster: () => {
          this.#watches.changed(sceneKey);
          for (const listener of this.#rosterListeners) listener(sceneKey);
        },
        onWelcome: (tab, hello) => this.#errands.welcoming(live, tab, hello),
        onRestart: () => this.#errands.ended(live),
        onEnded: () => {
          this.#errands.ended(live);
          if (this.#scenes.get(sceneKey) === live) this.#scenes.delete(sceneKey);
        },
        onSite: (patch) => this.#changeSite(sceneKey, patch),
        onVisit: (visit) => {
          for (const listener of this.#visitListeners) listener(sceneKey, visit);
        },
        onSaid: (lastAt) => {
          for (const listener of this.#saidListeners) listener(sceneKey, { count: 1, lastAt });
        },
        onChanged: () => this.#changed.add(sceneKey),
      },
    );
    this.#scenes.set(sceneKey, live);
    return live;
  }

  /** Judges a message by how many came before it, and gives it its turn. */
  #receive(connection: LiveConnection, item: RawData | Ping): void {
    if (!connection.isOpen) return;
    const { metrics, clock } = this.#deps;
    switch (connection.budget.judge(this.#settings.socketMessageLimit ?? 0, clock.monotonic())) {
      case 'handle':
        if (!this.#turns.offer(connection.ticket.sceneKey, connection, item))
          metrics.count('message-ignored', 'backlog');
        return;
      case 'ignore':
        return metrics.count('message-ignored', 'flood');
      case 'close':
        metrics.count('socket-dropped', 'flood');
        return connection.silence(CLOSE.rateLimited, clock);
    }
  }

  #hear(connection: LiveConnection, item: RawData | Ping): void {
    if (item instanceof Ping) return connection.pong(item.payload);
    const live = this.#scenes.get(connection.ticket.sceneKey);
    if (live === undefined || !connection.isOpen || connection.isRedeeming) return;
    try {
      const fields = parseClientMessage(bytesOf(item));
      if (fields !== undefined && this.#deps.plugins?.hearMessages === true && !live.overhear(connection, fields))
        return;
      const message = fields && decodeClientFields(fields);
      if (message === undefined) {
        this.#deps.metrics.count('message-ignored', 'undecodable');
      } else if (message.type === 'solve') {
        const init = this.#door.judge(connection, message.nonce);
        if (init !== undefined) this.#greet(live, connection, init);
      } else if (message.type === 'init') {
        this.#greet(live, connection, message);
      } else if (!this.#errands.hear(live, connection, message)) {
        live.receive(connection, message);
      }
    } catch (err) {
      this.#fail(connection, 'sync', err);
    }
  }

  #greet(live: LiveScene, connection: LiveConnection, init: InitMessage): void {
    if (live.isWelcomed(connection) || !this.#door.mayEnter(connection, init)) return;
    if (init.arrival === undefined) live.receive(connection, init);
    else void this.#errands.join(live, connection, init, init.arrival.code);
  }

  #noteLimit(event: LimitEvent, sceneKey: string): void {
    this.#deps.metrics.count('address-limited', event);
    if (event === 'quarantine') this.#deps.log.warn({ sceneKey }, 'an address acts in lock-step and was quarantined');
    if (event === 'flood') this.#deps.log.warn({ sceneKey }, 'an address floods a site; not enforced');
    if (event === 'ban') this.#deps.log.warn({ sceneKey }, 'an address flooded a site and was banned');
  }

  /** A fault while handling one connection's message is that connection's end, and nobody else's. */
  #fail(connection: LiveConnection, cause: 'sync' | 'async', err: unknown): void {
    this.#deps.metrics.count('message-fault', cause);
    this.#deps.log.error({ err, sceneKey: connection.ticket.sceneKey }, 'a message could not be handled');
    connection.close(CLOSE.internalError);
  }
}
