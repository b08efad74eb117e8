/** Figures as they are shown, gliding after what is known. Positions in units of the street. */
import type { Side } from '../../../src/protocol/limits.ts';
import type { Frame } from '../art/figure-art.ts';
import { GATE_LEFT, GATE_RIGHT, RUN_SPEED, WALK_SPEED } from './walker.ts';

/** Beyond this gap a figure hurries, so that it is never more than about a quarter second behind. */
const CATCH_UP_PER_S = 4;
/** Units walked in one cycle of six walking pictures. */
const STRIDE_UNITS = 34;
/** The same while running. */
const RUN_STRIDE_UNITS = 56;
/** Faster than half-way between walking and running looks like running. */
const RUNNING_PER_MS = (WALK_SPEED + RUN_SPEED) / 2_000;
/** A pause between two `move` frames shorter than this is still walking. */
const LINGER_MS = 140;
/** Figures come and go within this time. */
const FADE_MS = 260;
/** Where a figure that walked over a hill is gone, in units beyond the gate line. */
const OVER_THE_HILL_UNITS = 130;

export interface Actor {
  readonly id: number;
  x: number;
  target: number;
  facing: 1 | -1;
  /** Walking cycle, 0…1. */
  phase: number;
  isWalking: boolean;
  isRunning: boolean;
  /** Something that is shown on this screen alone, such as a look over the hill, and until when. */
  played: { readonly frame: Frame; readonly until: number } | undefined;
  movedAt: number;
  /** 0…1. */
  alpha: number;
  /** Set when the person left; the actor ends when it is faded or over the hill. */
  leaving: Side | 'here' | undefined;
}

export function createActor(id: number, x: number, alpha = 1): Actor {
  return {
    id,
    x,
    target: x,
    facing: id % 2 === 0 ? 1 : -1,
    phase: 0,
    isWalking: false,
    isRunning: false,
    played: undefined,
    movedAt: -Infinity,
    alpha,
    leaving: undefined,
  };
}

/** Marks the actor as going; `toward` a gate it walks out over the hill, else it fades where it stands. */
export function dismissActor(actor: Actor, toward: Side | undefined): void {
  actor.leaving = toward ?? 'here';
  if (toward === 'left') actor.target = GATE_LEFT - OVER_THE_HILL_UNITS;
  if (toward === 'right') actor.target = GATE_RIGHT + OVER_THE_HILL_UNITS;
}

/** @returns whether anything is still to be seen moving */
export function stepActor(actor: Actor, dtMs: number, nowMs: number): boolean {
  const walks = walk(actor, dtMs, nowMs);
  const fades = fade(actor, dtMs);
  return walks || fades;
}

/** Moves another's walking picture along; one's own actor is placed, not chased. */
export function advance(actor: Actor, to: number, nowMs: number): void {
  const distance = Math.abs(to - actor.x);
  if (distance > 0) actor.facing = to > actor.x ? 1 : -1;
  const tookMs = nowMs - actor.movedAt;
  if (tookMs > 0 && tookMs < LINGER_MS) actor.isRunning = distance / tookMs > RUNNING_PER_MS;
  actor.x = to;
  actor.phase = (actor.phase + distance / (actor.isRunning ? RUN_STRIDE_UNITS : STRIDE_UNITS)) % 1;
  actor.movedAt = nowMs;
  actor.isWalking = true;
}

function walk(actor: Actor, dtMs: number, nowMs: number): boolean {
  const gap = actor.target - actor.x;
  const speed = Math.max(WALK_SPEED, Math.abs(gap) * CATCH_UP_PER_S);
  const reach = (speed * dtMs) / 1_000;
  if (Math.abs(gap) > 0.01) {
    advance(actor, Math.abs(gap) <= reach ? actor.target : actor.x + Math.sign(gap) * reach, nowMs);
    return true;
  }
  if (!actor.isWalking) return false;
  actor.isWalking = nowMs - actor.movedAt < LINGER_MS;
  return true;
}

function fade(actor: Actor, dtMs: number): boolean {
  const goal = actor.leaving === undefined ? 1 : goalOfLeaving(actor);
  if (actor.alpha === goal) return false;
  const change = dtMs / FADE_MS;
  actor.alpha = goal > actor.alpha ? Math.min(goal, actor.alpha + change) : Math.max(goal, actor.alpha - change);
  return true;
}

/** Walkers grow faint only once they are on the hill. */
function goalOfLeaving(actor: Actor): number {
  const beyond = Math.max(GATE_LEFT - actor.x, actor.x - GATE_RIGHT);
  return actor.leaving === 'here' || beyond > OVER_THE_HILL_UNITS * 0.6 ? 0 : 1;
}

/** No gliding: the actor is where it is known to be. Calm mode, and the return from a hidden tab. */
export function settleActor(actor: Actor): void {
  if (actor.target !== actor.x) actor.facing = actor.target > actor.x ? 1 : -1;
  actor.x = actor.target;
  actor.isWalking = false;
  actor.alpha = actor.leaving === undefined ? 1 : 0;
}

export function isGone(actor: Actor): boolean {
  return actor.leaving !== undefined && actor.alpha === 0;
}
