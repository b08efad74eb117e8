/**
 * Keeps one healthy link with each neighbour. Only the lower peer id dials, but for long outages, because two crossing dials leave
 * two connections and half-dead gossip. Links that look alive and are not get hung up, so that the dialling side starts anew:
 * more than one connection, no gossip (an oversize message ends it while the connection lives), nothing heard at all.
 */
import type { Clock, Count, Log, RandomBytes, Timer } from '../types.ts';
import { randomFraction } from '../clock.ts';
import { redialDelayMs } from './back-off.ts';
import type { SquareNode } from './square-node.ts';

export interface LinkKeeperDeps {
  readonly self: string;
  readonly node: Pick<SquareNode, 'dial' | 'hangUp' | 'connectionCount' | 'isGossiping'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly count: Count;
  /** False while nothing of what a linked square should publish has arrived for as long as it takes to call it dark. */
  isHeard(square: string): boolean;
  /** Visitors are on their way over a link with it. */
  isInUse(square: string): boolean;
}

export interface LinkState {
  readonly square: string;
  readonly connected: boolean;
  readonly gossiping: boolean;
}

export interface LinkKeeper {
  start(): void;
  stop(): void;
  /** The squares to be linked with and their multiaddrs. */
  setTargets(targets: ReadonlyMap<string, readonly string[]>): void;
  noteLink(square: string, isUp: boolean): void;
  /**
   * Somebody waits for the link: where it is ours to dial, it is dialled now and not only in its turn. Resolves when there is
   * nothing more to wait for, with or without a link.
   */
  reach(square: string): Promise<void>;
  /** A link with a square that is no target is there for something that passes: hung up when it is not in use any more. */
  passBy(square: string): void;
  links(): readonly LinkState[];
}

const TICK_MS = 1_000;

/** Ticks until a sick link is hung up. The lower id acts first: it is the one that redials. */
const DOUBLE_TICKS = { lower: 2, higher: 4 };
const NO_GOSSIP_TICKS = 4;
/**
 * A neighbour publishes every 6 s at least and is called dark after 15 s. One that stays silent on a new link too may
 * have nothing to say, so each time in a row it is given twice as long, up to a quarter of an hour.
 */
const UNHEARD_TICKS = 20;
const UNHEARD_TICKS_MAX = 900;

/** A dial that has not succeeded by now starts over: a host that swallows packets must not hold up its own return. */
const DIAL_TIMEOUT_MS = 4_000;

/**
 * After so long without a link the higher peer id dials as well: the lower one may have lost our address, or have shown us out
 * while we were away, which only it can tell us.
 */
const HIGHER_DIALS_AFTER_MS = 120_000;

/** What passes has begun by then, and so long a link outlives its last use: whoever walked there may walk back. */
const PASSING_TICKS = 10;

interface Target {
  addrs: readonly string[];
  failures: number;
  downSinceMs: number;
  dialling: Promise<void> | undefined;
  redial: Timer | undefined;
  doubled: number;
  gossipless: number;
  unheard: number;
  unheardLimit: number;
}

