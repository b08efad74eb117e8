/** Which visitors are drawn on the neighbours' horizons, and under which name. */
import { createHmac } from 'node:crypto';
import type { LocalFigure, LocalPresence, RandomBytes, Sharing } from '../types.ts';
import { SUMMARY_FIGURES_MAX, type Summary, type SummaryFigure } from './summary.ts';

/** Names change this often, so that nobody's afternoon can be put together from what neighbours saw. */
export const NAME_LIFETIME_MS = 60 * 60_000;

/** Of more than 32 visitors, this many nearest each gate are always shown; the rest is a sample. */
const NEAREST_PER_GATE = 8;

/** What of a presence its owner lets out; the moving part of a {@link Summary}. */
export type Shown = Pick<Summary, 'sharing' | 'count' | 'figures'>;

export interface FigureNames {
  /** 8 hex digits for a visitor at a site; the same until the hour is over, then unrelated. */
  name(site: string, visitor: number, nowMs: number): string;
}

/** Names kept ready, because each is asked for twice a second: the figures of a hundred busy sites. */
const NAMES_KEPT = 4_096;

/** The secret never leaves this function and is never written down. */
export function createFigureNames(random: RandomBytes): FigureNames {
  let secret = random(32);
  let drawnAtMs: number | undefined;
  const names = new Map<string, string>();
  return {
    name(site, visitor, nowMs) {
      drawnAtMs ??= nowMs;
      if (nowMs - drawnAtMs >= NAME_LIFETIME_MS) {
        secret = random(32);
        drawnAtMs = nowMs;
        names.clear();
      }
      const figure = `${site}\n${visitor}`;
      let name = names.get(figure);
      if (name === undefined) {
        name = createHmac('sha256', secret).update(figure).digest('hex').slice(0, 8);
        // They can be made again.
        if (names.size >= NAMES_KEPT) names.clear();
        names.set(figure, name);
      }
      return name;
    },
  };
}

/**
 * Applies the owner's sharing level and each visitor's wish; quantises, chooses, names.
 * @param nowMs monotonic
 */
export function showPresence(
  presence: LocalPresence,
  sharing: Sharing,
  site: string,
  names: FigureNames,
  nowMs: number,
): Shown {
  if (sharing === 'nothing') return { sharing, count: null, figures: [] };
  const count = Math.max(presence.count, 0);
  if (sharing === 'count') return { sharing, count, figures: [] };
  const minute = Math.floor(nowMs / 60_000);
  const chosen = chooseFigures(
    presence.figures.filter((figure) => figure.drawn),
    minute,
  );
  const figures = chosen.map((figure): SummaryFigure => ({
    h: names.name(site, figure.visitor, nowMs),
    x: Math.min(255, Math.max(0, Math.floor(figure.x * 256))),
    color: figure.color,
    pose: figure.pose,
    walking: figure.walking,
  }));
  // One order for one set: a summary differs from the last one only when somebody did something.
  return { sharing, count, figures: figures.sort((a, b) => (a.h < b.h ? -1 : 1)) };
}

/** At most 32: those nearest the gates, and of the others a sample that stays the same for a minute. Pure. */
export function chooseFigures(figures: readonly LocalFigure[], minute: number): readonly LocalFigure[] {
  if (figures.length <= SUMMARY_FIGURES_MAX) return figures;
  const alongStrip = [...figures].sort((a, b) => a.x - b.x || a.visitor - b.visitor);
  const inner = alongStrip.slice(NEAREST_PER_GATE, -NEAREST_PER_GATE);
  const ranked = inner.sort((a, b) => rank(a.visitor, minute) - rank(b.visitor, minute) || a.visitor - b.visitor);
  const sample = ranked.slice(0, SUMMARY_FIGURES_MAX - 2 * NEAREST_PER_GATE);
  return [...alongStrip.slice(0, NEAREST_PER_GATE), ...sample, ...alongStrip.slice(-NEAREST_PER_GATE)];
}

/** Evenly spread over 32 bits; not secret, as it decides only who stands in the sample. */
function rank(visitor: number, minute: number): number {
  let mixed = Math.imul(visitor ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(minute + 0x7f4a7c15, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export function isSameShown(a: Shown, b: Shown): boolean {
  if (a.sharing !== b.sharing || a.count !== b.count || a.figures.length !== b.figures.length) return false;
  return a.figures.every((figure, index) => {
    const other = b.figures[index];
    return (
      other !== undefined &&
      figure.h === other.h &&
      figure.x === other.x &&
      figure.color === other.color &&
      figure.pose === other.pose &&
      figure.walking === other.walking
    );
  });
}
