import type { RingPort } from '../ring/ring-port.ts';
import type { LiveScene } from './live-scene.ts';

export interface FollowRingDeps {
  readonly ring: RingPort;
  /** A running scene; undefined: nobody is there to be shown anything. */
  sceneOf(sceneKey: string): LiveScene | undefined;
  /** What the ring says could not be shown in a scene. */
  fail(sceneKey: string, err: unknown): void;
}

/** Shows running scenes what the ring says of its own accord: gates, waves, the bird. */
export function followRing(deps: FollowRingDeps): void {
  const { ring } = deps;
  const show = (sceneKey: string, tell: (live: LiveScene) => void): void => {
    const live = deps.sceneOf(sceneKey);
    try {
      if (live !== undefined) tell(live);
    } catch (err) {
      deps.fail(sceneKey, err);
    }
  };
  ring.onNeighbours((sceneKey, frame) => show(sceneKey, (live) => live.showNeighbours(frame)));
  ring.onWaved((sceneKey, frame) => show(sceneKey, (live) => live.showOfRing(frame)));
  ring.birds.onFrame((sceneKey, frame) => show(sceneKey, (live) => live.showOfRing(frame)));
}
