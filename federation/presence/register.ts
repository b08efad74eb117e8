/**
 * The newest summary of each site heard of, and how fresh it is. Order is `(epoch, seq)` alone; freshness runs on this
 * square's monotonic clock from receipt. Entries outlive their freshness, so that an old summary replayed after a silence
 * is still old.
 */
import type { Clock, Freshness, Timer } from '../types.ts';
import type { Summary } from './summary.ts';

/** Not older than this is live; not older than {@link DIM_MAX_AGE_MS} is dim; the rest is dark. */
export const LIVE_MAX_AGE_MS = 7_500;
export const DIM_MAX_AGE_MS = 15_000;

/** A lower epoch that speaks this much later than the higher one began is a second square with the same key. */
const RIVAL_AFTER_MS = 5_000;

export type Order =
  | 'new'
  /** Exactly what is held. */
  | 'duplicate'
  /** The same `(epoch, seq)` with other content: its square says two things at once. */
  | 'equivocation'
  | 'stale'
  /** An older run of the square that still speaks: its key is used twice. */
  | 'rival';

export interface Heard {
  readonly state: Freshness;
  /** Absent when dark. */
  readonly summary: Summary | undefined;
}

export interface Register {
  order(summary: Summary, body: Uint8Array): Order;
  /** Keeps a summary of `author` that `order` called new. */
  keep(summary: Summary, body: Uint8Array, author: string): void;
  heard(site: string): Heard;
  /** Forgets every site that `hostOf` no longer gives to the square it was heard from: epochs belong to squares. */
  retain(hostOf: (site: string) => string | undefined): void;
  stop(): void;
}

interface Entry {
  readonly summary: Summary;
  readonly author: string;
  /** To tell a repetition from a contradiction. */
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
  /** Author's clock when its run was first heard. */
  readonly epochSinceTs: number;
  /** What listeners were last told. */
  told: Freshness;
}

/** @param onChange called whenever what a site shows, or its freshness, is another than before */
export function createRegister(clock: Clock, onChange: (site: string) => void): Register {
  const entries = new Map<string, Entry>();
  let timer: Timer | undefined;

  const freshness = (entry: Entry): Freshness => {
    const ageMs = clock.monotonic() - entry.receivedAtMs;
    if (entry.summary.bye || ageMs > DIM_MAX_AGE_MS) return 'dark';
    return ageMs > LIVE_MAX_AGE_MS ? 'dim' : 'live';
  };

  const schedule = (): void => {
    timer?.cancel();
    timer = undefined;
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const entry of entries.values()) {
      // One past the bound: at the bound itself the old state still holds.
      if (entry.told === 'live') nextAtMs = Math.min(nextAtMs, entry.receivedAtMs + LIVE_MAX_AGE_MS + 1);
      else if (entry.told === 'dim') nextAtMs = Math.min(nextAtMs, entry.receivedAtMs + DIM_MAX_AGE_MS + 1);
    }
    if (nextAtMs < Number.POSITIVE_INFINITY) timer = clock.setTimer(age, Math.max(0, nextAtMs - clock.monotonic()));
  };
  const age = (): void => {
    const changed: string[] = [];
    for (const [site, entry] of entries) {
      const state = freshness(entry);
      if (state === entry.told) continue;
      entry.told = state;
      changed.push(site);
    }
    schedule();
    for (const site of changed) onChange(site);
  };

  return {
    order(summary, body) {
      const held = entries.get(summary.site);
      if (held === undefined || summary.epoch > held.summary.epoch) return 'new';
      if (summary.epoch < held.summary.epoch) {
        return summary.ts > held.epochSinceTs + RIVAL_AFTER_MS ? 'rival' : 'stale';
      }
      if (summary.seq > held.summary.seq) return 'new';
      if (summary.seq < held.summary.seq) return 'stale';
      return Buffer.compare(body, held.body) === 0 ? 'duplicate' : 'equivocation';
    },
    keep(summary, body, author) {
      const held = entries.get(summary.site);
      const epochSinceTs = held?.summary.epoch === summary.epoch ? held.epochSinceTs : summary.ts;
      entries.set(summary.site, {
        summary,
        author,
        body,
        receivedAtMs: clock.monotonic(),
        epochSinceTs,
        told: summary.bye ? 'dark' : 'live',
      });
      schedule();
      onChange(summary.site);
    },
    heard(site) {
      const entry = entries.get(site);
      const state = entry === undefined ? 'dark' : freshness(entry);
      return { state, summary: state === 'dark' ? undefined : entry?.summary };
    },
    retain(hostOf) {
      for (const [site, { author }] of entries) if (hostOf(site) !== author) entries.delete(site);
      schedule();
    },
    stop() {
      timer?.cancel();
      entries.clear();
    },
  };
}
