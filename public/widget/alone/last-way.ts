/** What a square says of the last visitor's way. Pure. */
import type { FootprintsView } from '../../../src/protocol/frames.ts';
import type { Source } from '../model/decode.ts';

/** @returns undefined for what makes no sense */
export function lastWayFrom({ x, heading, minutesAgo }: Source): FootprintsView | undefined {
  const isX = typeof x === 'number' && x >= 0 && x <= 1;
  if (!isX || (heading !== 'left' && heading !== 'right')) return undefined;
  return typeof minutesAgo === 'number' && minutesAgo >= 0 ? { x, heading, minutesAgo } : undefined;
}
