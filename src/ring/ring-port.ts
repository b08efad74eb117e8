/**
 * What the square asks of the ring. The scenes' side speaks only to this port, in messages that could as well cross a
 * process border; the one adapter to federation/ fills it, and tests fill it from memory.
 */
import type { NeighboursFrame, PassageRefusal, Provenance } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';

/** What a visitor takes along through a gate. */
export interface Plate {
  readonly name: string;
  /** Look code, see protocol/look.ts. */
  readonly look: number;
}

export type Passage =
  | { readonly ok: true; readonly url: string; readonly code?: string }
  | { readonly ok: false; readonly reason: PassageRefusal };

/** A redeemed hop: who comes, from where, at which end. */
export interface Arrival {
  readonly plate: Plate;
  readonly from: Provenance;
  readonly side: Side;
}

export interface RingPort {
  /** The roster of a scene changed; the ring samples it when it may next publish. Cheap, called often. */
  touch(sceneKey: string): void;
  /** The gates of a scene now, or undefined when it is in no ring. */
  neighbours(sceneKey: string): NeighboursFrame | undefined;
  /** Calls back after every change of a scene's gates, at most twice a second and scene. */
  onNeighbours(listener: (sceneKey: string, frame: NeighboursFrame) => void): void;
  /** Never rejects. */
  requestPassage(sceneKey: string, side: Side, plate: Plate): Promise<Passage>;
  /** Never rejects; undefined for any code that cannot be redeemed here and now. */
  redeem(sceneKey: string, code: string): Promise<Arrival | undefined>;
}

/** One ring as plain web pages show it: everything comes from the signed documents. */
export interface RingListing {
  readonly id: string;
  readonly name: string;
  /** Version of the members list. */
  readonly version: number;
  /** In ring order. */
  readonly sites: readonly RingListingSite[];
  /** The signed documents, exactly as signed: charters oldest first. */
  readonly documents: { readonly charters: readonly unknown[]; readonly members: unknown; readonly beat: unknown };
}

export interface RingListingSite {
  readonly id: string;
  readonly name: string;
  /** Entry page; redirects lead nowhere else. */
  readonly entry: string;
  /** Peer id of the square that hosts it. */
  readonly square: string;
  readonly isOurs: boolean;
  /** How fresh this square's knowledge of the site is; `unknown`: it hears of near sites only. */
  readonly state: 'live' | 'dim' | 'dark' | 'unknown';
  /** People there; absent when unknown, not shared or dark. */
  readonly count?: number;
}

/** What plain web pages need to know of the rings. */
export interface RingDirectory {
  /** Peer id of this square. */
  readonly square: string;
  rings(): readonly RingListing[];
}
