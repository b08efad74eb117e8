import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import type { InitMessage, ServerFrame } from '../protocol/frames.ts';
import { DEFAULT_SCENE_KEY, type Side } from '../protocol/limits.ts';
import { rulesOf } from '../scene/scene.ts';
import type { ScenePresence } from '../scene/types.ts';
import { decodeClientMessage } from './decode-client-message.ts';
import type { RealtimeDeps } from './deps.ts';
import { OutgoingFrame } from './encode.ts';
import { Heartbeat } from './heartbeat.ts';
import { LiveConnection } from './live-connection.ts';
import { LiveScene } from './live-scene.ts';
import { GATE_INTERVAL_MS, passageThrough, redeemInTime } from './ring-errands.ts';
import type { AdmissionTicket } from './ticket.ts';

export interface SceneHostSettings {
  /** Largest client message, in bytes; a larger one closes its socket with 1009. */
  readonly maxPayloadBytes: number;
  /** A newcomer's words are dropped for this long. 0: never. */
  readonly minHumanSayMs: number;
}

export interface SceneHostStats {
  readonly scenes: number;
  /** Open sockets, those being refused included. */
  readonly sockets: number;
  readonly visitors: number;
}

/** How long a stopping host waits for sockets to say goodbye. */
const STOP_WAIT_MS = 1_000;

/** How long one closing socket may take before it is cut. */
const CLOSE_WAIT_MS = 2_000;

/**
 * Holds scenes and the sockets in them. It completes handshakes that were admitted elsewhere and owns each socket from
 * there on, so it can as well live in another process than the HTTP server.
 *
 * Counts: `socket` (admitted), `socket-refused` (close reason), `socket-dropped` (silent, behind, error),
 * `message-ignored` (undecodable), `message-fault` (sync, async), `scene-fault` (wake, close, rules, neighbours, end).
 */
export class SceneHost {
  readonly #deps: RealtimeDeps;
  readonly #settings: SceneHostSettings;
  readonly #server: WebSocketServer;
  readonly #heartbeat: Heartbeat;
  /** At most one for each site, and the default one. */
  readonly #scenes = new Map<string, LiveScene>();
  readonly #rosterListeners: ((sceneKey: string) => void)[] = [];
  #nextConnectionId = 1;
  #stopped: Promise<void> | undefined;

