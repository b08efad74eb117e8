/** Everything that passes between the edge and the ring's process, as plain data over the IPC channel. */
import type { RingDocuments, TrustedRing } from '../../federation/documents/types.ts';
import type { AcceptanceOutcome } from '../../federation/ring-service.ts';
import type { ChannelMessage } from '../lib/channel.ts';
import type { GatheredCount } from '../lib/gathered-counts.ts';
import type { FromSupervised, ToSupervised } from '../lib/supervised-life.ts';
import type { ScenePresence } from '../scene/types.ts';
import type { PairedSite, RingAddresses, RingLink, SiteSight, SleepingSite } from './ring-holder.ts';

/** What the ring's process needs to begin; always the first message. */
export interface RingBeginning {
  readonly kind: 'begin';
  readonly logLevel: string;
  /** Of the square's key. */
  readonly keyFile: string;
  readonly allowPrivate: boolean;
  readonly addresses: RingAddresses;
  readonly guestsMax: number;
  readonly birdStayMs: number;
  /** Of this run of the ring; saved. */
  readonly epoch: number;
  /** Verified and saved. */
  readonly rings: readonly TrustedRing[];
  readonly sites: readonly PairedSite[];
  readonly asleep: readonly SleepingSite[];
  /** Of our scenes that stand in a ring. */
  readonly presences: readonly (readonly [sceneKey: string, presence: ScenePresence])[];
}

/** What the edge says of the square. */
export type SquareSpeech = {
  news: {
    /** A ring has newer documents, verified and saved. */
    trusted: TrustedRing;
    sites: { readonly ours: readonly PairedSite[]; readonly asleep: readonly SleepingSite[] };
    /** Somebody looks at all of a ring. */
    lookAround: undefined;
    /** At most twice a second and scene. */
    presence: { sceneKey: string; presence: ScenePresence };
  };
  questions: Record<string, never>;
  streams: Record<string, never>;
};

/** What the ring says of itself. */
export type RingNewsSpeech = {
  news: {
    /** Sites of which something is known, when that has changed; at most once a second. */
    sights: readonly Sighting[];
    counts: readonly GatheredCount[];
  };
  questions: {
    /** Documents that another square sent, judged there. Saved ones are told by `trusted` before the answer. */
    keep: { question: RingDocuments; answer: AcceptanceOutcome };
    /** A request to join or leave that a square handed over. */
    request: { question: { square: string; bytes: Uint8Array }; answer: Uint8Array | undefined };
  };
  streams: Record<string, never>;
};

export interface Sighting {
  readonly ringId: string;
  readonly siteId: string;
  readonly sight: SiteSight;
}

/** `port`: of the ring's port (ring-channel.ts), both ways; `square`: of the two above. */
interface Carried {
  readonly kind: 'port' | 'square';
  readonly message: ChannelMessage;
}

export type ToRing = RingBeginning | Carried | ToSupervised;

export interface RingLoad {
  readonly liveGates: number;
  readonly links: readonly RingLink[];
  readonly isKeyUsedTwice: boolean;
  readonly residentBytes: number;
}

export type FromRing = FromSupervised<RingLoad> | Carried;

/** Both ends are ours and of one version: what has a kind is what it says. */
export function isToRing(value: unknown): value is ToRing {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

export function isFromRing(value: unknown): value is FromRing {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
