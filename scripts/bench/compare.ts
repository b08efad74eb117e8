import { median, rounded } from './figures.ts';
import type { BenchOptions, Server } from './options.ts';
import { RUNS, type Figures } from './scenarios.ts';

export interface Comparison {
  /** Medians over the rounds. */
  readonly first: Figures;
  readonly second: Figures;
  /** First over second, of every figure that both have and whose second is not 0. */
  readonly ratios: Figures;
}

/** Runs a scenario on two servers in turn, A B A B, so that what else the machine does falls on both alike. */
export async function compare(first: Server, second: Server, options: BenchOptions): Promise<Comparison> {
  const run = RUNS[options.scenario];
  const runs: { readonly first: Figures; readonly second: Figures }[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    runs.push({ first: await run(first, options), second: await run(second, options) });
  }
  return compared(
    runs.map((one) => one.first),
    runs.map((one) => one.second),
  );
}

export function compared(firsts: readonly Figures[], seconds: readonly Figures[]): Comparison {
  const first = medians(firsts);
  const second = medians(seconds);
  const ratios: Record<string, number> = {};
  for (const [name, value] of Object.entries(first)) {
    const other = second[name];
    if (other !== undefined && other !== 0) ratios[name] = rounded(value / other);
  }
  return { first, second, ratios };
}

function medians(runs: readonly Figures[]): Figures {
  const names = new Set(runs.flatMap((figures) => Object.keys(figures)));
  return Object.fromEntries(
    Array.from(names, (name) => [
      name,
      median(runs.map((figures) => figures[name]).filter((value) => value !== undefined)) ?? 0,
    ]),
  );
}