  constructor(deps: RealtimeDeps, settings: SceneHostSettings) {
    this.#deps = deps;
    this.#settings = settings;
    const options: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: settings.maxPayloadBytes,
      closeTimeout: CLOSE_WAIT_MS,
      handleProtocols: () => false,
    };
    this.#server = new WebSocketServer(options);
    this.#heartbeat = new Heartbeat(deps.clock, () => deps.metrics.count('socket-dropped', 'silent'));
    deps.ring.onNeighbours((sceneKey, frame) => {
      try {
        this.#scenes.get(sceneKey)?.showNeighbours(frame);
      } catch (err) {
        deps.metrics.count('scene-fault', 'neighbours');
        deps.log.error({ err, sceneKey }, 'neighbours could not be shown');
      }
    });
  }

  /** Completes an admitted handshake. A ticket that a race has made worthless is refused here. */
  admit(ticket: AdmissionTicket, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const obstacle = this.#obstacleTo(ticket);
    if (obstacle !== undefined) return this.refuse(request, socket, head, obstacle);
    this.#complete(request, socket, head, (webSocket) => this.#take(webSocket, ticket));
  }

  /** Completes the handshake only to say why not: close frame first, no data frame. */
  refuse(request: IncomingMessage, socket: Duplex, head: Buffer, { code, reason }: CloseReason): void {
    this.#complete(request, socket, head, (webSocket) => {
      this.#deps.metrics.count('socket-refused', reason);
      webSocket.close(code, reason);
    });
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

  /** A site was saved, switched off or deleted: what changed takes effect at once for those who are there. */
  siteChanged(siteKey: string): void {
    const live = siteKey === DEFAULT_SCENE_KEY ? undefined : this.#scenes.get(siteKey);
    if (live === undefined) return;
    const site = this.#deps.sites.find(siteKey);
    if (site === undefined) live.end(CLOSE.siteDeleted);
    else if (site.isDisabled) live.end(CLOSE.siteDisabled);
    else live.changeRules(rulesOf(site, this.#settings.minHumanSayMs));
  }

  stats(): SceneHostStats {
    let visitors = 0;
    for (const live of this.#scenes.values()) visitors += live.visitorCount;
    return { scenes: this.#scenes.size, sockets: this.#heartbeat.sockets.size, visitors };
  }

  /** Closes every socket with 1001, waits a second at most, cuts the rest. Later sockets are refused. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    for (const live of this.#scenes.values()) live.end(CLOSE.shuttingDown);
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
    this.#heartbeat.stop();
  }

  #obstacleTo({ sceneKey, isHosted, connectionLimit }: AdmissionTicket): CloseReason | undefined {
    if (this.#stopped !== undefined) return CLOSE.shuttingDown;
    if (isHosted && (this.#deps.sites.find(sceneKey)?.isDisabled ?? true)) return CLOSE.siteUnknown;
    return this.socketCount(sceneKey) >= connectionLimit ? CLOSE.full : undefined;
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

  #take(webSocket: WebSocket, ticket: AdmissionTicket): void {
    const { metrics, log } = this.#deps;
    metrics.count('socket', 'admitted');
    const connection = new LiveConnection(this.#nextConnectionId, ticket, webSocket, () => {
      metrics.count('socket-dropped', 'behind');
      log.warn({ sceneKey: ticket.sceneKey }, 'a reader fell behind and was dropped');
    });
    this.#nextConnectionId += 1;
    const live = this.#sceneOf(ticket);
    live.add(connection);
    webSocket.on('message', (data) => this.#hear(live, connection, data));
    webSocket.on('close', () => live.remove(connection));
  }

  #sceneOf({ sceneKey, isHosted }: AdmissionTicket): LiveScene {
    const running = this.#scenes.get(sceneKey);
    if (running !== undefined) return running;
    const site = isHosted ? this.#deps.sites.find(sceneKey) : undefined;
    const live: LiveScene = new LiveScene(sceneKey, rulesOf(site, this.#settings.minHumanSayMs), this.#deps, {
      onRoster: () => {
        for (const listener of this.#rosterListeners) listener(sceneKey);
      },
      onEnded: () => {
        if (this.#scenes.get(sceneKey) === live) this.#scenes.delete(sceneKey);
      },
    });
    this.#scenes.set(sceneKey, live);
    return live;
  }

  #hear(live: LiveScene, connection: LiveConnection, data: RawData): void {
    if (!connection.isOpen || connection.isRedeeming) return;
    try {
      const message = decodeClientMessage(bytesOf(data));
      if (message === undefined) {
        this.#deps.metrics.count('message-ignored', 'undecodable');
      } else if (message.type === 'gate') {
        void this.#askPassage(live, connection, message.side);
      } else if (message.type === 'init' && message.arrival !== undefined && !live.isWelcomed(connection)) {
        void this.#joinByHop(live, connection, message, message.arrival.code);
      } else {
        live.receive(connection, message);
      }
    } catch (err) {
      this.#fail(connection, 'sync', err);
    }
  }

  async #joinByHop(live: LiveScene, connection: LiveConnection, init: InitMessage, code: string): Promise<void> {
    connection.isRedeeming = true;
    try {
      const { ring, clock } = this.#deps;
      const arrival = await redeemInTime(ring, clock, connection.ticket.sceneKey, code);
      if (connection.isOpen) live.receive(connection, init, arrival);
    } catch (err) {
      this.#fail(connection, 'async', err);
    } finally {
      connection.isRedeeming = false;
    }
  }

  async #askPassage(live: LiveScene, connection: LiveConnection, side: Side): Promise<void> {
    const plate = live.plateOf(connection);
    if (plate === undefined || !connection.isRing) return;
    try {
      const now = this.#deps.clock.monotonic();
      if (now < connection.lastGateAt + GATE_INTERVAL_MS) {
        return answer(connection, { type: 'passage', side, refused: 'too-fast' });
      }
      connection.lastGateAt = now;
      const passage = await passageThrough(this.#deps.ring, connection.ticket.sceneKey, side, plate);
      if (!connection.isOpen) return;
      answer(connection, passage);
      if ('url' in passage) live.depart(connection, side);
    } catch (err) {
      this.#fail(connection, 'async', err);
    }
  }

  /** A fault while handling one connection's message is that connection's end, and nobody else's. */
  #fail(connection: LiveConnection, cause: 'sync' | 'async', err: unknown): void {
    this.#deps.metrics.count('message-fault', cause);
    this.#deps.log.error({ err, sceneKey: connection.ticket.sceneKey }, 'a message could not be handled');
    connection.close(CLOSE.internalError);
  }
}

function answer(connection: LiveConnection, frame: ServerFrame): void {
  connection.send(new OutgoingFrame(frame));
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
