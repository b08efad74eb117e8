/** What the operator's page asks of its square. */
import { ask, askWith, type Answer } from '../ask.ts';

export interface RosterSite {
  readonly id: string;
  readonly name: string;
  readonly entry: string;
  readonly state: 'live' | 'dim' | 'dark' | 'unknown';
  readonly count: number | null;
}

export interface RosterMember {
  readonly square: string;
  readonly origin: string;
  /** RFC 3339. */
  readonly since: string;
  readonly isOurs: boolean;
  /** This square has nothing to do with it. */
  readonly isMuted: boolean;
  readonly sites: readonly RosterSite[];
}

export interface JoinRequest {
  readonly kind: 'join' | 'leave';
  readonly square: string;
  readonly origin: string;
  readonly note: string;
  /** ms since the epoch. */
  readonly receivedAt: number;
  readonly invitation: 'none' | 'good' | 'expired' | 'used-up' | 'forged';
  readonly isOverdue: boolean;
  readonly declined: string | null;
  readonly sites: readonly {
    readonly id: string;
    readonly name: string;
    readonly entry: string;
    /** What a look at its page found, in words. */
    readonly finding: string;
  }[];
}

export interface Roster {
  readonly id: string;
  readonly name: string;
  readonly rules: string | null;
  readonly version: number;
  readonly listUntil: string;
  readonly beatUntil: string;
  /** Whether this square holds what a change of the list takes. */
  readonly canPublish: boolean;
  /** What would be lost with this machine; null while other admins could go on. */
  readonly keyWarning: string | null;
  /** What taking back the last change would do; null when there is nothing to take back. */
  readonly undo: string | null;
  readonly members: readonly RosterMember[];
  /** Oldest first, declined ones last. */
  readonly requests: readonly JoinRequest[];
  /** Why this square is in the ring no more; null while it is. */
  readonly shownOut: string | null;
  readonly revoked: readonly { readonly square: string; readonly reason: string }[];
}

export type Sharing = 'nothing' | 'count' | 'figures' | 'live';

/** What one neighbour has of one site where that is not what all have; null: as all. */
export interface NeighbourCell {
  readonly sees: 'count' | 'figures' | 'live' | null;
  readonly gate: 'open' | 'in' | 'out' | 'shut' | null;
}

export interface SharedSite {
  /** Of the ring site. */
  readonly id: string;
  readonly name: string;
  /** Of the hosted site; `default`: the shared scene; null: nobody is there. */
  readonly key: string | null;
  readonly sharing: Sharing;
  readonly admitsGuests: boolean;
  readonly letsVisitorsOut: boolean;
  /** In the order of the table's neighbours; null: not next door. */
  readonly cells: readonly (NeighbourCell | null)[];
}

/** What our sites share with whom in one ring. */
export interface SharingTable {
  readonly ring: string;
  readonly name: string;
  readonly neighbours: readonly {
    readonly square: string;
    readonly names: readonly string[];
    readonly isMuted: boolean;
  }[];
  readonly sites: readonly SharedSite[];
}

export interface SquareState {
  readonly square: string;
  readonly origin: string;
  readonly rings: readonly Roster[];
  readonly sharing: readonly SharingTable[];
}

export const readState = (): Promise<Answer<SquareState>> => ask<SquareState>('/admin/ring/api/state');

export function post<T>(path: string, body: object): Promise<Answer<T>> {
  return askWith<T>(`/admin/ring/api/${path}`, body);
}
