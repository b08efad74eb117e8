/** Everything that passes between the edge and a shard, as plain data over the IPC channel. */
import type { ChannelMessage } from '../lib/channel.ts';
import type { GatheredCount } from '../lib/gathered-counts.ts';
import type { FromSupervised, ToSupervised } from '../lib/supervised-life.ts';
import type { NeighboursFrame, RingBirdFrame } from '../protocol/frames.ts';
import type { Visit } from '../realtime/live-scene.ts';
import type { Lines, SceneHostSettings } from '../realtime/scene-host.ts';
import type { AdmissionTicket } from '../realtime/ticket.ts';
import type { AdminAction } from '../scene/admin-action.ts';
import type { Site, SitePatch } from '../scene/site.ts';
import type { WrittenSnapshot } from '../realtime/snapshot-text.ts';
import type { ScenePresence } from '../scene/types.ts';
import type { VisitorReport } from '../scene/visitor-report.ts';

/** What a shard needs to begin; always the first message. */
export interface Beginning {
  readonly kind: 'begin';
  /** Position of the shard, 0…. */
  readonly shard: number;
  readonly logLevel: string;
  /** The square's key for visitors' secrets, hex. */
  readonly visitorKey: string;
  readonly settings: SceneHostSettings;
  /** Modules of further plugins, absolute paths. */
  readonly pluginModules: readonly string[];
  /** The sites of this shard. */
  readonly sites: readonly Site[];
  readonly neighbours: readonly (readonly [sceneKey: string, frame: NeighboursFrame])[];
  /** The ring's bird, if it is here. */
  readonly birds: readonly (readonly [sceneKey: string, frame: RingBirdFrame])[];
  /** Scenes that were lost with the shard's previous process. */
  readonly snapshots: readonly WrittenSnapshot[];
}

/** One upgrade. Its TCP socket travels beside it, unread from the first byte after `head` on. */
export interface HandOver {
  readonly kind: 'hand';
  /** Answered by `taken`. */
  readonly id: number;
  readonly ticket: AdmissionTicket;
  readonly url: string;
  /** Those of the WebSocket handshake only. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the client sent behind its request, base64. */
  readonly head: string;
}

export type ToShard =
  | Beginning
  | HandOver
  /** A site was saved or, with null, deleted. */
  | { readonly kind: 'site'; readonly key: string; readonly site: Site | null }
  /** Of the ring's port (src/ring/ring-channel.ts), both ways. */
  | { readonly kind: 'ring'; readonly message: ChannelMessage }
  /** An owner's or the operator's action; answered by `acted`. */
  | { readonly kind: 'act'; readonly id: number; readonly key: string; readonly action: AdminAction }
  /** Who is in one scene, or how many are in each; answered by `visitors` or `census`. */
  | { readonly kind: 'askVisitors'; readonly id: number; readonly key: string }
  | { readonly kind: 'askCensus'; readonly id: number }
  | ToSupervised;

export interface ShardLoad {
  readonly scenes: number;
  readonly sockets: number;
  readonly visitors: number;
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

export type FromShard =
  | FromSupervised<ShardLoad>
  /** The hand-over arrived, whatever became of its socket. */
  | { readonly kind: 'taken'; readonly id: number }
  /** One scene changed; at most twice a second and scene. No sockets and nobody there: it ended. */
  | { readonly kind: 'scene'; readonly key: string; readonly sockets: number; readonly presence: ScenePresence }
  /** Scenes that changed, at most once a second and scene. */
  | { readonly kind: 'snapshot'; readonly snapshot: WrittenSnapshot }
  /** An address is out of a scene for so long: the edge refuses it before it hands its sockets over. */
  | { readonly kind: 'quarantined'; readonly key: string; readonly address: string; readonly forMs: number }
  /** A scene changed its site, and goes on with it: to be kept. */
  | { readonly kind: 'patch'; readonly key: string; readonly patch: SitePatch }
  | { readonly kind: 'counts'; readonly counts: readonly GatheredCount[] }
  | { readonly kind: 'ring'; readonly message: ChannelMessage }
  /** `problem`: why the action was not taken. */
  | { readonly kind: 'acted'; readonly id: number; readonly problem: string | null }
  | { readonly kind: 'visitors'; readonly id: number; readonly visitors: readonly VisitorReport[] }
  /** All lines heard before were sent before. */
  | {
      readonly kind: 'census';
      readonly id: number;
      readonly counts: readonly (readonly [key: string, count: number])[];
    }
  | { readonly kind: 'said'; readonly key: string; readonly lines: Lines }
  | { readonly kind: 'visit'; readonly key: string; readonly visit: Visit };

/** Both ends are ours and of one version: what has a kind is what it says. */
export function isToShard(value: unknown): value is ToShard {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

export function isFromShard(value: unknown): value is FromShard {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
