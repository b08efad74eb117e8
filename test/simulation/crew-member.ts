/** One worker of the crew: answers each batch of seeds with the failures in it, shortened and explained. */
import { parentPort } from 'node:worker_threads';
import type { Batch } from './crew.ts';
import { rememberPureAnswers } from './remember.ts';

if (parentPort === null) throw new Error('a member of the crew runs as its worker');
const port = parentPort;
rememberPureAnswers();
// Thousands of dials fail in every batch, and nobody reads where.
Error.stackTraceLimit = 0;
const [{ scheduleOf }, { simulate }, { failureOf }] = await Promise.all([
  import('./schedule.ts'),
  import('./simulate.ts'),
  import('./shrink.ts'),
]);
const [{ visitScheduleOf }, { simulateVisits }] = await Promise.all([
  import('./visits/visit-schedule.ts'),
  import('./visits/simulate-visits.ts'),
]);

const failure = {
  ring: async (seed: number) =>
    failureOf(seed, {
      option: '',
      scheduleOf,
      simulate,
      describe: ({ squares, hasHostile, skewsMs, mendedAtMs }) =>
        `${squares} squares, ${hasHostile ? 'a hostile one, ' : ''}skews ${skewsMs.join(' ')}, mended at ${mendedAtMs}`,
    }),
  visits: async (seed: number) =>
    failureOf(seed, {
      option: ' --visits',
      scheduleOf: visitScheduleOf,
      simulate: simulateVisits,
      describe: ({ squares, mendedAtMs }) => `${squares} squares, mended at ${mendedAtMs}`,
    }),
};

const run = async ({ kind, first, count }: Batch): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const text = await failure[kind](seed);
    if (text !== undefined) failures.push(text);
  }
  return failures;
};

port.on('message', (batch: Batch) => void run(batch).then((failures) => port.postMessage(failures)));
