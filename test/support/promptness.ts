/**
 * A promise in seconds is kept by the software on a machine that has time for it. Whatever else runs there can only add to
 * a figure, never take from it: software that is late is late every time, a busy machine is not.
 */

/**
 * The shortest of a few measurements; the first within the bound ends them.
 * @param boundMs what is promised
 * @param measure does the thing once more and tells how long it took, ms
 */
export async function shortestMs(boundMs: number, measure: () => Promise<number>, attempts = 3): Promise<number> {
  let shortest = Infinity;
  for (let attempt = 1; attempt <= attempts && shortest > boundMs; attempt++) {
    shortest = Math.min(shortest, await measure());
  }
  return Math.round(shortest);
}
