import type { InvariantId, Violation } from './oracle.ts';
import type { Schedule } from './schedule.ts';
import { simulate, type Interference } from './simulate.ts';

/** Leaves out of a failing schedule whatever it fails without, one step after the other, until nothing more can go. */
export async function shrink(
  schedule: Schedule,
  invariant: InvariantId,
  interference?: Interference,
): Promise<Schedule> {
  let shortest = schedule;
  for (let at = shortest.steps.length - 1; at >= 0; at -= 1) {
    const shorter = { ...shortest, steps: shortest.steps.filter((_, index) => index !== at) };
    const violation = await simulate(shorter, interference);
    if (violation?.invariant === invariant) shortest = shorter;
  }
  return shortest;
}

/** Everything needed to see a failure again. */
export async function explain(schedule: Schedule, { invariant, atMs, what }: Violation): Promise<string> {
  const { seed, squares, skewsMs, hasHostile, mendedAtMs, steps } = await shrink(schedule, invariant);
  const ring = `${squares} squares, ${hasHostile ? 'a hostile one, ' : ''}skews ${skewsMs.join(' ')}, mended at ${mendedAtMs}`;
  return [
    `seed ${seed}: ${invariant} at ${atMs} ms: ${what}`,
    `again: node test/simulation/run.ts --schedules 1 --seed ${seed}`,
    `${ring}; of ${schedule.steps.length} blows these are needed:`,
    ...steps.map((step) => `  ${step.atMs} ${JSON.stringify(step.blow)}`),
  ].join('\n');
}
