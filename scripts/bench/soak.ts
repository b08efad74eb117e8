import { setTimeout as sleep } from 'node:timers/promises';
import { BENCH_ORIGIN, startBenchSquare } from './bench-square.ts';
import { rounded } from './figures.ts';
import { malformedFrames, numbersFrom } from './malformed.ts';
import { targetOf, type BenchOptions } from './options.ts';
import { readProcesses, type ProcessFigures } from './process-figures.ts';
import { slopeOf, type Sample } from './slope.ts';
import { keepComing, type SoakCounts } from './soak-visitor.ts';
import { watchSquare } from './square-watch.ts';
import { placeWitness, type Witness } from './witness.ts';

const SAMPLE_EVERY_MS = 2_000;

/** Share of the time in which memory may still grow into its size: not part of the slope. */
const WARM_UP_SHARE = 0.3;

/** The witness takes a step so often, so as not to be sent away for idleness. */
const WITNESS_STEP_MS = 5_000;

/** After the last visitor: the grace of 1.5 s, and for the square to let go of what it held. */
const LET_GO_MS = 5_000;

/** What a square opens once and keeps: how many descriptors more than at first are none that leak. */
const DESCRIPTORS_SPARE = 2;

/**
 * A square of its own, visitors that come and go in every manner for so many minutes, and a witness in each scene. Faults
 * are told on stderr, and make the process end with 1.
 */
export async function soak(options: BenchOptions): Promise<Readonly<Record<string, number>>> {
  const square = await startBenchSquare(options.scenes, { SHARDS: String(options.shards) });
  const faults: string[] = [];
  const endWatch = watchSquare(square, (words) => faults.push(words));
  const stop = new AbortController();
  void square.exited.then(() => stop.abort());
  const witnesses: Witness[] = [];
  try {
    for (let scene = 0; scene < options.scenes; scene += 1) {
      witnesses.push(await placeWitness(targetOf(`${square.socket}?siteKey=bench_${scene}`, BENCH_ORIGIN)));
    }
    await sleep(SAMPLE_EVERY_MS);
    const before = readProcesses(square.pid);
    const { counts, samples, seconds } = await receive(witnesses, square.pid, options, stop);
    const after = stop.signal.reason === ENOUGH ? readProcesses(square.pid) : undefined;
    endWatch();
    const figures = account(witnesses, counts, before, after, faults);
    for (const words of faults) process.stderr.write(`fault: ${words}\n`);
    if (faults.length > 0) process.exitCode = 1;
    const slope = slopeOf(samples);
    return {
      minutes: rounded(seconds / 60),
      ...figures,
      ...(slope && { memoryMbPerHour: rounded(slope.slope), memoryErrorMbPerHour: rounded(slope.error) }),
      ...(after && { cpuShare: rounded((after.cpuSeconds - before.cpuSeconds) / seconds) }),
    };
  } finally {
    endWatch();
    stop.abort();
    for (const { client } of witnesses) client.cut();
    await square.stop();
  }
}

/** Why a soak stopped when nothing went wrong. */
const ENOUGH = 'time is up';

interface Received {
  readonly counts: SoakCounts;
  /** Megabytes by hours, the warm-up left out. */
  readonly samples: readonly Sample[];
  readonly seconds: number;
}

/** Visitors come and go until the time is up, or the square has ended. Resolves when the last has left. */
async function receive(
  witnesses: readonly Witness[],
  pid: number,
  { minutes, walkers }: BenchOptions,
  stop: AbortController,
): Promise<Received> {
  const counts: SoakCounts = {
    visits: 0,
    returns: 0,
    resets: 0,
    malformedFrames: 0,
    closedForFrames: 0,
    refused: 0,
    thrownOut: 0,
  };
  const { signal } = stop;
  const samples: Sample[] = [];
  const startedAt = performance.now();
  const lengthMs = minutes * 60_000;
  const sampling = setInterval(() => {
    const now = performance.now();
    for (const { ledger } of witnesses) ledger.settle(now);
    if (now - startedAt < lengthMs * WARM_UP_SHARE || signal.aborted) return;
    samples.push({ x: (now - startedAt) / 3_600_000, y: readProcesses(pid).residentBytes / 1e6 });
  }, SAMPLE_EVERY_MS);
  const stepping = setInterval(() => {
    for (const { client } of witnesses) client.send({ type: 'move', x: 0.5 + Math.random() / 10 });
  }, WITNESS_STEP_MS);
  const timer = setTimeout(() => stop.abort(ENOUGH), lengthMs);
  const malformed = malformedFrames(1);
  const visits = witnesses.flatMap((witness, scene) =>
    Array.from({ length: walkers }, (_, nth) =>
      keepComing(
        { witness, random: numbersFrom(1 + scene * walkers + nth), malformed, counts, signal },
        `soak-${scene}-${nth}`,
      ),
    ),
  );
  try {
    await Promise.all(visits);
    await sleep(LET_GO_MS);
  } finally {
    clearTimeout(timer);
    clearInterval(sampling);
    clearInterval(stepping);
  }
  return { counts, samples, seconds: (performance.now() - startedAt) / 1_000 };
}

/** Closes the books. Adds to `faults` what is wrong in them. */
function account(
  witnesses: readonly Witness[],
  counts: SoakCounts,
  before: ProcessFigures,
  after: ProcessFigures | undefined,
  faults: string[],
): Readonly<Record<string, number>> {
  const sum = (figure: (witness: Witness) => number): number =>
    witnesses.reduce((total, witness) => total + figure(witness), 0);
  const ghosts = sum(({ ledger }) => ledger.close().length);
  const joins = sum(({ ledger }) => ledger.joins);
  const descriptorsGrown = after && after.descriptors - before.descriptors;
  if (witnesses.some(({ client }) => client.ended !== undefined)) faults.push('a witness was thrown out');
  if (descriptorsGrown !== undefined && descriptorsGrown > DESCRIPTORS_SPARE) {
    faults.push(`${descriptorsGrown} descriptors more than before`);
  }
  if (counts.refused > 0) faults.push(`${counts.refused} visitors were refused`);
  if (joins === 0) faults.push('nobody came');
  faults.push(...witnesses.flatMap(({ ledger }, scene) => ledger.faults.map((words) => `bench_${scene}: ${words}`)));
  return {
    ...counts,
    joins,
    leaves: sum(({ ledger }) => ledger.leaves),
    lines: sum(({ ledger }) => ledger.lines),
    sitters: sum(({ sitters }) => sitters),
    ghosts,
    witnessFaults: sum(({ ledger }) => ledger.faultCount),
    faults: faults.length,
    ...(descriptorsGrown !== undefined && { descriptorsGrown }),
    residentMbBefore: rounded(before.residentBytes / 1e6),
    ...(after && { residentMbAfter: rounded(after.residentBytes / 1e6) }),
  };
}
