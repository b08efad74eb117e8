/** A ball that visitors kick about (wire protocol section 13, from which all figures are). Lengths are stage widths. */
import type { Plugin, PluginContext } from './plugin.ts';

const KICK_WITHIN = 0.02;
const TRAP_WITHIN = 0.04;
const KICK = { base: 0.12, perSpeed: 0.85, max: 0.5 };
const LOFT = { base: 0.5, perSpeed: 2, max: 1.6 };
const GRAVITY = 4;
const LANDING_BOUNCE = 0.4;
const EDGE_BOUNCE = 0.5;
/** Of the speed on the ground, what is left after one step. */
const GROUND_FRICTION = 0.9;
const REST_SPEED = 0.04;
const REST_BOUNCE_SPEED = 0.06;

/** Speeds a second; `y` is the height, 0 on the ground. */
export interface Ball {
  x: number;
  y: number;
  dx: number;
  dy: number;
}

export const newBall = (): Ball => ({ x: 0.5, y: 0, dx: 0, dy: 0 });

export function isAtRest({ y, dx, dy }: Ball): boolean {
  return y === 0 && dx === 0 && dy === 0;
}

/** Somebody stepped to `x`: if that is at the ball it flies the way they go, away from them if they do not. */
export function kick(
  ball: Ball,
  step: { readonly x: number; readonly direction: number; readonly speed: number },
): void {
  if (Math.abs(ball.x - step.x) >= KICK_WITHIN) return;
  const direction = step.direction === 0 ? (ball.x < step.x ? -1 : 1) : step.direction;
  ball.dx = direction * Math.min(KICK.max, KICK.base + KICK.perSpeed * step.speed);
  ball.dy = Math.min(LOFT.max, LOFT.base + LOFT.perSpeed * step.speed);
}

/** One step of the simulation. Nothing happens to a ball at rest. */
export function roll(
  ball: Ball,
  dtSeconds: number,
  figures: readonly { readonly x: number }[],
  bounds: { readonly min: number; readonly max: number },
): void {
  if (isAtRest(ball)) return;
  if (ball.y > 0 || ball.dy > 0) fly(ball, dtSeconds);
  else ball.dx *= GROUND_FRICTION;
  ball.x += ball.dx * dtSeconds;
  if (ball.x < bounds.min || ball.x > bounds.max) {
    ball.x = Math.min(Math.max(ball.x, bounds.min), bounds.max);
    ball.dx *= -EDGE_BOUNCE;
  }
  if (ball.y > 0 || ball.dy > 0) return;
  const trapper = figures.find(({ x }) => Math.abs(x - ball.x) < TRAP_WITHIN);
  if (trapper !== undefined) {
    ball.x = trapper.x;
    ball.dx = 0;
  } else if (Math.abs(ball.dx) < REST_SPEED) {
    ball.dx = 0;
  }
}

function fly(ball: Ball, dtSeconds: number): void {
  ball.dy -= GRAVITY * dtSeconds;
  ball.y += ball.dy * dtSeconds;
  if (ball.y > 0) return;
  ball.y = 0;
  const bounce = -ball.dy * LANDING_BOUNCE;
  ball.dy = bounce < REST_BOUNCE_SPEED ? 0 : bounce;
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const viewOf = ({ x, y }: Ball) => ({ x: rounded(x), y: rounded(y) });

export const soccerBall: Plugin = {
  name: 'soccer-ball',
  label: 'Soccer ball',
  description: 'A ball on the ground for everybody: walk into it and it flies.',
  tier: 'free',
  widgetModule: '/widget/plugins/soccer-ball.mjs',
  adminActions: new Map(),
  sceneEntity: {
    create: newBall,
    snapshot: ({ state }) => (isBall(state) ? viewOf(state) : undefined),
    isResting: ({ state }) => !isBall(state) || isAtRest(state),
    tick({ state, dtMs = 0, figures = [], bounds = { min: 0, max: 1 }, emit }) {
      if (!isBall(state) || isAtRest(state)) return;
      roll(state, dtMs / 1_000, figures, bounds);
      emit?.(viewOf(state));
    },
  },
  hooks: {
    onSceneMove({ state, x, direction = 0, speed = 0 }: PluginContext) {
      if (isBall(state) && x !== undefined) kick(state, { x, direction, speed });
    },
  },
};

function isBall(state: unknown): state is Ball {
  return typeof state === 'object' && state !== null && 'dx' in state;
}
