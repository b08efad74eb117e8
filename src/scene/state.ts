import { sceneConfigFrom, type Prop, type SceneConfig } from '../protocol/scene-kit.ts';
import type { Birds } from './birds.ts';
import type { FootprintMemory } from './footprint-memory.ts';
import type { SceneGuard } from './guard.ts';
import type { Roster } from './roster.ts';
import type { ScenePlugins } from './scene-plugins.ts';
import type { SitePatch } from './site.ts';
import type { SceneTuning } from './tuning.ts';
import type { Moment, SceneEffect, SceneRandom, SceneRules, SecretFor } from './types.ts';
import type { SceneConnection, Visitor } from './visitor.ts';
import type { WordMask } from './word-mask.ts';

/** Everything one live scene knows, mutated in place by the functions beside this file, for speed. */
export interface SceneState {
  readonly key: string;
  readonly roster: Roster;
  readonly random: SceneRandom;
  readonly secretFor: SecretFor;
  readonly guard: SceneGuard;
  readonly footprints: FootprintMemory;
  readonly tuning: SceneTuning;
  readonly birds: Birds;
  readonly plugins: ScenePlugins;
  rules: SceneRules;
  props: readonly Prop[];
  /** Of the words that the owner blocked. */
  mask: WordMask;
  /** Connections whose newest move waits for its throttle. */
  readonly pendingMoves: Set<SceneConnection>;
  /** Open sockets that have not joined, in the order in which they opened. */
  readonly unjoined: Set<SceneConnection>;
  /** Visitors whose visit does not count yet, in the order in which they joined. */
  readonly unconfirmed: Set<Visitor>;
  /** When to look for idlers; undefined while there is nobody. */
  idleCheckAt: number | undefined;
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

export function sceneFor(rules: SceneRules): SceneConfig {
  return rules.hosted?.scene ?? sceneConfigFrom(undefined);
}

/** Neighbours draw this scene from samples: it says once more when what is in motion now has come to rest. */
export function unsettlePresence(state: SceneState, untilAt: number): void {
  state.presenceSettlesAt = Math.max(state.presenceSettlesAt ?? untilAt, untilAt);
}

/** Changes the site of a hosted scene, for this scene at once and for good by whoever keeps sites. Tells no visitor. */
export function changeSite(state: SceneState, patch: SitePatch, turn: Turn): void {
  const { hosted } = state.rules;
  if (hosted === undefined) return;
  const site = { ...hosted, ...patch };
  const { chatThrottleMs, isChatDisabled } = site;
  state.rules = { ...state.rules, hosted: site, chatThrottleMs, isChatDisabled };
  state.plugins.adopt(site);
  turn.effects.push({ kind: 'site', patch });
}
