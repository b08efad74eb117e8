/** One worker of the crew: answers each batch of seeds with the failures in it, shortened and explained. */
import { parentPort } from 'node:worker_threads';
import type { Batch } from './crew.ts';
import { rememberPureAnswers } from './remember.ts';

if (parentPort === null) throw new Error('a member of the crew runs as its worker');
const port = parentPort;
rememberPureAnswers();
// Thousands of dials fail in every batch, and nobody reads where.
Error.stackTraceLimit = 0;
const [{ scheduleOf }, { explain }, { simulate }] = await Promise.all([
  import('./schedule.ts'),
  import('./shrink.ts'),
  import('./simulate.ts'),
]);

const run = async ({ first, count }: Batch): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const schedule = scheduleOf(seed);
    const violation = await simulate(schedule);
    if (violation !== undefined) failures.push(await explain(schedule, violation));
  }
  return failures;
};

port.on('message', (batch: Batch) => void run(batch).then((failures) => port.postMessage(failures)));
