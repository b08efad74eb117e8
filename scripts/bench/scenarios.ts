import { setTimeout as sleep } from 'node:timers/promises';
import { BenchClient, type Target } from './bench-client.ts';
import { messageFrame } from './client-frames.ts';
import { Crowd, initOf, type WalkFigures } from './crowd.ts';
import { rounded, Times } from './figures.ts';
import { malformedFrames } from './malformed.ts';
import type { BenchOptions, Scenario, Server } from './options.ts';
import { soak } from './soak.ts';
import { readProcesses, type ProcessFigures } from './process-figures.ts';

/** What one run found; names carry their units. */
export type Figures = Readonly<Record<string, number>>;

/** Walking before measuring, so that code is compiled and buffers have grown. */
const WARM_UP_SECONDS = 2;

/** After everybody has left, for the server to let go. */
const LET_GO_MS = 3_000;

/** Neither is longer than what is measured. */
const warmUpSeconds = (seconds: number): number => Math.min(WARM_UP_SECONDS, seconds);
const letGoMs = (seconds: number): number => Math.min(LET_GO_MS, seconds * 1_000);

const HOSTILE_SOCKETS = 20;

/** In which visits are confirmed and the first birds come: what idling costs for good is seen after it. */
const FIRST_MINUTE_SECONDS = 60;

type Run = (server: Server, options: BenchOptions) => Promise<Figures>;

/** Every scenario drives any TownSquare server by its URLs. */
export const RUNS: Readonly<Record<Scenario, Run>> = {
  'fan-out': (server, options) => walkIn({ ...server, targets: server.targets.slice(0, 1) }, options),
  scenes: walkIn,
  idle,
  'join-storm': (server, options) => join(server, options, undefined),
  churn: (server, options) => join(server, options, options.holdMs),
  malformed: (server, options) => beside(server, options, hostileFrames),
  'hostile-scene': besideScene,
  soak: (_, options) => soak(options),
};

async function walkIn(server: Server, { walkers, hz, seconds }: BenchOptions): Promise<Figures> {
  const crowd = await Crowd.join(server.targets, walkers);
  try {
    await crowd.walk(hz, warmUpSeconds(seconds));
    return await measured(server, () => crowd.walk(hz, seconds));
  } finally {
    await crowd.leave();
  }
}

async function idle(server: Server, { walkers, seconds }: BenchOptions): Promise<Figures> {
  const before = processOf(server);
  const crowd = await Crowd.join(server.targets, walkers);
  try {
    await sleep(letGoMs(seconds));
    const settled = processOf(server);
    await sleep(Math.min(seconds, FIRST_MINUTE_SECONDS) * 1_000);
    const later = processOf(server);
    await sleep(Math.max(0, seconds - FIRST_MINUTE_SECONDS) * 1_000);
    const after = processOf(server);
    const visitors = crowd.clients.filter(({ ended }) => ended === undefined).length;
    return {
      visitors,
      ...(before &&
        settled &&
        after && {
          bytesPerVisitor: Math.round((after.residentBytes - before.residentBytes) / visitors),
          joinCpuMs: rounded(((settled.cpuSeconds - before.cpuSeconds) * 1_000) / visitors),
          idleCpuShare: rounded((after.cpuSeconds - settled.cpuSeconds) / seconds),
          ...(later &&
            seconds > FIRST_MINUTE_SECONDS && {
              laterCpuShare: rounded((after.cpuSeconds - later.cpuSeconds) / (seconds - FIRST_MINUTE_SECONDS)),
            }),
          residentMb: rounded(after.residentBytes / 1e6),
        }),
    };
  } finally {
    await crowd.leave();
  }
}

/** Visitors come at a steady rate; with `holdMs` each leaves again after that time. */
async function join(server: Server, { rate, seconds, walkers }: BenchOptions, holdMs?: number): Promise<Figures> {
  const times = new Times();
  const staying = new Set<BenchClient>();
  let refused = 0;
  const before = processOf(server);
  const joins = holdMs === undefined ? Math.min(rate * seconds, walkers * server.targets.length) : rate * seconds;
  const visit = async (index: number, target: Target): Promise<void> => {
    const startedAt = performance.now();
    let client: BenchClient | undefined;
    try {
      client = await BenchClient.open(target);
      staying.add(client);
      if ((await client.join(initOf(index, target))) === undefined) refused += 1;
      else times.add(performance.now() - startedAt);
      if (holdMs === undefined) return;
      await sleep(holdMs);
      client.leave();
      staying.delete(client);
    } catch {
      refused += 1;
    }
  };
  const visits: Promise<void>[] = [];
  const startedAt = performance.now();
  while (visits.length < joins) {
    const due = Math.min(joins, Math.floor(((performance.now() - startedAt) / 1_000) * rate));
    while (visits.length < due) {
      const target = server.targets[visits.length % server.targets.length];
      if (target !== undefined) visits.push(visit(visits.length, target));
    }
    await sleep(4);
  }
  await Promise.all(visits);
  const elapsedSeconds = (performance.now() - startedAt) / 1_000;
  const busy = processOf(server);
  for (const client of staying) client.leave();
  await sleep(letGoMs(seconds));
  for (const client of staying) client.cut();
  const after = processOf(server);
  return {
    joins,
    refused,
    joinsPerSecond: rounded(times.count / elapsedSeconds),
    p50Ms: rounded(times.quantile(0.5) ?? 0),
    p99Ms: rounded(times.quantile(0.99) ?? 0),
    ...(before &&
      busy &&
      after && {
        joinCpuMs: rounded(((busy.cpuSeconds - before.cpuSeconds) * 1_000) / joins),
        residentGrownMb: rounded((after.residentBytes - before.residentBytes) / 1e6),
        descriptorsGrown: after.descriptors - before.descriptors,
      }),
  };
}

