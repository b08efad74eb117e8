/** The silhouettes on one hill: which of the neighbour's figures are seen there, and where they are shown now. */
import type { Gate, HorizonFigure, HorizonPose } from '../../../src/protocol/frames.ts';
import type { Side } from '../../../src/protocol/limits.ts';

/** The part of the neighbour's street that is seen: the end that lies next to us. */
const SEEN_PART = 0.4;
/** A figure glides to its next known place in this time. */
const GLIDE_MS = 600;
const FADE_PER_MS = 1 / 600;
/** Alpha of the haze that a gate in mist gives its figures. */
const MIST_ALPHA = 0.45;
/** Paces of the walking cycle per second; a silhouette's own speed is not known. */
const CYCLES_PER_S = 1.5;

export interface Silhouette {
  readonly h: string;
  /** 0 at the gate … 1 at the far end of what is seen. */
  depth: number;
  from: number;
  to: number;
  glidedMs: number;
  facing: 1 | -1;
  phase: number;
  pose: HorizonPose;
  alpha: number;
  isLeaving: boolean;
}

export interface Horizon {
  readonly figures: Map<string, Silhouette>;
  /** 0 clear … 1 full mist. */
  mist: number;
  mistGoal: number;
}

export function createHorizon(): Horizon {
  return { figures: new Map(), mist: 0, mistGoal: 0 };
}

/** @returns distance from the gate as a part of what is seen, undefined when the figure is too far away */
export function depthOf(figure: Pick<HorizonFigure, 'x'>, side: Side): number | undefined {
  // The left neighbour's right end lies next to us, and the other way round.
  const distance = side === 'left' ? 1 - figure.x : figure.x;
  return distance <= SEEN_PART ? distance / SEEN_PART : undefined;
}

/** Takes the newest picture of the neighbour. */
export function updateHorizon(horizon: Horizon, gate: Gate | null, side: Side): void {
  const seen = new Set<string>();
  for (const figure of gate?.state === 'dark' ? [] : (gate?.figures ?? [])) {
    const depth = depthOf(figure, side);
    if (depth === undefined) continue;
    seen.add(figure.h);
    const known = horizon.figures.get(figure.h);
    if (known === undefined) horizon.figures.set(figure.h, appear(figure, depth));
    else retarget(known, figure, depth, side);
  }
  for (const [h, figure] of horizon.figures) figure.isLeaving = !seen.has(h);
  horizon.mistGoal = gate?.state === 'dim' ? 1 : 0;
}

function appear(figure: HorizonFigure, depth: number): Silhouette {
  return {
    h: figure.h,
    depth,
    from: depth,
    to: depth,
    glidedMs: GLIDE_MS,
    facing: figure.h.charCodeAt(0) % 2 === 0 ? 1 : -1,
    phase: 0,
    pose: figure.pose,
    alpha: 0,
    isLeaving: false,
  };
}

function retarget(known: Silhouette, figure: HorizonFigure, depth: number, side: Side): void {
  if (depth !== known.to) {
    // On the left hill, farther is to the left.
    const outward = side === 'left' ? -1 : 1;
    known.facing = depth > known.to === outward > 0 ? 1 : -1;
    known.from = known.depth;
    known.to = depth;
    known.glidedMs = 0;
  }
  known.pose = figure.pose;
}

/** @returns whether anything on the hill is still to be seen moving */
export function stepHorizon(horizon: Horizon, dtMs: number): boolean {
  let moves = false;
  for (const [h, figure] of horizon.figures) {
    moves = stepSilhouette(figure, dtMs) || moves;
    if (figure.isLeaving && figure.alpha === 0) horizon.figures.delete(h);
  }
  if (horizon.mist !== horizon.mistGoal) {
    horizon.mist = toward(horizon.mist, horizon.mistGoal, dtMs * FADE_PER_MS);
    moves = true;
  }
  return moves;
}

function stepSilhouette(figure: Silhouette, dtMs: number): boolean {
  const glides = figure.glidedMs < GLIDE_MS;
  if (glides) {
    figure.glidedMs = Math.min(GLIDE_MS, figure.glidedMs + dtMs);
    figure.depth = figure.from + ((figure.to - figure.from) * figure.glidedMs) / GLIDE_MS;
    figure.phase = (figure.phase + (CYCLES_PER_S * dtMs) / 1_000) % 1;
  }
  const goal = figure.isLeaving ? 0 : 1;
  const fades = figure.alpha !== goal;
  figure.alpha = toward(figure.alpha, goal, dtMs * FADE_PER_MS);
  // A raised hand is waved for as long as it is up.
  const waves = figure.pose === 'wave';
  if (waves) figure.phase = (figure.phase + (CYCLES_PER_S * dtMs) / 1_000) % 1;
  return glides || fades || waves;
}

/** Size of a figure on the hill: 72 % at the gate, 50 % far away. */
export function sizeAt(depth: number): number {
  return 0.72 - 0.22 * depth;
}

/** Strength of its ink: 64 % at the gate, 22 % far away, less in mist. */
export function inkAt(depth: number, mist: number): number {
  return (0.64 - 0.42 * depth) * (1 - mist * (1 - MIST_ALPHA));
}

/** One step from a value towards another, not beyond it. */
export function toward(value: number, goal: number, step: number): number {
  return goal > value ? Math.min(goal, value + step) : Math.max(goal, value - step);
}
