/**
 * The ring's one bird, as this square takes part in it. The roost (the square of the list's first site) lets it out; squares
 * hand it on to one another, and whoever has handed it on shows it no more, whatever became of it. So it may get lost, but is
 * never in two places: a round has an end by everybody's clock, and only when that has passed for certain does the roost let
 * another one out. Counts `bird` and `bird-heard`.
 */
import { randomFraction } from '../clock.ts';
import { createKeyedBuckets } from '../node/token-bucket.ts';
import { CLOCK_SKEW_MAX_MS } from '../presence/inbox.ts';
import type { Neighbourhood, Place } from '../presence/neighbourhood.ts';
import type { Signer } from '../presence/summary.ts';
import type { BirdNews, Clock, Count, Log, RandomBytes, RoostBook, Side, Timer } from '../types.ts';
import {
  decodeTaken,
  encodeHandOver,
  encodeTaken,
  openRound,
  sealRound,
  type HandOver,
  type Round,
  type Verify,
} from './round.ts';
import { roostOf, sitesBeyond } from './routes.ts';

/** It stays between half and one and a half times as long at a site. */
export const STAY_DEFAULT_MS = 40_000;
/** So long a strip draws it flying out of sight, before it is handed on. */
const TAKE_OFF_MS = 2_500;
/** Time for once round the ring: a stay and its flights at each site, and something for waiting. */
const ROUND_PER_SITE_MS = 60_000;
const ROUND_LEAST_MS = 120_000;
/** With less than this left of a round nobody begins to show it. */
const LEFT_LEAST_MS = 5_000;
/** The clocks of the roost and of a square may be off by that much, each in its own direction. */
const SKEW_MARGIN_MS = 2 * CLOCK_SKEW_MAX_MS;
/** How often a bird without a way out, or a roost without anybody to fly to, looks again. */
const LOOK_AGAIN_MS = 5_000;
/** Name of libp2p's error for a protocol that the other side does not speak. */
const NOT_SPOKEN = 'UnsupportedProtocolError';
const HAND_OVER_RATE = { perSecond: 0.5, burst: 4 };
const SQUARES_MAX = 1_024;

export interface BirdDeps {
  readonly ring: string;
  readonly self: string;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly count: Count;
  readonly roosts: RoostBook;
  /** How long it stays at a site, on average. Default {@link STAY_DEFAULT_MS}. */
  readonly stayMs?: number;
  neighbourhood(): Neighbourhood;
  /** A site of ours shows itself and lets guests in: the bird may come. */
  isOpen(site: string): boolean;
  /** A site of another square is awake, and shows itself. */
  isSeen(site: string): boolean;
  isLinked(square: string): boolean;
  /** It neither goes there nor comes from there. */
  isMuted(square: string): boolean;
  verify: Verify;
  /** Rejects when there is no link or no answer in time. */
  ask(square: string, handOver: Uint8Array): Promise<Uint8Array>;
  blame(square: string): void;
  /** It comes to one of our sites, or leaves it. */
  show(site: string, news: BirdNews): void;
}

export interface Bird {
  /** The documents or the local sites changed. The first call starts it. */
  follow(): void;
  /** A bird that is handed over the link of `square`. @returns the answer, or undefined to refuse any */
  hear(square: string, handed: HandOver): Uint8Array | undefined;
  stop(): void;
}

/** The round that a bird is on, away from its roost. */
interface Outing {
  readonly sealed: Uint8Array;
  readonly round: Round;
  /** The square that signed it. */
  readonly roost: string;
  /** By our monotonic clock. */
  readonly overAtMs: number;
  /** Number of the last flight, taken or not. */
  flight: number;
}

/** The bird is here, and nowhere else. */
interface Hold {
  site: string;
  /** Where it flies on to, as it came. */
  heading: Side;
  leavesAtMs: number;
  /** In the air: shown nowhere. */
  isFlying: boolean;
  /** Undefined: it sits at its roost, and is on none. */
  outing: Outing | undefined;
}

