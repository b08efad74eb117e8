import type { RingBirdFrame } from '../protocol/frames.ts';
import type { RingBirds } from './ring-port.ts';

/** In which of our scenes a ring's bird is, as far as its ring says: at most one entry for each scene. */
export class KeptBirds implements RingBirds {
  readonly #here = new Map<string, RingBirdFrame>();
  #listener: Parameters<RingBirds['onFrame']>[0] | undefined;

  at(sceneKey: string): RingBirdFrame | undefined {
    return this.#here.get(sceneKey);
  }

  onFrame(listener: (sceneKey: string, frame: RingBirdFrame) => void): void {
    this.#listener = listener;
  }

  show(sceneKey: string, frame: RingBirdFrame): void {
    if (frame.action === 'come') this.#here.set(sceneKey, frame);
    else this.#here.delete(sceneKey);
    this.#listener?.(sceneKey, frame);
  }

  /** Nothing is heard of the ring any more: no bird is anywhere. */
  clear(): void {
    for (const [sceneKey, { at }] of this.#here)
      this.show(sceneKey, { type: 'ringBird', action: 'go', toward: null, at });
  }
}
