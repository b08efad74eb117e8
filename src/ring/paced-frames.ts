import type { Clock, Timer } from '../lib/clock.ts';
import type { Gate, NeighboursFrame } from '../protocol/frames.ts';

/** Shortest time between two frames of one scene: two a second (docs/protocol.md, `neighbours`). */
export const FRAME_GAP_MS = 500;

interface Pace {
  sentAtMs: number;
  /** What the scene was last sent, and what waits to be sent. */
  sent: NeighboursFrame;
  waiting: NeighboursFrame | undefined;
  timer: Timer | undefined;
}

/**
 * Lets at most two frames a second through for each scene, the newest of those that came too soon. Two neighbours may each
 * speak twice a second. A gate that turns live, dim or dark is never held back. Bounded by the scenes of the square.
 */
export class PacedFrames {
  readonly #clock: Clock;
  readonly #deliver: (sceneKey: string, frame: NeighboursFrame) => void;
  readonly #paces = new Map<string, Pace>();

  constructor(clock: Clock, deliver: (sceneKey: string, frame: NeighboursFrame) => void) {
    this.#clock = clock;
    this.#deliver = deliver;
  }

  offer(sceneKey: string, frame: NeighboursFrame): void {
    const nowMs = this.#clock.monotonic();
    const pace = this.#paces.get(sceneKey);
    if (pace === undefined || nowMs - pace.sentAtMs >= FRAME_GAP_MS || statesOf(frame) !== statesOf(pace.sent)) {
      pace?.timer?.cancel();
      this.#paces.set(sceneKey, { sentAtMs: nowMs, sent: frame, waiting: undefined, timer: undefined });
      this.#deliver(sceneKey, frame);
      return;
    }
    pace.waiting = frame;
    pace.timer ??= this.#clock.setTimer(
      () => this.#flush(sceneKey, pace),
      Math.ceil(pace.sentAtMs + FRAME_GAP_MS - nowMs),
    );
  }

  /** The scene has no gates any more: says so, if it was ever told of any. */
  close(sceneKey: string): void {
    const pace = this.#paces.get(sceneKey);
    if (pace === undefined) return;
    pace.timer?.cancel();
    this.#paces.delete(sceneKey);
    this.#deliver(sceneKey, { ...pace.sent, left: null, right: null });
  }

  stop(): void {
    for (const { timer } of this.#paces.values()) timer?.cancel();
    this.#paces.clear();
  }

  #flush(sceneKey: string, pace: Pace): void {
    const { waiting } = pace;
    pace.timer = undefined;
    if (waiting === undefined) return;
    Object.assign(pace, { sentAtMs: this.#clock.monotonic(), sent: waiting, waiting: undefined });
    this.#deliver(sceneKey, waiting);
  }
}

function statesOf({ left, right }: NeighboursFrame): string {
  const stateOf = (gate: Gate | null): string => (gate === null ? '' : `${gate.site} ${gate.url} ${gate.state}`);
  return `${stateOf(left)}|${stateOf(right)}`;
}
