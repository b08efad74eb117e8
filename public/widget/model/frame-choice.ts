/** Which picture of a figure is shown now. Pure. */
import { WALK_FRAMES, type Frame } from '../art/figure-art.ts';
import type { Actor } from './actors.ts';
import type { Silhouette } from './horizon.ts';
import type { Person } from './world.ts';

const JUMP_MS = 520;
const JUMP_PX = 15;
const CLAP_MS = 900;
/** Half a swing of a waving hand. */
const SWING_MS = 240;

export interface Picture {
  readonly frame: Frame;
  /** px above the ground. */
  readonly lift: number;
  /** The picture changes by itself. */
  readonly isLively: boolean;
}

export function pictureOf(
  person: Person,
  actor: Pick<Actor, 'isWalking' | 'phase'>,
  nowMs: number,
  isCalm: boolean,
): Picture {
  const still = (frame: Frame): Picture => ({ frame, lift: 0, isLively: false });
  const lively = (frame: Frame, lift = 0): Picture => ({ frame, lift: isCalm ? 0 : lift, isLively: true });
  const jump = (nowMs - person.jumpedAt) / JUMP_MS;
  if (jump >= 0 && jump < 1) return lively('jump', 4 * JUMP_PX * jump * (1 - jump));
  if (nowMs - person.clappedAt < CLAP_MS) return lively('cheer');
  if (actor.isWalking && !isCalm) return still(walkFrame(actor.phase));
  if (nowMs < person.handUntil) return lively(isCalm ? 'wave0' : swing(nowMs));
  if (person.pose === 'sitting') return still(person.isActive ? 'sit' : 'nap');
  if (person.pose === 'resting') return still('lean');
  if (!person.isActive) return still('doze');
  return still(person.isWatching ? 'stand' : 'read');
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

function walkFrame(phase: number): Frame {
  const index = Math.min(Math.floor(phase * WALK_FRAMES), WALK_FRAMES - 1);
  return WALKS[index] ?? 'walk0';
}

const WALKS: readonly Frame[] = ['walk0', 'walk1', 'walk2', 'walk3', 'walk4', 'walk5'];

function swing(nowMs: number): Frame {
  return Math.floor(nowMs / SWING_MS) % 2 === 0 ? 'wave0' : 'wave1';
}
