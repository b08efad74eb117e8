import type { SquareKey } from '../../federation/node/identity.ts';
import type { LocalSite, RingTrust } from '../../federation/ring-service.ts';
import type { Log } from '../log/log.ts';
import type { ScenePresence } from '../scene/types.ts';
import type { RingListingSite, RingPort } from './ring-port.ts';

/** A ring site of this square: how its owner set it, and which scene it is. */
export interface PairedSite extends LocalSite {
  /** Undefined: the list gives us a site that we have no scene for; nobody is in it. */
  readonly sceneKey: string | undefined;
}

/** A site of another square whose page has been gone for days. */
export interface SleepingSite {
  readonly ringId: string;
  readonly siteId: string;
}

/** What is known of one site of a ring. */
export type SiteSight = Pick<RingListingSite, 'state' | 'count' | 'isAsleep'>;

export interface RingLink {
  readonly square: string;
  readonly connected: boolean;
  readonly gossiping: boolean;
}

/** Where a ring listens, and what it tells others; multiaddrs. */
export interface RingAddresses {
  readonly listen: readonly string[];
  readonly announce: readonly string[];
}

/** What the ring needs of the square, whoever holds it. */
export interface RingSource {
  readonly key: SquareKey;
  readonly keyFile: string;
  readonly rings: RingTrust;
  /** @throws Error when it cannot be saved: then the ring does not start */
  readonly nextEpoch: () => number;
  /** Read again whenever something changed; asked often. */
  readonly sites: () => readonly PairedSite[];
  /** Other squares' sites that gates pass over; read again whenever something changed. */
  readonly asleep: () => readonly SleepingSite[];
  readonly addresses: RingAddresses;
  /** Guests of one home square at one site. */
  readonly guestsMax: number;
  /** How long the ring's bird stays at a site of ours, ms on average; 0: it does not come. */
  readonly birdStayMs: number;
  readonly allowPrivate: boolean;
  /** Answers a request to join or leave that a square handed over itself; undefined for what is none. */
  readonly answerRequest: (square: string, bytes: Uint8Array) => Promise<Uint8Array | undefined>;
  readonly log: Log;
  readonly count: (event: string, reason: string, times?: number) => void;
}

/** Whoever holds the running ring: this process, or one of its own. */
export interface RingHolder {
  readonly port: RingPort;
  /** May be called again, also after it failed. @throws Error when it cannot start, in words for the operator */
  start(presenceOf: (sceneKey: string) => ScenePresence): Promise<void>;
  isUp(): boolean;
  /** The list, or a site's owner, changed what stands in {@link PairedSite}; or somebody fell asleep or woke up. */
  sitesChanged(): void;
  /** Somebody looks at all of a ring. */
  lookAround(): void;
  sight(ringId: string, siteId: string): SiteSight;
  links(): readonly RingLink[];
  /** Gates that are live now, over all our sites. */
  liveGates(): number;
  /** Another square that uses this one's key was heard in the last five minutes. */
  isKeyUsedTwice(): boolean;
  /** Of a process of its own; 0 when it has none. */
  residentBytes(): number;
  /** Idempotent; finishes within the signal's deadline. */
  stop(signal: AbortSignal): Promise<void>;
}

export const UNKNOWN_SIGHT: SiteSight = { state: 'unknown' };