export function createLinkKeeper(deps: LinkKeeperDeps): LinkKeeper {
  const { node, clock } = deps;
  const targets = new Map<string, Target>();
  /** Ticks that a passing link was not in use. Bounded by the links there are. */
  const passing = new Map<string, number>();
  let isRunning = false;
  let ticking: Timer | undefined;

  const dial = async (square: string, target: Target): Promise<void> => {
    if (node.connectionCount(square) > 0) return;
    await (target.dialling ??= dialOnce(square, target));
  };

  const dialOnce = async (square: string, target: Target): Promise<void> => {
    try {
      await node.dial(square, target.addrs, DIAL_TIMEOUT_MS);
      deps.count('dial', 'ok');
    } catch (err) {
      target.failures += 1;
      deps.count('dial', 'failed');
      deps.log.debug({ square, err }, 'dial failed');
    } finally {
      target.dialling = undefined;
    }
    if (node.connectionCount(square) === 0) scheduleRedial(square, target);
  };

  const scheduleRedial = (square: string, target: Target): void => {
    const outageMs = clock.monotonic() - target.downSinceMs;
    const isOurTurn = deps.self < square || outageMs >= HIGHER_DIALS_AFTER_MS;
    if (!isRunning || !isOurTurn || targets.get(square) !== target || target.addrs.length === 0) return;
    target.redial?.cancel();
    target.redial = clock.setTimer(
      () => {
        target.redial = undefined;
        if (isRunning && targets.get(square) === target) void dial(square, target);
      },
      redialDelayMs(target.failures, outageMs, randomFraction(deps.random)),
    );
  };

  const examine = (square: string, target: Target): void => {
    const connections = node.connectionCount(square);
    const isLinked = connections > 0;
    target.doubled = connections > 1 ? target.doubled + 1 : 0;
    target.gossipless = isLinked && !node.isGossiping(square) ? target.gossipless + 1 : 0;
    const isHeard = deps.isHeard(square);
    target.unheard = isLinked && !isHeard ? target.unheard + 1 : 0;
    if (isHeard) target.unheardLimit = UNHEARD_TICKS;
    const doubleTicks = deps.self < square ? DOUBLE_TICKS.lower : DOUBLE_TICKS.higher;
    let reason: string | undefined;
    if (target.doubled >= doubleTicks) reason = 'double';
    else if (target.gossipless >= NO_GOSSIP_TICKS) reason = 'no-gossip';
    else if (target.unheard >= target.unheardLimit) {
      reason = 'unheard';
      target.unheardLimit = Math.min(UNHEARD_TICKS_MAX, target.unheardLimit * 2);
    }
    if (reason !== undefined) {
      Object.assign(target, { doubled: 0, gossipless: 0, unheard: 0 });
      deps.count('link-hung-up', reason);
      deps.log.info({ square, reason }, 'sick link hung up');
      void node.hangUp(square);
    } else if (!isLinked && target.dialling === undefined && target.redial === undefined) {
      // An event of the library that never came must not leave a neighbour undialled.
      scheduleRedial(square, target);
    }
  };

  const seeOut = (square: string, unusedTicks: number): void => {
    if (targets.has(square) || node.connectionCount(square) === 0) passing.delete(square);
    else if (unusedTicks < PASSING_TICKS) passing.set(square, deps.isInUse(square) ? 0 : unusedTicks + 1);
    else {
      passing.delete(square);
      deps.count('link-hung-up', 'passed');
      void node.hangUp(square);
    }
  };

  const tick = (): void => {
    for (const [square, target] of targets) examine(square, target);
    for (const [square, unusedTicks] of passing) seeOut(square, unusedTicks);
    ticking = clock.setTimer(tick, TICK_MS);
  };

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      for (const [square, target] of targets) if (deps.self < square) void dial(square, target);
      ticking = clock.setTimer(tick, TICK_MS);
    },
    stop() {
      isRunning = false;
      ticking?.cancel();
      for (const target of targets.values()) target.redial?.cancel();
      targets.clear();
      passing.clear();
    },
    setTargets(next) {
      for (const [square, target] of targets) {
        if (next.has(square)) continue;
        target.redial?.cancel();
        targets.delete(square);
        if (deps.isInUse(square)) passing.set(square, 0);
        else if (node.connectionCount(square) > 0) {
          deps.count('link-hung-up', 'no-neighbour');
          void node.hangUp(square);
        }
      }
      for (const [square, addrs] of next) {
        const known = targets.get(square);
        if (known !== undefined) {
          known.addrs = addrs;
          continue;
        }
        const target: Target = {
          addrs,
          failures: 0,
          downSinceMs: clock.monotonic(),
          dialling: undefined,
          redial: undefined,
          doubled: 0,
          gossipless: 0,
          unheard: 0,
          unheardLimit: UNHEARD_TICKS,
        };
        targets.set(square, target);
        if (isRunning && deps.self < square && addrs.length > 0) void dial(square, target);
      }
    },
    noteLink(square, isUp) {
      const target = targets.get(square);
      if (target === undefined) return;
      target.failures = 0;
      target.downSinceMs = clock.monotonic();
      if (isUp) {
        target.redial?.cancel();
        target.redial = undefined;
      } else scheduleRedial(square, target);
    },
    async reach(square) {
      const target = targets.get(square);
      if (!isRunning || target === undefined || target.addrs.length === 0 || deps.self > square) return;
      target.redial?.cancel();
      target.redial = undefined;
      await dial(square, target);
    },
    passBy(square) {
      if (!targets.has(square)) passing.set(square, 0);
    },
    links: () =>
      [...targets.keys()].map((square) => {
        const connected = node.connectionCount(square) > 0;
        return { square, connected, gossiping: connected && node.isGossiping(square) };
      }),
  };
}
