import type { SquareProcess } from '../square-process.ts';

const LOOK_EVERY_MS = 100;

/** Levels of the log below `error`. */
const CALM_LEVELS: ReadonlySet<unknown> = new Set(['trace', 'debug', 'info', 'warn']);

/** Lines remembered so as not to be told of twice; the square's own memory of its lines is shorter. */
const SEEN_MAX = 200;

/** True for what a square never logs while all is well: an error, or words that did not come from its log at all. */
export function isAlarming(line: string): boolean {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry !== 'object' || entry === null || !('level' in entry) || !CALM_LEVELS.has(entry.level);
  } catch {
    return line.trim() !== '';
  }
}

/**
 * Tells of every alarming line of a square, and of its end, until stopped.
 * @returns the stop, after one more look
 */
export function watchSquare(square: SquareProcess, onAlarm: (words: string) => void): () => void {
  const seen = new Set<string>();
  let isOver = false;
  const look = (): void => {
    for (const line of square.lines()) {
      if (seen.has(line)) continue;
      seen.add(line);
      if (isAlarming(line)) onAlarm(line);
    }
    for (const line of seen) {
      if (seen.size <= SEEN_MAX) break;
      seen.delete(line);
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  void square.exited.then((how) => {
    if (!isOver) onAlarm(`the square ended: ${how}`);
  });
  return () => {
    isOver = true;
    clearInterval(timer);
    look();
  };
}
