import { readFileSync } from 'node:fs';

export interface ProfileLine {
  /** Function and file, or V8's own name for what is not JavaScript: `(program)`, `(garbage collector)`. */
  readonly where: string;
  /** Share of all time in which the process was not idle, 0…1, spent in this function itself. */
  readonly share: number;
}

/**
 * Sums a V8 CPU profile up by function, its own time only, most expensive first.
 * @throws Error when the file is not a profile of `node --cpu-prof`
 */
export function summarizeProfile(file: string, lines: number): ProfileLine[] {
  const profile: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isProfile(profile)) throw new Error(`${file} is no CPU profile`);
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const spent = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of profile.samples.entries()) {
    const where = names.get(id) ?? 'unknown';
    const micros = profile.timeDeltas[index] ?? 0;
    if (where === '(idle)') continue;
    busy += micros;
    spent.set(where, (spent.get(where) ?? 0) + micros);
  }
  return [...spent]
    .map(([where, micros]) => ({ where, share: micros / Math.max(1, busy) }))
    .sort((a, b) => b.share - a.share)
    .slice(0, lines);
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

function isProfile(value: unknown): value is Profile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'nodes' in value &&
    'samples' in value &&
    'timeDeltas' in value &&
    Array.isArray(value.nodes) &&
    Array.isArray(value.samples) &&
    Array.isArray(value.timeDeltas)
  );
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const file = url.split('/').slice(-2).join('/');
  return file === '' ? functionName || '(anonymous)' : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
}
