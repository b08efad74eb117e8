/** Times in ms. Any of the four at 0 switches the whole off. */
export interface LockStepSettings {
  /** Synchronised rounds that quarantine an address. */
  readonly rounds: number;
  /** Within so long. */
  readonly windowMs: number;
  /** Two gestures at most this far apart are synchronised. */
  readonly toleranceMs: number;
  /** How long the quarantine lasts. */
  readonly quarantineMs: number;
}

/** Gestures of one verb and one address. */
export interface LockStep {
  readonly recent: { readonly visitor: number; readonly at: number }[];
  readonly rounds: number[];
}

/** More gestures than this inside one tolerance say nothing new. */
const RECENT_MAX = 32;

export function newLockStep(): LockStep {
  return { recent: [], rounds: [] };
}

export function isLockStepOn({ rounds, windowMs, toleranceMs, quarantineMs }: LockStepSettings): boolean {
  return rounds > 0 && windowMs > 0 && toleranceMs > 0 && quarantineMs > 0;
}

/**
 * Notes a gesture: it is synchronised when another identity made the same at most the tolerance ago, and a synchronised
 * one that comes more than the tolerance after the last round counts as a round (wire protocol section 11).
 * @returns whether this is the round that brings the quarantine
 */
export function noteGesture(
  lockStep: LockStep,
  visitor: number,
  now: number,
  { rounds: limit, windowMs, toleranceMs }: LockStepSettings,
): boolean {
  const { recent, rounds } = lockStep;
  dropBefore(recent, now - toleranceMs, ({ at }) => at);
  const isSynchronised = recent.some((other) => other.visitor !== visitor);
  recent.push({ visitor, at: now });
  if (recent.length > RECENT_MAX) recent.shift();
  const lastRoundAt = rounds.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (!isSynchronised || now - lastRoundAt <= toleranceMs) return false;
  rounds.push(now);
  dropBefore(rounds, now - windowMs, (at) => at);
  return rounds.length >= limit;
}

function dropBefore<Entry>(entries: Entry[], from: number, atOf: (entry: Entry) => number): void {
  const kept = entries.findIndex((entry) => atOf(entry) >= from);
  entries.splice(0, kept === -1 ? entries.length : kept);
}
