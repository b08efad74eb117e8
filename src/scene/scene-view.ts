import type { SpectatorHelloFrame } from '../protocol/frames.ts';
import type { SceneState } from './state.ts';
import { visitorView, type Visitor } from './visitor.ts';

type SceneView = Omit<SpectatorHelloFrame, 'type' | 'id' | 'spectator' | 'styleConfig'>;

/** No plugin that has a module or an entity is always on; what owners can switch on so far, the weather, has neither. */
export const PLUGINS = { pluginModules: [], pluginEntities: {} } as const;

/** What a `hello` says of the scene to everybody, in the wire protocol's order. `self` is not among the peers. */
export function sceneView(state: SceneState, self: Visitor | undefined): SceneView {
  const { hosted, chatThrottleMs } = state.rules;
  const peers = [];
  for (const peer of state.roster.visitors) if (peer !== self && !peer.isHidden) peers.push(visitorView(peer));
  return {
    peers,
    birds: state.birds.views,
    chatThrottleMs,
    ...PLUGINS,
    ...(hosted && { scene: hosted.scene, connections: hosted.connections, messageBoard: hosted.messageBoard }),
    ...(hosted?.isWeatherOn === true && { weatherConfig: hosted.weather }),
  };
}
