import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CloseReason } from '../protocol/close-codes.ts';
import type { Visit } from '../realtime/live-scene.ts';
import type { Lines, SceneHostStats } from '../realtime/scene-host.ts';
import type { AdmissionTicket } from '../realtime/ticket.ts';
import type { AdminAction } from '../scene/admin-action.ts';
import type { ScenePresence } from '../scene/types.ts';
import type { VisitorReport } from '../scene/visitor-report.ts';

/** Whoever holds the scenes: this process, or shards. */
export interface SceneHolder {
  /** Called in the very turn of the upgrade; the socket already has an `error` listener. */
  admit(ticket: AdmissionTicket, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Says why not, and ends the socket. */
  refuse(request: IncomingMessage, socket: Duplex, head: Buffer, reason: CloseReason): void;
  /** Sockets in a scene, joined or not. */
  socketCount(sceneKey: string): number;
  /** Whether an address, as limits count it, is out of a scene for a while. */
  isQuarantined(sceneKey: string, address: string): boolean;
  presence(sceneKey: string): ScenePresence;
  siteChanged(siteKey: string): void;
  /** Acts on a hosted site. @returns why the action was not taken, in words for the admin page */
  act(siteKey: string, action: AdminAction): string | undefined | Promise<string | undefined>;
  /** Everybody in a scene as of now, those in reconnect grace included. */
  visitors(sceneKey: string): readonly VisitorReport[] | Promise<readonly VisitorReport[]>;
  /** Joined visitors by scene as of now. Whatever happened before was told to the listeners below when it is there. */
  census(): ReadonlyMap<string, number> | Promise<ReadonlyMap<string, number>>;
  onSaid(listener: (sceneKey: string, lines: Lines) => void): void;
  onVisit(listener: (sceneKey: string, visit: Visit) => void): void;
  stats(): SceneHostStats;
  /** Idempotent. */
  stop(): Promise<void>;
}
