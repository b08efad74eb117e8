/** Schedules in bulk: worker threads that take batches of seeds, with remembered answers (remember.ts). */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Seeds that a worker takes at a time: a second or so. */
const BATCH = 50;

/** What befalls the ring, or visitors on their way through it (visits/). */
export type SimulationKind = 'ring' | 'visits';

/** What a worker is asked to run. */
export interface Batch {
  readonly kind: SimulationKind;
  readonly first: number;
  readonly count: number;
}

export interface CrewOptions {
  readonly kind: SimulationKind;
  readonly first: number;
  readonly count: number;
  readonly workers: number;
  /** No batch begins after this moment of the wall clock, ms. Default: none is too late. */
  readonly untilMs?: number;
  /** After every batch. @param done schedules run so far */
  onProgress?(done: number, failures: readonly string[]): void;
}

/** @returns how many schedules were run, and what failed */
export async function runSchedules(options: CrewOptions): Promise<{ done: number; failures: readonly string[] }> {
  const { kind, first, count, untilMs = Number.POSITIVE_INFINITY } = options;
  const failures: string[] = [];
  let next = first;
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('crew-member.ts', import.meta.url));
    try {
      while (next < first + count && Date.now() < untilMs) {
        const batch: Batch = { kind, first: next, count: Math.min(BATCH, first + count - next) };
        next += batch.count;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
        worker.postMessage(batch);
        const said: unknown[] = await once(worker, 'message');
        const failed = said.flat().filter((text) => typeof text === 'string');
        done += batch.count;
        failures.push(...failed);
        options.onProgress?.(done, failed);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  return { done, failures };
}
