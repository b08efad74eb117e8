/** Fetches what keeps the lonely company as soon as one is nearly alone, and hands on to it what happens. */
import { fetchPart } from '../files/fetch-part.ts';
import type { Solitude, SolitudeDeps } from './solitude.ts';
import type { Footfall } from '../model/footfalls.ts';
import { selfOf, type WorldEvent } from '../model/world.ts';

interface SolitudeModule {
  readonly build: string;
  readonly openSolitude: (deps: SolitudeDeps) => Solitude;
}

/** With one other here their steps are already worth remembering. */
const NEARLY_ALONE = 2;

export class Company {
  readonly #deps: SolitudeDeps;
  #solitude: Solitude | undefined;
  /** What was last said of the street, for a file that comes later. */
  #greeting: WorldEvent | undefined;
  #isAsked = false;
  #isOver = false;

  constructor(deps: SolitudeDeps) {
    this.#deps = deps;
  }

  /** Somebody's foot came down. */
  fell(fall: Footfall): void {
    this.#solitude?.fell(fall);
  }

  happened(event: WorldEvent): void {
    if (event.type === 'hello') this.#greeting = event;
    this.#solitude?.happened(event);
  }

  /** The world, the layout or the mood changed. */
  refresh(): void {
    this.#solitude?.refresh();
    const { world, isCalm } = this.#deps;
    if (this.#isAsked || isCalm() || world.people.size > NEARLY_ALONE || selfOf(world) === undefined) return;
    this.#isAsked = true;
    void this.#fetch();
  }

  stop(): void {
    this.#isOver = true;
  }

  async #fetch(): Promise<void> {
    try {
      const { openSolitude } = await fetchPart<SolitudeModule>('townring-alone.js');
      if (this.#isOver) return;
      this.#solitude = openSolitude(this.#deps);
      if (this.#greeting !== undefined) this.#solitude.happened(this.#greeting);
      this.refresh();
    } catch {
      // Nobody misses it.
    }
  }
}
