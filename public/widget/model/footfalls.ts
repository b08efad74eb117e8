/** Where feet come down. Pure; positions in units of the street. */
import type { Actor } from './actors.ts';

export interface Footfall {
  readonly id: number;
  readonly x: number;
  readonly facing: 1 | -1;
  /** Which of the two feet. */
  readonly foot: 0 | 1;
}

export class Footfalls {
  /** Half of the walking cycle that each walker was in. */
  readonly #halves = new Map<number, 0 | 1>();

  /** @returns whose foot came down since the last look */
  look(actors: Iterable<Pick<Actor, 'id' | 'x' | 'facing' | 'phase' | 'isWalking'>>): Footfall[] {
    const before = new Map(this.#halves);
    const falls: Footfall[] = [];
    this.#halves.clear();
    for (const { id, x, facing, phase, isWalking } of actors) {
      if (!isWalking) continue;
      const foot = phase < 0.5 ? 0 : 1;
      this.#halves.set(id, foot);
      // Who only begins to walk has put down nothing yet.
      if (before.has(id) && before.get(id) !== foot) falls.push({ id, x, facing, foot });
    }
    return falls;
  }
}
