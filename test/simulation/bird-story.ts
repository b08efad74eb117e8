/** The bird's story out of a seed: crashes, lost power, long ways, foul gossip and partitions, then calm. */
import type { RingParts } from '../../federation/ring-service.ts';
import { BirdWorld, type Visit } from './bird-world.ts';
import { CALM, type Weather } from './virtual-network.ts';

const SQUARES = 5;
const BLOWS = 14;

const FOUL: Weather = { delayMs: [20, 300], lost: 0.15, doubled: 0.2, overtaken: 0.2 };
/** Answers come late, or after whoever asked has given up. */
const SLOW: Weather = { ...CALM, delayMs: [300, 1_500] };

export interface BirdStory {
  readonly visits: readonly Visit[];
  /** Two that are drawn at one time, if any. */
  readonly pair: readonly Visit[] | undefined;
}

/** @throws when no bird is seen within a round, its margin and some more after all is well again */
export async function tellBirdStory(seed: number, parts: Partial<RingParts> = {}): Promise<BirdStory> {
  const world = await BirdWorld.of(SQUARES, seed, { parts });
  const { chance, network, machines } = world;
  world.bootAll();
  for (let blow = 0; blow < BLOWS; blow += 1) {
    await world.run(chance.between(1_000, 60_000));
    const what = chance.between(0, 10);
    if (what < 2) network.weather = chance.oneOf([CALM, FOUL, SLOW]);
    else if (what < 4) world.partition(Math.floor(chance.between(1, SQUARES)));
    else if (what < 6) network.healAll();
    else {
      const machine = chance.oneOf(machines);
      if (machine.service === undefined) machine.boot();
      else world.crash(machine, chance.happens(0.5));
    }
  }
  network.weather = CALM;
  network.healAll();
  for (const machine of machines) if (machine.service === undefined) machine.boot();
  await world.run(900_000);
  const { visits } = world;
  if (!visits.some(({ wentAtMs }) => wentAtMs > world.time.nowMs - 180_000))
    throw new Error(`seed ${seed}: no bird again`);
  return { visits, pair: pairDrawn(visits) };
}

export function pairDrawn(visits: readonly Visit[]): readonly Visit[] | undefined {
  for (const [index, first] of visits.entries()) {
    const second = visits.slice(index + 1).find(({ cameAtMs }) => cameAtMs < first.wentAtMs);
    if (second !== undefined) return [first, second];
  }
  return undefined;
}

export const told = (visits: readonly Visit[] | undefined): string =>
  JSON.stringify(visits?.map(({ site, cameAtMs, wentAtMs }) => [site, cameAtMs, wentAtMs]));
