/** The far end of a socket that says what was recorded, when it was said. */
import type { FarEnd, Line } from './fake-socket.ts';
import type { Recorded } from './recording.ts';

export class Replay implements FarEnd {
  readonly #frames: readonly Recorded[];
  readonly #speed: number;
  readonly #line: Line;
  #hasBegun = false;

  /** @param speed 1 as it was, 4 four times as fast */
  constructor(frames: readonly Recorded[], line: Line, speed = 1) {
    this.#frames = frames;
    this.#speed = speed;
    this.#line = line;
  }

  opened(): void {
    // The widget speaks first.
  }

  heard(message: Readonly<Record<string, unknown>>): void {
    if (message['type'] !== 'init' || this.#hasBegun) return;
    this.#hasBegun = true;
    this.#say(0);
  }

  /** One timer at a time, however long the recording is. */
  #say(index: number): void {
    const recorded = this.#frames[index];
    if (recorded === undefined) return;
    this.#line.send(recorded.frame);
    const next = this.#frames[index + 1];
    if (next !== undefined) this.#line.after((next.at - recorded.at) / this.#speed, () => this.#say(index + 1));
  }
}
