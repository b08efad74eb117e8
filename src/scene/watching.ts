/** Spectators: they see the scene and are not in it (wire protocol sections 5 and 6). */
import type { InitMessage, SpectatorHelloFrame } from '../protocol/frames.ts';
import type { SceneState, Turn } from './state.ts';
import { withWidgetConfig } from './plugging.ts';
import { sceneView } from './scene-view.ts';
import type { SceneConnection } from './visitor.ts';

/** Answers a spectator's first `init`; everything it sends later is ignored. */
export function watch(state: SceneState, connection: SceneConnection, init: InitMessage, turn: Turn): void {
  connection.isRing = init.ring;
  connection.isWatching = true;
  state.unjoined.delete(connection);
  const { scene, connections, messageBoard, notes, ...live } = sceneView(state, undefined, turn.wall);
  const frame: SpectatorHelloFrame = {
    type: 'hello',
    id: null,
    spectator: true,
    ...live,
    ...(scene && { scene }),
    ...(state.rules.hosted && { styleConfig: state.rules.hosted.style }),
    ...(connections && { connections }),
    ...(messageBoard && { messageBoard }),
    ...(notes && { notes }),
  };
  const hello = withWidgetConfig(state, frame, true);
  turn.effects.push({ kind: 'welcome', to: connection.id, isRing: connection.isRing, frame: hello });
}
