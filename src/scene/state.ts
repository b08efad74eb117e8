import { propsOf, sceneConfigFrom, type Prop } from '../protocol/scene-kit.ts';
import type { Roster } from './roster.ts';
import type { Moment, SceneEffect, SceneRandom, SceneRules, SecretFor } from './types.ts';
import type { SceneConnection, Visitor } from './visitor.ts';

/** Everything one live scene knows, mutated in place by the functions beside this file, for speed. */
export interface SceneState {
  readonly key: string;
  readonly roster: Roster;
  readonly random: SceneRandom;
  readonly secretFor: SecretFor;
  rules: SceneRules;
  props: readonly Prop[];
  /** Connections whose newest move waits for its throttle. */
  readonly pendingMoves: Set<SceneConnection>;
  /** When the last walker counts as standing and the last raised hand as lowered. */
  presenceSettlesAt: number | undefined;
}

/** One input being handled: when, and what comes of it. */
export interface Turn extends Moment {
  readonly effects: SceneEffect[];
}

/** A socket that has joined, and its visitor. */
export interface Actor {
  readonly connection: SceneConnection;
  readonly visitor: Visitor;
}

export function propsFor(rules: SceneRules): readonly Prop[] {
  return propsOf(rules.hosted?.scene ?? sceneConfigFrom(undefined));
}

/** Neighbours draw this scene from samples: it says once more when what is in motion now has come to rest. */
export function unsettlePresence(state: SceneState, untilAt: number): void {
  state.presenceSettlesAt = Math.max(state.presenceSettlesAt ?? untilAt, untilAt);
}
