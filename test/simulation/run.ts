/**
 * Schedules in bulk: `node test/simulation/run.ts --schedules 1000000 --seed 1 --workers 2`. Prints what failed, shortened,
 * with its seed, and ends with 1 when anything did. With `--minutes` it ends by then, and says how far it came. With
 * `--visits` visitors walk over the hills.
 */
import { parseArgs } from 'node:util';
import { runSchedules } from './crew.ts';

/** Every so many schedules a line says how far it is. */
const PROGRESS = 10_000;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    visits: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
let failed = 0;
const say = (done: number): void => {
  const cpuMs = process.cpuUsage().user / 1e3;
  const each = (cpuMs / Math.max(1, done)).toFixed(1);
  console.log(`${done} schedules from seed ${first}, ${failed} failed, ${each} ms of CPU for each`);
};
let saidOf = 0;
const { done } = await runSchedules({
  kind: values.visits ? 'visits' : 'ring',
  first,
  count: Number(values.schedules),
  workers: Number(values.workers),
  ...(values.minutes === undefined ? {} : { untilMs: Date.now() + Number(values.minutes) * 60_000 }),
  onProgress(soFar, failures) {
    failed += failures.length;
    for (const failure of failures) console.log(failure);
    if (soFar - saidOf < PROGRESS) return;
    saidOf = soFar;
    say(soFar);
  },
});
say(done);
process.exitCode = failed === 0 ? 0 : 1;
