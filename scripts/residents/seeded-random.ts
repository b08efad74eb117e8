/**
 * A stream of numbers in 0 … 1 (1 excluded) that the seed decides alone: a 32-bit counter whose every value is stirred
 * by two odd multiplications. Good enough for strolls, of no use for secrets.
 */
export function seededRandom(seed: number): () => number {
  let counter = Math.imul(Math.trunc(seed), 0x9e3779b1) >>> 0;
  return () => {
    counter = (counter + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(counter ^ (counter >>> 15), 0x2c1b3c6d);
    mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
