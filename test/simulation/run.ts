/**
 * Schedules in bulk: `node test/simulation/run.ts --schedules 1000000 --seed 1`. Prints what failed, shortened, with its seed,
 * and ends with 1 when anything did.
 */
import { parseArgs } from 'node:util';
import { scheduleOf } from './schedule.ts';
import { explain } from './shrink.ts';
import { simulate } from './simulate.ts';

/** Every so many schedules a line says how far it is. */
const PROGRESS = 10_000;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const [schedules, first] = [Number(values.schedules), Number(values.seed)];
let failures = 0;
const said = (done: number): string => {
  const seconds = Math.round(process.cpuUsage().user / 1e6);
  return `${done} schedules from seed ${first}, ${failures} failed, ${seconds} CPU-seconds`;
};
for (let done = 0; done < schedules; done += 1) {
  const schedule = scheduleOf(first + done);
  const violation = await simulate(schedule);
  if (violation !== undefined) {
    failures += 1;
    console.log(await explain(schedule, violation));
  }
  if ((done + 1) % PROGRESS === 0) console.log(said(done + 1));
}
console.log(said(schedules));
process.exitCode = failures === 0 ? 0 : 1;
