/**
 * Whose clock is off: ours, or a neighbour's? Squares ignore what is more than a minute from their own time, so whoever has
 * the wrong one shows dark gates and is shown as one, and only the log can say why.
 */
import type { Clock, Log } from '../types.ts';

/** Neighbours whose clocks are compared; more would tell no more. */
const SQUARES_MAX = 16;

/** The same is not told again sooner. */
const TELL_AGAIN_MS = 60 * 60_000;

export interface SkewWatch {
  /**
   * A verified summary of `square` that is news.
   * @param skewMs its author's clock minus ours
   */
  note(square: string, skewMs: number): void;
}

/** @param maxMs by how much clocks may differ */
export function createSkewWatch(clock: Clock, log: Log, maxMs: number): SkewWatch {
  const skews = new Map<string, number>();
  const toldAtMs = new Map<string, number>();

  const mayTell = (whose: string): boolean => {
    const nowMs = clock.monotonic();
    if (nowMs - (toldAtMs.get(whose) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) return false;
    if (toldAtMs.size > SQUARES_MAX) toldAtMs.clear();
    toldAtMs.set(whose, nowMs);
    return true;
  };
  /** What most say: with two that disagree nobody is believed. */
  const isOursOff = (): boolean => {
    const all = [...skews.values()];
    const ahead = all.filter((skewMs) => skewMs > maxMs).length;
    const behind = all.filter((skewMs) => skewMs < -maxMs).length;
    const agreeing = Math.max(ahead, behind);
    return agreeing >= 2 && agreeing > all.length / 2;
  };

  return {
    note(square, skewMs) {
      skews.delete(square);
      skews.set(square, skewMs);
      const [oldest] = skews.keys();
      if (skews.size > SQUARES_MAX && oldest !== undefined) skews.delete(oldest);
      if (Math.abs(skewMs) <= maxMs) return;
      const aheadSeconds = Math.round(-skewMs / 1_000);
      if (isOursOff()) {
        if (mayTell('ours')) {
          log.error(
            { aheadSeconds },
            'the clock of this square is off: its neighbours hear nothing it says; set it by the network, timedatectl set-ntp true',
          );
        }
      } else if (mayTell(square)) {
        log.warn(
          { square, aheadSeconds },
          'the clocks of this square and of a neighbour differ by more than a minute, so neither hears the other: townring doctor',
        );
      }
    },
  };
}
