import type { Side } from '../../../src/protocol/limits.ts';
import { WALK_MAX, WALK_MIN } from '../../../src/protocol/limits.ts';
import { STREET_UNITS } from './layout.ts';

/** Walking and running speed, in units per second, the same on every screen. */
export const WALK_SPEED = 180;
export const RUN_SPEED = 300;
/** Ends of the walkable street, in units: the gate lines. */
export const GATE_LEFT = WALK_MIN * STREET_UNITS;
export const GATE_RIGHT = WALK_MAX * STREET_UNITS;
/** Within this distance of a gate line its hint is shown. */
export const GATE_NEAR_UNITS = 120;
/** Pushing on against a gate line for this long means it. */
const PUSH_MS = 250;
/** How far beyond the gate line a figure walks out, and where on the hill one is that comes in, in units. */
const WALK_OUT_UNITS = 110;
const WALK_IN_UNITS = 70;
/** One step in calm mode, where nothing glides. */
export const CALM_STEP_UNITS = 22;

/** Least change and time between two `move` messages. Source: wire protocol, section 14. */
const SEND_MIN_CHANGE = 0.002;
const SEND_MIN_MS = 45;

/** The visitor's own figure: what the keys and taps want, and where it is. Positions in units. */
export interface Walker {
  x: number;
  facing: 1 | -1;
  /** Held direction. */
  direction: -1 | 0 | 1;
  isRunning: boolean;
  /** A place to walk to; a held direction overrides it. */
  target: number | undefined;
  /** Set while walking out through a gate; nothing steers then. */
  leaving: Side | undefined;
  pushedMs: number;
}

export function createWalker(x: number): Walker {
  return { x, facing: 1, direction: 0, isRunning: false, target: undefined, leaving: undefined, pushedMs: 0 };
}

export interface Step {
  readonly moved: boolean;
  /** The walker pushed on against this gate line long enough, once per push. */
  readonly pushed?: Side | undefined;
}

export function stepWalker(walker: Walker, dtMs: number): Step {
  const goal = goalOf(walker);
  if (goal === undefined) {
    walker.pushedMs = 0;
    return { moved: false };
  }
  const gap = goal - walker.x;
  const reach = ((walker.isRunning ? RUN_SPEED : WALK_SPEED) * dtMs) / 1_000;
  if (gap !== 0) walker.facing = gap > 0 ? 1 : -1;
  if (Math.abs(gap) > reach) {
    walker.x += walker.facing * reach;
    walker.pushedMs = 0;
    return { moved: true };
  }
  walker.x = goal;
  if (walker.direction === 0 || walker.leaving !== undefined) {
    walker.target = undefined;
    return { moved: gap !== 0 };
  }
  const before = walker.pushedMs;
  walker.pushedMs += dtMs;
  const pushed = before < PUSH_MS && walker.pushedMs >= PUSH_MS;
  return { moved: gap !== 0, pushed: pushed ? (walker.direction < 0 ? 'left' : 'right') : undefined };
}

/** Moves by one calm step at once. */
export function hopWalker(walker: Walker, direction: -1 | 1): void {
  walker.x = clampToStreet(walker.x + direction * CALM_STEP_UNITS);
  walker.facing = direction;
}

function goalOf(walker: Walker): number | undefined {
  if (walker.leaving !== undefined) return beyondGate(walker.leaving, WALK_OUT_UNITS);
  if (walker.direction !== 0) return walker.direction < 0 ? GATE_LEFT : GATE_RIGHT;
  return walker.target;
}

function beyondGate(side: Side, units: number): number {
  return side === 'left' ? GATE_LEFT - units : GATE_RIGHT + units;
}

/** Where whoever comes in over that hill is first seen. */
export function onHill(side: Side): number {
  return beyondGate(side, WALK_IN_UNITS);
}

export function clampToStreet(units: number): number {
  return Math.min(Math.max(units, GATE_LEFT), GATE_RIGHT);
}

/** The gate line that a position is near, if any. */
export function gateNear(units: number): Side | undefined {
  if (units < GATE_LEFT + GATE_NEAR_UNITS) return 'left';
  return units > GATE_RIGHT - GATE_NEAR_UNITS ? 'right' : undefined;
}

/** Decides when a position is worth a `move`. */
export interface MoveSender {
  sentX: number;
  sentAt: number;
}

/** @returns `send` now, `wait` when it is worth it but too soon, `same` when the square knows */
export function moveDue(sender: MoveSender, x: number, nowMs: number): 'send' | 'wait' | 'same' {
  if (Math.abs(x - sender.sentX) <= SEND_MIN_CHANGE) return 'same';
  return nowMs - sender.sentAt > SEND_MIN_MS ? 'send' : 'wait';
}
