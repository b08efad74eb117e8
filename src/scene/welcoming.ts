import type { ArrivalView, HelloFrame } from '../protocol/frames.ts';
import { footprintsView } from './footprints.ts';
import { withWidgetConfig } from './plugging.ts';
import { sceneView } from './scene-view.ts';
import type { SceneState, Turn } from './state.ts';
import { visitorView } from './views.ts';
import type { SceneConnection, Visitor } from './visitor.ts';

/** Tells one tab of a visitor where it is: its first frame, and the first again when it comes home. */
export function welcome(
  state: SceneState,
  connection: SceneConnection,
  visitor: Visitor,
  arrival: ArrivalView | undefined,
  turn: Turn,
): void {
  const { id, ...self } = visitorView(state, visitor);
  const view = sceneView(state, visitor, turn.wall);
  const footprints = view.peers.length === 0 ? footprintsView(state, turn.now) : undefined;
  const frame: HelloFrame = {
    type: 'hello',
    id,
    browserSecret: visitor.secret,
    ...self,
    ...view,
    ...(arrival && { arrival }),
    ...(footprints && { footprints }),
  };
  const hello = withWidgetConfig(state, frame, false);
  turn.effects.push({ kind: 'welcome', to: connection.id, isRing: connection.isRing, frame: hello });
}