type Hostility = (server: Server, options: BenchOptions, signal: AbortSignal) => Promise<number>;

/** A walking crowd with hostile sockets in the same scene. */
async function beside(server: Server, options: BenchOptions, hostility: Hostility): Promise<Figures> {
  const { walkers, hz, seconds } = options;
  const crowd = await Crowd.join(server.targets.slice(0, 1), walkers);
  const stop = new AbortController();
  try {
    await crowd.walk(hz, warmUpSeconds(seconds));
    const hostile = hostility(server, options, stop.signal);
    const figures = await measured(server, () => crowd.walk(hz, seconds));
    stop.abort();
    const hostileSent = await hostile;
    // Whoever is connected must also be heard: one more second of steps tells.
    const { stale, skippedShare } = await crowd.walk(hz, 1);
    return { ...figures, hostileSent, staleAfter: stale, skippedShareAfter: rounded(skippedShare) };
  } finally {
    stop.abort();
    await crowd.leave();
  }
}

/** A flooded scene (the first URL) and a quiet one (the second), which is measured. */
async function besideScene(server: Server, options: BenchOptions): Promise<Figures> {
  const [hostile, quiet] = server.targets;
  if (hostile === undefined || quiet === undefined) throw new Error('hostile-scene wants two scenes');
  const flood = await Crowd.join([hostile], HOSTILE_SOCKETS, 100_000);
  try {
    return await beside({ ...server, targets: [quiet] }, options, (_, { rate }, signal) =>
      floodBy(flood.clients, rate, signal),
    );
  } finally {
    await flood.leave();
  }
}

/** Legal messages of every type, far too many. */
const FLOOD = [
  { type: 'typing', typing: true },
  { type: 'profile', displayName: 'a', color: '#c8641f' },
  { type: 'reading', readingUrl: 'http://127.0.0.1/a' },
  { type: 'typing', typing: false },
  { type: 'profile', displayName: 'b', color: '#3f7f63' },
  { type: 'say', text: 'flood' },
  { type: 'action', action: 'jump' },
  { type: 'reading', readingUrl: 'http://127.0.0.1/b' },
  { type: 'move', x: 0.5 },
].map((message) => messageFrame(message));

async function floodBy(clients: readonly BenchClient[], rate: number, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  let sent = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * rate);
    while (sent < due) {
      // Twenty sockets and nine messages share no factor: each socket sends each kind.
      const frame = FLOOD[sent % FLOOD.length];
      if (frame !== undefined) clients[sent % clients.length]?.write(frame);
      sent += 1;
    }
    await sleep(4);
  }
  return sent;
}

/** Twenty sockets that send what no widget would; whoever is closed for it comes again. */
async function hostileFrames({ targets }: Server, { rate }: BenchOptions, signal: AbortSignal): Promise<number> {
  const frames = malformedFrames(1);
  const target = targets[0];
  let sent = 0;
  const attack = async (index: number): Promise<void> => {
    if (target === undefined) return;
    while (!signal.aborted) {
      try {
        const client = await BenchClient.open(target);
        if (index % 2 === 0) client.send({ type: 'init', ...initOf(200_000 + index, target) });
        while (!signal.aborted && client.ended === undefined) {
          const frame = frames[(sent * 7 + index) % frames.length];
          if (frame !== undefined) client.write(frame);
          sent += 1;
          await sleep((1_000 * HOSTILE_SOCKETS) / rate);
        }
        client.cut();
      } catch {
        await sleep(50); // refused; the next one may not be
      }
    }
  };
  await Promise.all(Array.from({ length: HOSTILE_SOCKETS }, (_, index) => attack(index)));
  return sent;
}

async function measured(server: Server, walk: () => Promise<WalkFigures>): Promise<Figures> {
  const before = processOf(server);
  const own = process.cpuUsage();
  const walked = await walk();
  const after = processOf(server);
  const ownUsed = process.cpuUsage(own);
  const { sent, delivered, seconds, latencies, skippedShare, stale, disconnected, generatorLateMs } = walked;
  const perMillion = (cpuSeconds: number): number => rounded((cpuSeconds * 1e6) / Math.max(1, delivered));
  return {
    sent,
    delivered,
    deliveredPerSecond: Math.round(delivered / seconds),
    skippedShare: rounded(skippedShare),
    stale,
    disconnected,
    p50Ms: rounded(latencies.quantile(0.5) ?? 0),
    p99Ms: rounded(latencies.quantile(0.99) ?? 0),
    maxMs: rounded(latencies.quantile(1) ?? 0),
    ...(before &&
      after && {
        cpuPerMillion: perMillion(after.cpuSeconds - before.cpuSeconds),
        serverCpuShare: rounded((after.cpuSeconds - before.cpuSeconds) / seconds),
        residentMb: rounded(after.residentBytes / 1e6),
      }),
    generatorCpuPerMillion: perMillion((ownUsed.user + ownUsed.system) / 1e6),
    generatorLateMs: Math.round(generatorLateMs),
  };
}

function processOf({ pid }: Server): ProcessFigures | undefined {
  return pid === undefined ? undefined : readProcesses(pid);
}
