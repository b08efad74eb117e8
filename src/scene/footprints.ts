/** Where the last visitor of a street walked: seen by whoever comes to an empty one. It says nothing of who that was. */
import type { FootprintsView } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { SceneState, Turn } from './state.ts';
import { isUnseen, type Visitor } from './visitor.ts';

/** A visitor goes. Of one whom nobody saw there is nothing to see. @param toward the gate they went out through */
export function leaveFootprints({ footprints }: SceneState, visitor: Visitor, turn: Turn, toward?: Side): void {
  if (isUnseen(visitor)) return;
  const x = toward === undefined ? visitor.x : toward === 'left' ? 0 : 1;
  footprints.keep({ x, heading: toward ?? visitor.heading, leftAt: turn.now });
}

/** What somebody who is alone is told of them, in whole minutes: nobody needs to know to the second when another left. */
export function footprintsView({ footprints }: SceneState, now: number): FootprintsView | undefined {
  const prints = footprints.recall();
  if (prints === undefined) return undefined;
  const { x, heading, leftAt } = prints;
  return { x, heading, minutesAgo: Math.floor((now - leftAt) / 60_000) };
}
