/**
 * A ring of three of which one member floods: how late people in a scene of another see each other walk, with the flood and
 * without it by turns, so that whatever else the machine does falls on both.
 */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSquareKey } from '../../federation/node/identity.ts';
import type { FloodSetup } from '../../test/support/flooding-member.ts';
import { Crowd } from './crowd.ts';
import { rounded, Times } from './figures.ts';
import { targetOf } from './options.ts';
import { ringCpu, startMembers, type BenchMember } from './ring-members.ts';

export interface FloodBenchOptions {
  readonly rounds: number;
  /** How long calm and flood take each, in each round. */
  readonly seconds: number;
  readonly walkers: number;
  readonly hz: number;
}

const FLOODER = join(import.meta.dirname, '../../test/support/flooding-member.ts');
/** For those who noticed that the member which floods had stopped. */
const SETTLE_MS = 3_000;

/** The flooder is a machine of its own in the world: here it has what nobody else wants of this one. */
const LOW_PRIORITY = 10;

/** One kind of turn, over all rounds. */
interface Turns {
  readonly latencies: Times;
  ringCpuSeconds: number;
  seconds: number;
}

export async function benchFlood(options: FloodBenchOptions): Promise<Readonly<Record<string, number>>> {
  const { rounds, seconds, walkers, hz } = options;
  const { ringId, members, stop } = await startMembers(3);
  const [flooding, victim] = members;
  if (flooding === undefined || victim === undefined) throw new Error('no ring');
  await flooding.process.stop();
  const setup: FloodSetup = {
    keyFile: join(flooding.dataDir, 'square.key'),
    ringId,
    site: flooding.id,
    victims: [{ square: (await loadSquareKey(join(victim.dataDir, 'square.key'))).square, port: victim.tcp }],
  };
  const flooder = spawn(process.execPath, [FLOODER, JSON.stringify(setup)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = { messages: 0, dials: 0 };
  createInterface({ input: flooder.stdout }).on('line', (line) => Object.assign(said, JSON.parse(line)));
  const calm: Turns = { latencies: new Times(), ringCpuSeconds: 0, seconds: 0 };
  const flood: Turns = { latencies: new Times(), ringCpuSeconds: 0, seconds: 0 };
  try {
    flooder.kill('SIGSTOP');
    if (flooder.pid !== undefined) setPriority(flooder.pid, LOW_PRIORITY);
    await sleep(SETTLE_MS);
    const crowd = await Crowd.join([targetOf(victim.process.socket, undefined)], walkers);
    await crowd.walk(hz, 2);
    for (let round = 0; round < rounds; round += 1) {
      for (const [turns, signal] of [
        [calm, 'SIGSTOP'],
        [flood, 'SIGCONT'],
      ] as const) {
        flooder.kill(signal);
        await walkFor(turns, crowd, victim, hz, seconds);
      }
    }
    flooder.kill('SIGCONT');
    await crowd.leave();
  } finally {
    flooder.kill('SIGKILL');
    await stop();
  }
  return {
    ...figuresOf('calm', calm),
    ...figuresOf('flood', flood),
    floodMessages: said.messages,
    floodDials: said.dials,
  };
}

async function walkFor(turns: Turns, crowd: Crowd, victim: BenchMember, hz: number, seconds: number): Promise<void> {
  const before = ringCpu(victim);
  const walked = await crowd.walk(hz, seconds);
  const after = ringCpu(victim);
  for (const ms of walked.latencies.all()) turns.latencies.add(ms);
  if (before.pid !== after.pid) throw new Error('the ring process was replaced');
  turns.ringCpuSeconds += after.cpuSeconds - before.cpuSeconds;
  turns.seconds += walked.seconds;
}

function figuresOf(name: string, { latencies, ringCpuSeconds, seconds }: Turns): Readonly<Record<string, number>> {
  return {
    [`${name}Steps`]: latencies.count,
    [`${name}P50Ms`]: rounded(latencies.quantile(0.5) ?? 0),
    [`${name}P99Ms`]: rounded(latencies.quantile(0.99) ?? 0),
    [`${name}MaxMs`]: rounded(latencies.quantile(1) ?? 0),
    [`${name}RingCpuShare`]: rounded(ringCpuSeconds / seconds),
  };
}
