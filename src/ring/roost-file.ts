import { readFileSync } from 'node:fs';
import type { Log, RoostBook, Roosting } from '../../federation/types.ts';
import { writeJson } from './document-files.ts';

/** Rings of one square; far more than any is in. */
const RINGS_MAX = 64;

/** Of a file that cannot be read: somebody may have let a bird out a moment ago. */
const ANYBODY: Roosting = { roost: '', until: 0 };

/**
 * Keeps in a small file what of the ring's bird outlasts a run. Whoever holds the ring writes it, and only as its roost more than
 * once: at each flight from there.
 */
export function roostFile(path: string, log: Log): RoostBook {
  const stored = readRoosts(path);
  if (stored === undefined) log.warn({ path }, "the file of the ring's bird is damaged: it is let out a round later");
  let roosts = stored ?? new Map<string, Roosting>();
  return {
    read: (ringId) => roosts.get(ringId) ?? (stored === undefined ? ANYBODY : undefined),
    save(ringId, roosting) {
      const next = new Map([...roosts, [ringId, roosting] as const].slice(-RINGS_MAX));
      try {
        writeJson(path, Object.fromEntries(next));
      } catch (err) {
        log.warn({ err }, "the ring's bird stays at its roost: its flight cannot be saved");
        return false;
      }
      roosts = next;
      return true;
    },
  };
}

/** @returns undefined for a file that is there and cannot be understood */
function readRoosts(path: string): Map<string, Roosting> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const entries = Object.entries(value).map(([ringId, entry]) => [ringId, roostingOf(entry)] as const);
    const known = entries.flatMap(([ringId, roosting]) =>
      roosting === undefined ? [] : [[ringId, roosting] as const],
    );
    return known.length === entries.length ? new Map(known) : undefined;
  } catch (err) {
    return err instanceof Error && 'code' in err && err.code === 'ENOENT' ? new Map() : undefined;
  }
}

function roostingOf(entry: unknown): Roosting | undefined {
  if (typeof entry !== 'object' || entry === null || !('roost' in entry) || !('until' in entry)) return undefined;
  const { roost, until } = entry;
  return typeof roost === 'string' && Number.isSafeInteger(until) && typeof until === 'number'
    ? { roost, until }
    : undefined;
}
