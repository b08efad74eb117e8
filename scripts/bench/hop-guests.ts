import { setTimeout as sleep } from 'node:timers/promises';
import { Crowd } from './crowd.ts';
import { rounded } from './figures.ts';
import { HopVisitor } from './hop-visitor.ts';
import type { Neighbours } from './hop-views.ts';
import { targetOf } from './options.ts';
import { readProcesses } from './process-figures.ts';
import { linkBytes, ringCpu, type BenchMember } from './ring-members.ts';

export interface GuestOptions {
  readonly guests: readonly number[];
  readonly seconds: number;
}

/** People of the host who walk among the guests, and how often. */
const WALKERS = 10;
const HZ = 5;

/** A square lets so many guests of another one in: five a second (docs/protocol.md). */
const ADMISSION_GAP_MS = 210;
const TRIES_MAX = 60;
const SETTLE_MS = 4_000;

/** Guests of one home square stand on the host's street and hear ten people walk there. */
export async function measureGuests(
  { home, host, members }: Neighbours,
  { guests: sizes, seconds }: GuestOptions,
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const visitors: HopVisitor[] = [];
  const walkers = await Crowd.join([targetOf(host.process.socket, undefined, 'townring.1')], WALKERS, 1_000);
  await walkers.walk(HZ, SETTLE_MS / 1_000);
  for (const size of [0, ...sizes]) {
    while (visitors.length < size) {
      const visitor = await HopVisitor.enter(home, 10_000 + visitors.length);
      visitors.push(visitor);
      await Promise.all([goOver(visitor), sleep(ADMISSION_GAP_MS)]);
    }
    await sleep(SETTLE_MS);
    const read = () => ({
      host: readProcesses(host.process.pid).cpuSeconds,
      hostRing: ringCpu(host).cpuSeconds,
      home: readProcesses(home.process.pid).cpuSeconds,
      homeRing: ringCpu(home).cpuSeconds,
      linked: linkBytes(members),
      heard: visitors.reduce((sum, { client }) => sum + client.received, 0),
    });
    const before = read();
    const { seconds: took, sent } = await walkers.walk(HZ, seconds);
    const after = read();
    const perSecond = (name: keyof typeof before): number => rounded((after[name] - before[name]) / took);
    Object.assign(figures, {
      [`guests${size}HostCpuShare`]: perSecond('host'),
      [`guests${size}HostRingCpuShare`]: perSecond('hostRing'),
      [`guests${size}HomeCpuShare`]: perSecond('home'),
      [`guests${size}HomeRingCpuShare`]: perSecond('homeRing'),
      [`guests${size}LinkBytesPerSecond`]: perSecond('linked'),
      [`guests${size}StepsPerSecond`]: rounded(sent / took),
      [`guests${size}HeardPerSecond`]: perSecond('heard'),
      [`guests${size}There`]: (await visitorsAt(host)) - WALKERS,
    });
  }
  for (const visitor of visitors) visitor.leave();
  await walkers.leave();
  return figures;
}

/** Asks again while the link has enough to do with those who came before. @throws when that does not end */
async function goOver(visitor: HopVisitor): Promise<void> {
  let took: number | string = '';
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    took = await visitor.hop('right');
    if (typeof took === 'number') return;
  }
  throw new Error(`a guest was refused: ${took}`);
}

async function visitorsAt({ process: { url } }: BenchMember): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  return Number(/^square_visitors (\d+)/m.exec(await answer.text())?.[1] ?? Number.NaN);
}