export function createBird(deps: BirdDeps): Bird {
  const { ring, self, clock, count, stayMs = STAY_DEFAULT_MS } = deps;
  const rates = createKeyedBuckets(HAND_OVER_RATE, SQUARES_MAX);
  let state: 'new' | 'running' | 'stopped' = 'new';
  let hold: Hold | undefined;
  let timer: Timer | undefined;
  /** Of the roost alone: the last round let out, and when it is over everywhere. */
  let roost: { readonly number: number; readonly freeAtMs: number } | undefined;
  /** The last flight that was handed to us or by us. */
  let last = { number: 0, flight: 0 };
  let looksAtMs = clock.monotonic() + LOOK_AGAIN_MS;

  const fraction = (): number => randomFraction(deps.random);
  const hostOf = (site: string) => deps.neighbourhood().places.get(site)?.member.square;
  const roundMs = (): number => ROUND_LEAST_MS + ROUND_PER_SITE_MS * deps.neighbourhood().places.size;
  const isOver = ({ outing }: Hold): boolean =>
    outing !== undefined && (outing.overAtMs <= clock.monotonic() || outing.round.until <= clock.now());

  const isWelcome = (site: string): boolean => hostOf(site) === self && deps.isOpen(site);
  const routes = (site: string, side: Side): Place[] =>
    sitesBeyond(deps.neighbourhood(), site, side).filter(({ site: { id }, member: { square } }) =>
      square === self ? isWelcome(id) : deps.isSeen(id) && deps.isLinked(square) && !deps.isMuted(square),
    );

  // ── here ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  const land = (held: Hold, site: string, from: Side | null): void => {
    held.site = site;
    held.isFlying = false;
    held.leavesAtMs = clock.monotonic() + stayMs * (0.5 + fraction());
    deps.show(site, { action: 'come', from, seat: fraction(), at: Math.floor(clock.now()) });
    schedule();
  };

  const drop = (reason: string): void => {
    const held = hold;
    hold = undefined;
    if (held === undefined) return;
    count('bird', reason);
    if (!held.isFlying) deps.show(held.site, { action: 'go', toward: null, at: Math.floor(clock.now()) });
  };

  const release = (): void => {
    const sites = [...deps.neighbourhood().gates.keys()].filter(
      (site) => isWelcome(site) && (routes(site, 'left').length > 0 || routes(site, 'right').length > 0),
    );
    const site = sites[Math.floor(fraction() * sites.length)];
    if (site === undefined) return;
    count('bird', 'let-out');
    hold = { site, heading: fraction() < 0.5 ? 'left' : 'right', leavesAtMs: 0, isFlying: false, outing: undefined };
    land(hold, site, null);
  };

  // ── on its way ───────────────────────────────────────────────────────────────────────────────────────────────────

  const leave = (held: Hold): void => {
    // Once round the ring, as it came; at its roost it turns as it likes.
    if (held.outing === undefined && fraction() < 0.5) held.heading = opposite(held.heading);
    const side = [held.heading, opposite(held.heading)].find((each) => routes(held.site, each).length > 0);
    if (side === undefined) {
      if (!isWelcome(held.site)) return drop('shut-out');
      held.leavesAtMs = clock.monotonic() + LOOK_AGAIN_MS;
      return;
    }
    held.isFlying = true;
    held.heading = side;
    deps.show(held.site, { action: 'go', toward: side, at: Math.floor(clock.now()) });
    timer = clock.setTimer(() => void fly(held, side), TAKE_OFF_MS);
  };

  const fly = async (held: Hold, side: Side): Promise<void> => {
    const { site: from } = held;
    for (const { site, member } of routes(from, side)) {
      if (member.square === self) {
        count('bird', 'landed');
        return land(held, site.id, opposite(side));
      }
      if (isOver(held)) break;
      const outcome = await handOver(held, member.square, from, site.id, side);
      if (hold !== held) return;
      count('bird', outcome);
      if (outcome === 'refused') continue;
      if (outcome === 'not-saved') break;
      // Without an answer nobody knows: better none in the ring for a while than two.
      hold = undefined;
      return schedule();
    }
    if (isOver(held)) drop('over');
    else if (isWelcome(from)) {
      count('bird', 'turned-back');
      held.heading = opposite(side);
      land(held, from, side);
    } else drop('shut-out');
    schedule();
  };

  /**
   * The roost begins a new round with every flight from its own sites, so that it has all of the time before it.
   * @returns undefined when that cannot be saved: after a crash nobody would know of it
   */
  const setOut = (): Outing | undefined => {
    const number = Math.max(Math.floor(clock.now() / 1_000), (roost?.number ?? 0) + 1);
    const round = { ring, number, until: Math.floor(clock.now()) + roundMs() };
    if (!deps.roosts.save(ring, { roost: self, until: round.until })) return undefined;
    const overAtMs = clock.monotonic() + roundMs();
    roost = { number, freeAtMs: overAtMs + SKEW_MARGIN_MS };
    return { sealed: sealRound(round, deps.signer), round, roost: self, overAtMs, flight: 0 };
  };

  const handOver = async (
    held: Hold,
    square: string,
    fromSite: string,
    toSite: string,
    side: Side,
  ): Promise<'handed-on' | 'refused' | 'lost' | 'not-saved'> => {
    const outing = held.outing ?? setOut();
    if (outing === undefined) return 'not-saved';
    outing.flight += 1;
    const { sealed: round, overAtMs, flight } = outing;
    last = { number: outing.round.number, flight };
    const leftMs = Math.max(0, Math.floor(overAtMs - clock.monotonic()));
    try {
      const question = encodeHandOver(ring, { round, fromSite, toSite, side, flight, leftMs });
      const isTaken = decodeTaken(await deps.ask(square, question));
      if (isTaken === undefined) deps.blame(square);
      return isTaken === undefined ? 'lost' : isTaken ? 'handed-on' : 'refused';
    } catch (err) {
      // It has no such request, so nobody there has the bird.
      if (err instanceof Error && err.name === NOT_SPOKEN) return 'refused';
      deps.log.debug({ square, err }, 'a hand-over of the bird was not answered');
      return 'lost';
    }
  };

  // ── from others ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** @returns the bird on its outing, or why it is not taken */
  const take = (square: string, { round: sealed, fromSite, toSite, side, flight, leftMs }: HandOver): Hold | string => {
    const around = deps.neighbourhood();
    const isNear = sitesBeyond(around, fromSite, side).some(({ site }) => site.id === toSite);
    if (hostOf(fromSite) !== square || hostOf(toSite) !== self || !isNear) return 'wrong-origin';
    const home = roostOf(around) ?? self;
    const round = openRound(sealed, home, deps.verify);
    if (round?.ring !== ring) return 'forged';
    if (round.number < last.number || (round.number === last.number && flight <= last.flight)) return 'old';
    // From now on the same flight is refused, whatever the answer is this time.
    last = { number: round.number, flight };
    const left = Math.min(leftMs, round.until - clock.now(), roundMs());
    if (round.until - clock.now() > roundMs() + SKEW_MARGIN_MS) return 'skewed';
    if (left < LEFT_LEAST_MS) return 'over';
    if (!isWelcome(toSite) || deps.isMuted(square)) return 'closed';
    if (hold !== undefined) return 'here-already';
    if (home === self && round.number !== roost?.number) return 'old';
    const overAtMs = clock.monotonic() + left;
    const outing = home === self ? undefined : { sealed, round, roost: home, overAtMs, flight };
    return { site: toSite, heading: side, leavesAtMs: 0, isFlying: false, outing };
  };

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whoever comes to keep the roost, by a new list, waits until what another let out is over; so after a restart. */
  const keepRoost = (): void => {
    const keeper = roostOf(deps.neighbourhood());
    if (keeper === undefined || (keeper === self && roost !== undefined)) return;
    roost = undefined;
    const before = deps.roosts.read(ring);
    const isAnother = before !== undefined && before.roost !== keeper;
    const until = isAnother ? Math.floor(clock.now()) + roundMs() : before?.until;
    const isSaved = before?.roost === keeper || deps.roosts.save(ring, { roost: keeper, until: until ?? 0 });
    if (keeper !== self || !isSaved) return;
    const waitMs = until === undefined ? 0 : Math.max(0, until + SKEW_MARGIN_MS - clock.now());
    roost = { number: 0, freeAtMs: clock.monotonic() + waitMs };
  };

  const run = (): void => {
    if (hold === undefined) {
      looksAtMs = clock.monotonic() + LOOK_AGAIN_MS;
      if (roost !== undefined && roost.freeAtMs <= clock.monotonic()) release();
    } else if (isOver(hold)) drop('over');
    else if (hold.leavesAtMs <= clock.monotonic() || !isWelcome(hold.site)) leave(hold);
    schedule();
  };

  function schedule(): void {
    // One in the air has the timer for itself.
    if (state !== 'running' || hold?.isFlying === true) return;
    timer?.cancel();
    timer = undefined;
    const now = clock.monotonic();
    let atMs = roost === undefined ? undefined : Math.max(roost.freeAtMs, looksAtMs);
    if (hold !== undefined) atMs = Math.min(hold.leavesAtMs, hold.outing?.overAtMs ?? Infinity);
    if (atMs !== undefined) timer = clock.setTimer(run, Math.max(0, atMs - now));
  }

  return {
    follow() {
      if (state === 'stopped') return;
      keepRoost();
      state = 'running';
      const isListed = hold === undefined || hostOf(hold.site) === self;
      const isOurs = hold === undefined || (hold.outing?.roost ?? self) === roostOf(deps.neighbourhood());
      if (!isListed || !isOurs) drop('off-the-list');
      if (hold !== undefined && !hold.isFlying && !isWelcome(hold.site)) hold.leavesAtMs = clock.monotonic();
      schedule();
    },
    hear(square, handed) {
      if (state !== 'running') return undefined;
      if (!rates.take(square, clock.monotonic())) {
        count('bird-heard', 'too-often');
        return encodeTaken(false);
      }
      const taken = take(square, handed);
      count('bird-heard', typeof taken === 'string' ? taken : 'accepted');
      if (taken === 'forged') deps.blame(square);
      if (typeof taken === 'string') return encodeTaken(false);
      if (roost !== undefined) roost = { ...roost, freeAtMs: clock.monotonic() };
      hold = taken;
      land(taken, taken.site, opposite(taken.heading));
      return encodeTaken(true);
    },
    stop() {
      state = 'stopped';
      timer?.cancel();
      drop('stopped');
    },
  };
}

function opposite(side: Side): Side {
  return side === 'left' ? 'right' : 'left';
}
