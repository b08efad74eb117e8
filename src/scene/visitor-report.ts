import type { Provenance, RecentMessage } from '../protocol/frames.ts';
import type { Pose } from '../protocol/limits.ts';
import type { Visitor } from './visitor.ts';

/** A joined visitor as whoever looks after a site needs to know them. It never leaves the square as it is: see `key`. */
export interface VisitorReport {
  readonly id: number;
  /** Browser id, or `connection-<number>`; nobody is shown it. */
  readonly key: string;
  readonly x: number;
  readonly pose: Pose;
  readonly propId: string | null;
  readonly displayName: string;
  readonly color: string;
  /** Open sockets; 0 in reconnect grace. */
  readonly clientCount: number;
  readonly isOwner: boolean;
  readonly messages: readonly RecentMessage[];
  /** What plugins say of them, by plugin; absent when none does. */
  readonly plugins?: Readonly<Record<string, unknown>>;
  readonly isMuted: boolean;
  readonly isHidden: boolean;
  /** The neighbour's site they came from, if they came over a hill. */
  readonly from?: Provenance;
}

export function reportOf(visitor: Visitor, plugins: VisitorReport['plugins']): VisitorReport {
  const { id, key, x, pose, propId, displayName, color, connections, isOwner, messages, isMuted, isHidden, from } =
    visitor;
  return {
    id,
    key,
    x,
    pose,
    propId,
    displayName,
    color,
    clientCount: connections.size,
    isOwner,
    messages: [...messages],
    ...(plugins && { plugins }),
    isMuted,
    isHidden,
    ...(from && { from }),
  };
}
