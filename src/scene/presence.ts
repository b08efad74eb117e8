import type { HorizonPose } from '../protocol/frames.ts';
import { HAND_RAISED_MS } from '../protocol/limits.ts';
import { COAT_COUNT } from '../protocol/look.ts';
import type { Roster } from './roster.ts';
import type { SceneFigure, ScenePresence } from './types.ts';
import { lookOf, type Visitor } from './visitor.ts';

/** Whoever moved within this time counts as walking: several times the widget's 45 ms between moves. */
export const WALKING_MS = 600;

/** Samples a scene for its neighbours' horizons. */
export function presenceOf(roster: Roster, now: number): ScenePresence {
  const present = [...roster.visitors].filter(({ away }) => away === undefined);
  const figures = present.map((visitor) => ({
    visitor: visitor.id,
    x: visitor.x,
    color: lookOf(visitor) % COAT_COUNT,
    pose: poseOf(visitor, now),
    walking: now - visitor.lastMoveAt < WALKING_MS,
    drawn: isSeenBeyondHill(visitor),
  }));
  return { count: figures.length, figures };
}

/** Whether neighbours see a visitor on their horizon. */
export function isSeenBeyondHill({ isDrawnBeyondHill, isHidden, away, graceEndsAt }: Visitor): boolean {
  // Whoever closed their page may be back in a moment, but is not seen walking there meanwhile.
  return isDrawnBeyondHill && !isHidden && away === undefined && graceEndsAt === undefined;
}

/** The same with names and looks, for those who look at the scene itself; what of it they are shown is the ring's to decide. */
export function sightOf(
  roster: Roster,
  now: number,
): ScenePresence & { readonly figures: readonly (SceneFigure & { readonly name: string; readonly look: number })[] } {
  const { count, figures } = presenceOf(roster, now);
  return {
    count,
    figures: figures.flatMap((figure) => {
      const visitor = roster.visitor(figure.visitor);
      return visitor === undefined ? [] : [{ ...figure, name: visitor.displayName, look: lookOf(visitor) }];
    }),
  };
}

function poseOf(visitor: Visitor, now: number): HorizonPose {
  if (now - visitor.handRaisedAt < HAND_RAISED_MS) return 'wave';
  if (visitor.pose === 'sitting') return 'sit';
  return visitor.pose === 'resting' ? 'lean' : 'stand';
}
