/** The birds of one scene (wire protocol section 9): when they come, where they sit, and what scares them. */
import type { BirdFrame, BirdView } from '../protocol/frames.ts';
import { BIRD_FLEES_WITHIN } from '../protocol/limits.ts';
import type { Perch } from '../protocol/scene-kit.ts';
import type { Moment, SceneRandom } from './types.ts';

/** When birds come, in ms. */
export interface BirdSettings {
  /** From the beginning of a scene to its first bird. */
  readonly firstSpawnMs: number;
  /** After every arrival and every escape nobody comes for a whole number of ms between these, both included. */
  readonly spawnMinMs: number;
  readonly spawnMaxMs: number;
}

/** Who sits where, for a scene that goes on elsewhere; when the next comes begins anew. */
export interface BirdsSnapshot {
  readonly nextId: number;
  readonly perched: readonly { readonly id: number; readonly perchId: string }[];
}

interface Bird {
  readonly id: number;
  perch: Perch;
}

/** Bounded by the perches of the scene. Makes frames, sends nothing. */
export class Birds {
  readonly #settings: BirdSettings;
  readonly #random: SceneRandom;
  #perches: readonly Perch[];
  #max: number;
  /** In the order in which they came. */
  #birds: Bird[] = [];
  #nextId = 1;
  #nextSpawnAt: number | undefined;

  /** @param max birds that the scene takes at once */
  constructor(settings: BirdSettings, random: SceneRandom, perches: readonly Perch[], max: number) {
    this.#settings = settings;
    this.#random = random;
    this.#perches = perches;
    this.#max = max;
  }

  get views(): BirdView[] {
    return this.#birds.map(({ id, perch }) => ({ id, perchId: perch.id, x: perch.x, state: 'perched' }));
  }

  /** When the next bird comes if anybody is there to see it; undefined while there is no room for one. */
  get nextSpawnAt(): number | undefined {
    const isRoom = this.#birds.length < Math.min(this.#max, this.#perches.length);
    return isRoom && this.#nextSpawnAt !== undefined && Number.isFinite(this.#nextSpawnAt)
      ? this.#nextSpawnAt
      : undefined;
  }

  /** The scene begins: from here its first bird is counted. Later calls change nothing. */
  begin(now: number): void {
    this.#nextSpawnAt ??= now + this.#settings.firstSpawnMs;
  }

  /** A bird comes when it is due. */
  spawn({ now, wall }: Moment): BirdFrame | undefined {
    const dueAt = this.nextSpawnAt;
    if (dueAt === undefined || dueAt > now) return undefined;
    const free = this.#perches.filter(({ id }) => !this.#birds.some(({ perch }) => perch.id === id));
    const perch = free[Math.floor(this.#random.fraction() * free.length)];
    if (perch === undefined) return undefined;
    const bird = { id: this.#nextId, perch };
    this.#nextId += 1;
    this.#birds.push(bird);
    this.#wait(now);
    const from = perch.x < 0.5 ? 'left' : 'right';
    return { type: 'bird', action: 'spawn', id: bird.id, perchId: perch.id, x: perch.x, from, at: wall };
  }

  /** Somebody stepped to `x`: the first bird that is too near flies off, away from them. */
  scare(x: number, { now, wall }: Moment): BirdFrame | undefined {
    const bird = this.#birds.find(({ perch }) => Math.abs(perch.x - x) < BIRD_FLEES_WITHIN);
    if (bird === undefined) return undefined;
    this.#birds = this.#birds.filter((other) => other !== bird);
    this.#wait(now);
    return { type: 'bird', action: 'flee', id: bird.id, x: bird.perch.x, dir: x < bird.perch.x ? 1 : -1, at: wall };
  }

  /** The scene was rebuilt: birds stay with their perch; those whose perch is gone are gone. */
  rebuild(perches: readonly Perch[], max: number): void {
    this.#perches = perches;
    this.#max = max;
    this.#birds = this.#birds.flatMap(({ id, perch }) => {
      const kept = perches.find((each) => each.id === perch.id);
      return kept === undefined ? [] : [{ id, perch: kept }];
    });
  }

  snapshot(): BirdsSnapshot {
    return { nextId: this.#nextId, perched: this.#birds.map(({ id, perch }) => ({ id, perchId: perch.id })) };
  }

  /** Only before the first bird. */
  restore({ nextId, perched }: BirdsSnapshot): void {
    this.#nextId = nextId;
    this.#birds = perched.flatMap(({ id, perchId }) => {
      const perch = this.#perches.find((each) => each.id === perchId);
      return perch === undefined ? [] : [{ id, perch }];
    });
  }

  #wait(now: number): void {
    const { spawnMinMs, spawnMaxMs } = this.#settings;
    const range = Math.max(0, spawnMaxMs - spawnMinMs);
    this.#nextSpawnAt = now + spawnMinMs + Math.floor(this.#random.fraction() * (range + 1));
  }
}
