/** Everything random in a simulation comes out of one seed through here. */
import { seededRandom } from '../support/seeded-random.ts';

export class Chance {
  readonly fraction: () => number;
  readonly bytes: (length: number) => Uint8Array;

  constructor(seed: number) {
    ({ fraction: this.fraction, bytes: this.bytes } = seededRandom(seed));
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  between(low: number, high: number): number {
    return low + this.fraction() * (high - low);
  }

  /** 0 ≤ n < below */
  whole(below: number): number {
    return Math.floor(this.fraction() * below);
  }

  /** @throws RangeError when there is nothing to choose from */
  oneOf<T>(items: readonly T[]): T {
    const [item] = items.slice(this.whole(items.length));
    if (item === undefined) throw new RangeError('nothing to choose from');
    return item;
  }

  /** A stream of its own, so that using more of it changes nothing elsewhere. */
  branch(): Chance {
    return new Chance(this.whole(2 ** 32));
  }
}
