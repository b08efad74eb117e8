/** Scenes kept as what a socket received and when. Pure. */
import type { WireFrame } from '../../src/protocol/frames.ts';

/** A recording stops growing there. Source: ten minutes of a street with thirty people walking. */
const FRAMES_MAX = 60_000;

export interface Recorded {
  /** ms since the first frame. */
  readonly at: number;
  readonly frame: WireFrame;
}

export class Recorder {
  readonly #frames: Recorded[] = [];
  #begunAt: number | undefined;

  add(frame: WireFrame, nowMs: number): void {
    // Only a hello begins something that can be shown again; what came before it was a square that refused.
    if (this.#begunAt === undefined && frame.type !== 'hello') return;
    this.#begunAt ??= nowMs;
    if (this.#frames.length >= FRAMES_MAX) return;
    // Who has the secret is the visitor: it stays with them.
    const kept = frame.type === 'hello' && 'browserSecret' in frame ? { ...frame, browserSecret: '' } : frame;
    this.#frames.push({ at: Math.round(nowMs - this.#begunAt), frame: kept });
  }

  get length(): number {
    return this.#frames.length;
  }

  /** The file: a JSON array, a frame on each line. */
  text(): string {
    return `[\n${this.#frames.map((recorded) => JSON.stringify(recorded)).join(',\n')}\n]\n`;
  }
}

/**
 * Reads a recording. The frames themselves are not judged: the widget does that, as with any square.
 * @returns undefined when it is none, is too long, or does not begin with a hello
 */
export function recordingFrom(text: string): Recorded[] | undefined {
  const value = parsed(text);
  if (!Array.isArray(value) || value.length > FRAMES_MAX) return undefined;
  const entries: unknown[] = value;
  const frames = entries.filter(isRecorded).toSorted((a, b) => a.at - b.at);
  return frames[0]?.frame.type === 'hello' && frames.length === entries.length ? frames : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecorded(value: unknown): value is Recorded {
  if (typeof value !== 'object' || value === null || !('at' in value) || !('frame' in value)) return false;
  const { at, frame } = value;
  return (
    typeof at === 'number' &&
    at >= 0 &&
    typeof frame === 'object' &&
    frame !== null &&
    'type' in frame &&
    typeof frame.type === 'string'
  );
}
