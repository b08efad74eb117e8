/** Leaves out of a failing schedule whatever it fails without, one step after the other, until nothing more can go. */
export async function shrink<S extends { readonly steps: readonly object[] }>(
  schedule: S,
  isFailing: (shorter: S) => Promise<boolean>,
): Promise<S> {
  let shortest = schedule;
  for (let at = shortest.steps.length - 1; at >= 0; at -= 1) {
    const shorter: S = { ...shortest, steps: shortest.steps.filter((_, index) => index !== at) };
    if (await isFailing(shorter)) shortest = shorter;
  }
  return shortest;
}

/** What a simulation of any kind has in common with the others. */
export interface Telling<S> {
  /** Option of run.ts that chooses it. */
  readonly option: string;
  scheduleOf(seed: number): S;
  simulate(schedule: S): Promise<Failure | undefined>;
  /** In one line, without its blows. */
  describe(schedule: S): string;
}

interface Failure {
  readonly invariant: string;
  readonly atMs: number;
  readonly what: string;
}

interface Blows {
  readonly steps: readonly { readonly atMs: number; readonly blow: object }[];
}

/** @returns everything needed to see a failure of this seed again; undefined when all held */
export async function failureOf<S extends Blows>(seed: number, telling: Telling<S>): Promise<string | undefined> {
  const schedule = telling.scheduleOf(seed);
  const failure = await telling.simulate(schedule);
  if (failure === undefined) return undefined;
  const { invariant, atMs, what } = failure;
  const shortest = await shrink(
    schedule,
    async (shorter) => (await telling.simulate(shorter))?.invariant === invariant,
  );
  return [
    `seed ${seed}: ${invariant} at ${atMs} ms: ${what}`,
    `again: node test/simulation/run.ts${telling.option} --schedules 1 --seed ${seed}`,
    `${telling.describe(shortest)}; of ${schedule.steps.length} blows these are needed:`,
    ...shortest.steps.map((step) => `  ${step.atMs} ${JSON.stringify(step.blow)}`),
  ].join('\n');
}
