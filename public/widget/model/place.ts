/** Things of some width that want to be over their figures, and none on another. Pure. */

export interface Wish {
  readonly id: number;
  /** Screen px of the figure. */
  readonly x: number;
  readonly widthPx: number;
  /** Higher is placed first. */
  readonly rank: number;
}

export interface Placed {
  readonly id: number;
  /** Screen px of the middle. */
  readonly x: number;
  readonly half: number;
}

/** From and to, screen px. */
export type Span = readonly [number, number];

export interface Room {
  readonly widthPx: number;
  /** Where they rather are; beyond it only who would be too far from their figure. */
  readonly within: Span;
  /** Kept free at both ends. */
  readonly marginPx: number;
  /** Air between two. */
  readonly gapPx: number;
  /** What would have to move farther than this from its figure is not placed. */
  readonly shiftMaxPx: number;
  /** Most that are placed. */
  readonly max: number;
}

/** Gives places in order of rank, each as near to its figure as the ones before it leave room. */
export function place(wishes: readonly Wish[], room: Room): Placed[] {
  const placed: Placed[] = [];
  for (const { id, x, widthPx } of [...wishes].sort((a, b) => b.rank - a.rank || a.id - b.id)) {
    if (placed.length >= room.max) break;
    const half = widthPx / 2;
    const at = nearest(x, half, placed, room, room.within) ?? nearest(x, half, placed, room, [0, room.widthPx]);
    if (at !== undefined) placed.push({ id, x: at, half });
  }
  return placed;
}

/** The free place nearest to a figure: this runs for each picture, and makes nothing. */
function nearest(
  x: number,
  half: number,
  placed: readonly Placed[],
  { marginPx, gapPx, shiftMaxPx }: Room,
  [from, to]: Span,
): number | undefined {
  const least = from + marginPx + half;
  const most = to - marginPx - half;
  if (most < least) return undefined;
  let best: number | undefined;
  let bestShift = Math.max(shiftMaxPx, half - 10);
  // Candidates: the wanted place, and either side of each one taken.
  for (let candidate = -1; candidate < placed.length * 2; candidate += 1) {
    const beside = placed[candidate >> 1];
    const reach = beside === undefined ? 0 : beside.half + half + gapPx;
    const wanted = beside === undefined ? x : beside.x + (candidate % 2 === 0 ? -reach : reach);
    const at = Math.max(Math.min(wanted, most), least);
    const shift = Math.abs(at - x);
    if (best === undefined ? shift > bestShift : shift >= bestShift) continue;
    if (!placed.every((other) => Math.abs(other.x - at) > other.half + half + gapPx - 0.01)) continue;
    [best, bestShift] = [at, shift];
  }
  return best;
}

/** A post and its lamp stand between a sign and the street, px. */
export const SIGN_AIR_PX = 14;

/** A plate every 90 px, twelve at most; pushed aside by 40 px at most. Source: widget.md, section 5. */
export function plateRoom(widthPx: number): Room {
  return {
    widthPx,
    within: [0, widthPx],
    marginPx: 2,
    gapPx: 4,
    shiftMaxPx: 40,
    max: Math.min(Math.floor(widthPx / 90), 12),
  };
}

/**
 * Five bubbles, two on a phone.
 * @param within between the signs of the gates. A bubble far from its speaker would seem another's, so it rather hides a
 * sign for a while.
 */
export function bubbleRoom(widthPx: number, isPhone: boolean, within: Span = [0, widthPx]): Room {
  return { widthPx, within, marginPx: 4, gapPx: 6, shiftMaxPx: 90, max: isPhone ? 2 : 5 };
}

/** How long words hang in the air: 4 s and 0.06 s for each UTF-16 unit, 14 s at most. */
export function bubbleMs(text: string): number {
  return Math.min(4_000 + 60 * text.length, 14_000);
}
