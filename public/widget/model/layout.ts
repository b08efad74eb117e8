/**
 * Where the street lies on the screen. Positions on the wire are 0…1; the street is 1,200 units; "scene px" count from
 * the street's left end, so the left horizon is negative. Screen px = scene px − camera.
 */

/** Length of every street, in units; speeds and distances are given in it. */
export const STREET_UNITS = 1_200;

/** Least width that a horizon is given beside a whole street, in px: a sign and a few neighbours. */
const HORIZON_MIN_PX = 162;
const PHONE_HORIZON_PX = 120;
/**
 * Strips that miss the whole picture by little are drawn a little tighter instead of getting a camera: down to a window of
 * 1,280 px less a scroll bar, of 17 px at most.
 */
const SCALE_MIN = 0.78;
/** Narrower strips get chips instead of signs and larger targets. */
const PHONE_MAX_PX = 560;
/** The middle part of the strip in which the visitor walks without the camera following. */
const DEAD_ZONE = 0.3;

export interface Layout {
  readonly widthPx: number;
  /** px per unit along the street, 0.78…1. Figures are never scaled. */
  readonly scale: number;
  /** Width of each horizon. */
  readonly horizonPx: number;
  /** The strip is narrower than its scene and follows the visitor. */
  readonly hasCamera: boolean;
  readonly isPhone: boolean;
}

export function layoutFor(widthPx: number): Layout {
  const isPhone = widthPx < PHONE_MAX_PX;
  const fit = (widthPx - 2 * HORIZON_MIN_PX) / STREET_UNITS;
  if (fit >= 1) {
    return { widthPx, scale: 1, horizonPx: (widthPx - STREET_UNITS) / 2, hasCamera: false, isPhone };
  }
  if (fit >= SCALE_MIN) return { widthPx, scale: fit, horizonPx: HORIZON_MIN_PX, hasCamera: false, isPhone };
  return { widthPx, scale: 1, horizonPx: isPhone ? PHONE_HORIZON_PX : HORIZON_MIN_PX, hasCamera: true, isPhone };
}

/** @param units position on the street, may lie outside 0…1,200 for figures on the hills */
export function scenePx(layout: Layout, units: number): number {
  return units * layout.scale;
}

export function streetPx(layout: Layout): number {
  return STREET_UNITS * layout.scale;
}

/**
 * The camera that keeps the visitor inside the dead zone, never showing beyond the hills.
 * @param previous the camera now; undefined centres the visitor
 * @param selfPx scene px of the visitor
 */
export function cameraFor(layout: Layout, previous: number | undefined, selfPx: number): number {
  const least = -layout.horizonPx;
  if (!layout.hasCamera) return least;
  const most = streetPx(layout) + layout.horizonPx - layout.widthPx;
  const margin = (layout.widthPx * (1 - DEAD_ZONE)) / 2;
  const wanted =
    previous === undefined
      ? selfPx - layout.widthPx / 2
      : Math.min(Math.max(previous, selfPx - (layout.widthPx - margin)), selfPx - margin);
  return Math.min(Math.max(wanted, least), most);
}

/** How far a hill rises at its outer end, in px. */
const HILL_RISE_PX = 13;

/** Height of the ground over the street's level at a scene position, in px: 0 on the street, rising on the hills. */
export function groundRise(layout: Layout, px: number): number {
  const beyond = Math.max(-px, px - streetPx(layout), 0);
  const part = Math.min(beyond / layout.horizonPx, 1);
  return HILL_RISE_PX * part * part * (3 - 2 * part);
}
