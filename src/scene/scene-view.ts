import type { SpectatorHelloFrame } from '../protocol/frames.ts';
import { notesView } from './note.ts';
import type { SceneState } from './state.ts';
import { visitorView } from './views.ts';
import { isUnseen, type Visitor } from './visitor.ts';

type SceneView = Omit<SpectatorHelloFrame, 'type' | 'id' | 'spectator' | 'styleConfig' | 'weatherConfig'>;

/** What a `hello` says of the scene to everybody, in the wire protocol's order. `self` is not among the peers. */
export function sceneView(state: SceneState, self: Visitor | undefined, wall: number): SceneView {
  const { hosted, chatThrottleMs } = state.rules;
  const peers = [];
  for (const peer of state.roster.visitors) if (peer !== self && !isUnseen(peer)) peers.push(visitorView(state, peer));
  return {
    peers,
    birds: state.birds.views,
    chatThrottleMs,
    pluginModules: state.plugins.modules,
    pluginEntities: state.plugins.entities(),
    ...(hosted && { scene: hosted.scene, connections: hosted.connections, messageBoard: hosted.messageBoard }),
    // A guest reads the board of a site that is not theirs to write on.
    ...(hosted?.hasNotes === true && self?.isGuest !== true && { notes: notesView(hosted.notes, wall) }),
  };
}
