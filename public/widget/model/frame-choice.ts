/** Which picture of a figure is shown now. Pure. */
import { CLIMB_FRAMES, WALK_FRAMES, type Frame } from '../art/figure-art.ts';
import type { Actor } from './actors.ts';
import type { Silhouette } from './horizon.ts';
import { GATE_LEFT, GATE_RIGHT } from './walker.ts';
import type { Person } from './world.ts';

const JUMP_MS = 520;
const JUMP_PX = 15;
const CLAP_MS = 900;
/** Half a swing of a waving hand. */
const SWING_MS = 240;
/** So near to a gate, in units, one points at it. */
const POINTING_UNITS = 12;

export interface Picture {
  readonly frame: Frame;
  /** px above the ground. */
  readonly lift: number;
  /** The picture changes by itself. */
  readonly isLively: boolean;
}

export function pictureOf(
  person: Person,
  actor: Pick<Actor, 'x' | 'facing' | 'isWalking' | 'isRunning' | 'phase' | 'played'>,
  nowMs: number,
  isCalm: boolean,
): Picture {
  const still = (frame: Frame): Picture => ({ frame, lift: 0, isLively: false });
  const lively = (frame: Frame, lift = 0): Picture => ({ frame, lift: isCalm ? 0 : lift, isLively: true });
  const jump = (nowMs - person.jumpedAt) / JUMP_MS;
  if (jump >= 0 && jump < 1) return lively('jump', 4 * JUMP_PX * jump * (1 - jump));
  if (nowMs - person.clappedAt < CLAP_MS) return lively('cheer');
  if (actor.isWalking && !isCalm) return still(stepFrame(actor));
  if (actor.played !== undefined && nowMs < actor.played.until) return lively(actor.played.frame);
  if (nowMs < person.handUntil) return lively(isCalm ? 'wave0' : swing(nowMs));
  if (person.pose === 'sitting') return still(person.isActive ? 'sit' : 'nap');
  if (person.pose === 'resting') return still('lean');
  if (!person.isActive) return still('doze');
  if (!person.isWatching) return still('read');
  return still(standsAtGate(actor) ? 'point' : 'stand');
}

/** Close to a gate and turned to it: one points the way. */
function standsAtGate({ x, facing }: Pick<Actor, 'x' | 'facing'>): boolean {
  return facing < 0 ? x < GATE_LEFT + POINTING_UNITS : x > GATE_RIGHT - POINTING_UNITS;
}

export function silhouetteFrame(figure: Silhouette): Frame {
  if (figure.glidedMs < 600 && figure.from !== figure.to) return walkFrame(figure.phase);
  switch (figure.pose) {
    case 'sit':
      return 'sit';
    case 'lean':
      return 'lean';
    case 'wave':
      return (figure.phase * 4) % 2 < 1 ? 'wave0' : 'wave1';
    default:
      return 'stand';
  }
}

/** On the street one walks or runs, behind a gate one climbs. */
export function stepFrame({ x, isRunning, phase }: Pick<Actor, 'x' | 'isRunning' | 'phase'>): Frame {
  if (x < GATE_LEFT || x > GATE_RIGHT) return CLIMBS[Math.floor(phase * 2 * CLIMB_FRAMES) % CLIMB_FRAMES] ?? 'climb0';
  return isRunning ? (RUNS[indexAt(phase)] ?? 'run0') : walkFrame(phase);
}

/** @param phase of the walking cycle, 0…1 */
export function walkFrame(phase: number): Frame {
  return WALKS[indexAt(phase)] ?? 'walk0';
}

function indexAt(phase: number): number {
  return Math.min(Math.floor(phase * WALK_FRAMES), WALK_FRAMES - 1);
}

const WALKS: readonly Frame[] = ['walk0', 'walk1', 'walk2', 'walk3', 'walk4', 'walk5'];
const RUNS: readonly Frame[] = ['run0', 'run1', 'run2', 'run3', 'run4', 'run5'];
const CLIMBS: readonly Frame[] = ['climb0', 'climb1', 'climb2'];

function swing(nowMs: number): Frame {
  return Math.floor(nowMs / SWING_MS) % 2 === 0 ? 'wave0' : 'wave1';
}
