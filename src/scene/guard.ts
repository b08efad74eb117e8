import type { Action } from '../protocol/limits.ts';

/** What a gesture of one address turned out to be. */
export type ActionVerdict = 'fine' | 'quarantined';

/** `noticed`: the flood is known and only logged. */
export type FloodVerdict = 'fine' | 'noticed' | 'banned';

/**
 * Counts what comes from one address into one scene (wire protocol section 11). A scene asks it at the moment it is about
 * to accept something, so that what it drops for other reasons costs nobody anything. Counts outlive the scene.
 *
 * Addresses are counting keys, see `addressKey` in src/moderation; "" is an unknown address and is never limited.
 */
export interface SceneGuard {
  /** Distinct identities with a live socket from one address; 0: any number. */
  readonly maxIdentities: number;
  readonly isQuarantined: (address: string) => boolean;
  /** Each spends one event. @returns false when the budget was used up already: the event must not happen */
  readonly spendJoin: (address: string, now: number) => boolean;
  readonly spendState: (address: string, now: number) => boolean;
  readonly spendChat: (address: string, now: number) => boolean;
  /** Notes a gesture that is about to be accepted; `quarantined`: the address is out now, and the gesture with it. */
  readonly noteAction: (address: string, visitor: number, action: Action, now: number) => ActionVerdict;
  /** Notes a renaming or a line of chat of somebody who does not own the site. */
  readonly noteFlood: (address: string, now: number) => FloodVerdict;
}

/** Lets everything pass. */
export const NO_GUARD: SceneGuard = {
  maxIdentities: 0,
  isQuarantined: () => false,
  spendJoin: () => true,
  spendState: () => true,
  spendChat: () => true,
  noteAction: () => 'fine',
  noteFlood: () => 'fine',
};
