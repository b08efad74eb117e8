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
