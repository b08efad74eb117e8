/** Whether anybody is next door: asked by square and widget alike. Pure. */
import type { Gate } from './frames.ts';
import type { Side } from './limits.ts';

/**
 * Nobody is over either hill, for certain: a neighbour that shares no number, or was not heard of lately, may be full of people.
 * @param gates undefined without a ring, where nothing lies beyond the hills
 */
export function isQuiet(gates: Readonly<Record<Side, Gate | null>> | undefined): boolean {
  return [gates?.left, gates?.right].every((gate) => !gate || (gate.state === 'live' && gate.count === 0));
}
