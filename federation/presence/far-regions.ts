/**
 * How many people are where in the other regions of a large ring. Nobody tells this square of its own accord: while somebody
 * looks at its map, one region after the other is asked for, of any square in it.
 */
import { randomFraction } from '../clock.ts';
import type { Clock, RandomBytes, Sight, Timer } from '../types.ts';
import type { Digest } from './digest.ts';
import { decodeHeldDigests, encodeDigestsQuestion, type HeldDigest } from './digest-answer.ts';
import { CLOCK_SKEW_MAX_MS } from './inbox.ts';
import { isNewerDigest, openDigest, type DigestReaders } from './open-digest.ts';

/**
 * One region every 5 s ± 20 %: 12 kB/s at most, whatever the size of the ring. Five others, as a list of 1,000 squares has,
 * are gone through in 25 s.
 */
const ASK_MS = 5_000;
const ASK_JITTER = 0.2;

/** Who asked for the map is taken to look for so long. */
const LOOKED_AT_MS = 60_000;

/** Squares of a region that are tried in one turn: some are always away. */
const TRIES = 3;

/** A region is heard of at 25 s and 10 s more when all goes well. */
const LIVE_MAX_AGE_MS = 60_000;
const DIM_MAX_AGE_MS = 120_000;

/** Signatures that are checked in one turn of the loop: 16 take 3 ms. */
const CHECKED_AT_ONCE = 16;

/** Label of the counter `far-region`; bounded. */
type FarReason = 'asked' | 'nobody' | 'broken';

export interface FarRegionsDeps extends DigestReaders {
  readonly self: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Over a link that is made for it if there is none. Rejects when the square cannot be reached or refuses. */
  ask(square: string, question: Uint8Array): Promise<Uint8Array>;
  blame(square: string): void;
  count(reason: FarReason): void;
}

export interface FarRegions {
  /** The list changed. @param own number of the region that this square hears anyway */
  follow(regions: readonly (readonly string[])[], own: number | undefined): void;
  /** Somebody looks at the map. */
  lookAround(): void;
  sight(site: string): Sight;
  stop(): void;
}

interface Heard {
  readonly epoch: number;
  readonly seq: number;
  readonly receivedAtMs: number;
  readonly counts: ReadonlyMap<string, number | null>;
}

interface FarRegion {
  readonly index: number;
  readonly squares: ReadonlySet<string>;
}

export function createFarRegions(deps: FarRegionsDeps): FarRegions {
  const { clock, random } = deps;
  /** By square. Bounded by the list. */
  const heard = new Map<string, Heard>();
  let far: readonly FarRegion[] = [];
  let turn = 0;
  let lookedAtUntilMs = Number.NEGATIVE_INFINITY;
  let asking: Timer | 'now' | undefined;
  let pausing: Timer | undefined;
  let isStopped = false;

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      pausing = clock.setTimer(resolve, 0);
    });
  const keep = ({ squares }: FarRegion, author: string, digest: Digest, ageMs: number): void => {
    if (!squares.has(author) || digest.counts.some(({ site }) => deps.hostOf(site) !== author)) return;
    if (Math.abs(digest.ts + ageMs - clock.now()) > CLOCK_SKEW_MAX_MS) return;
    if (!isNewerDigest(digest, heard.get(author))) return;
    heard.set(author, {
      epoch: digest.epoch,
      seq: digest.seq,
      receivedAtMs: clock.monotonic() - ageMs,
      counts: new Map(digest.counts.map(({ site, count }) => [site, count])),
    });
  };
  /** @returns whether everything in it is what an honest square may hand on */
  const takeAll = async (region: FarRegion, held: readonly HeldDigest[]): Promise<boolean> => {
    for (const [index, { ageMs, bytes }] of held.entries()) {
      if (index % CHECKED_AT_ONCE === CHECKED_AT_ONCE - 1) await pause();
      if (isStopped) return true;
      const opened = openDigest(deps, bytes);
      if (typeof opened === 'string') {
        // Another list may have other members.
        if (opened !== 'non-member') return false;
      } else keep(region, opened.author, opened.digest, ageMs);
    }
    return true;
  };
  const askOne = async (region: FarRegion): Promise<FarReason> => {
    const others = [...region.squares];
    for (let tried = 0; tried < TRIES && others.length > 0; tried += 1) {
      if (isStopped) return 'nobody';
      const [square = ''] = others.splice(Math.floor(others.length * randomFraction(random)), 1);
      let answer: Uint8Array;
      try {
        answer = await deps.ask(square, encodeDigestsQuestion({ ring: deps.ring, region: region.index }));
      } catch {
        continue;
      }
      const held = decodeHeldDigests(answer);
      if (held !== undefined && (await takeAll(region, held))) return 'asked';
      deps.blame(square);
      return 'broken';
    }
    return 'nobody';
  };
  const askNext = async (): Promise<void> => {
    asking = undefined;
    const region = far[turn % far.length];
    if (isStopped || region === undefined || clock.monotonic() > lookedAtUntilMs) return;
    turn += 1;
    asking = 'now';
    const reason = await askOne(region);
    if (isStopped) return;
    deps.count(reason);
    const jittered = ASK_MS * (1 - ASK_JITTER + 2 * ASK_JITTER * randomFraction(random));
    asking = clock.setTimer(() => void askNext(), jittered);
  };

  return {
    follow(regions, own) {
      far = regions
        .map((squares, index) => ({ index, squares: new Set(squares.filter((square) => square !== deps.self)) }))
        .filter(({ index }) => index !== own);
      const isKnown = (square: string): boolean => far.some(({ squares }) => squares.has(square));
      for (const square of heard.keys()) if (!isKnown(square)) heard.delete(square);
    },
    lookAround() {
      lookedAtUntilMs = clock.monotonic() + LOOKED_AT_MS;
      if (asking === undefined) void askNext();
    },
    sight(site) {
      const host = deps.hostOf(site);
      const told = host === undefined ? undefined : heard.get(host);
      const count = told?.counts.get(site);
      if (told === undefined || count === undefined) return { state: 'unknown' };
      const ageMs = clock.monotonic() - told.receivedAtMs;
      // Not dark: it was not asked for, that is all.
      if (ageMs > DIM_MAX_AGE_MS) return { state: 'unknown' };
      return { state: ageMs > LIVE_MAX_AGE_MS ? 'dim' : 'live', ...(count !== null && { count }) };
    },
    stop() {
      isStopped = true;
      pausing?.cancel();
      if (asking !== 'now') asking?.cancel();
      heard.clear();
    },
  };
}
