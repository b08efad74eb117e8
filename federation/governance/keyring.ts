import type { Signer } from '../documents/dsse.ts';
import type { Charter } from '../documents/types.ts';

export type KeyRole = 'admin' | 'online';

/** The keys of rings that this square holds. What they may sign is said by the charter alone. */
export interface Keyring {
  /** Read when asked, since an operator may bring or take away a key at any time. @throws Error in words for the operator */
  keysOf(ringId: string): readonly Signer[];
}

/** The held keys that have a role, in the order of the charter. */
export function keysWithRole<K extends Signer>(held: readonly K[], { roles }: Charter, role: KeyRole): readonly K[] {
  return roles[role].keyids.flatMap((keyid) => held.find((key) => key.keyid === keyid) ?? []);
}

/** Place of a key among those of its role: who acts first when several could. 0 for a key without the role. */
export function rankOf({ keyid }: Signer, { roles }: Charter, role: KeyRole): number {
  return Math.max(0, roles[role].keyids.indexOf(keyid));
}
