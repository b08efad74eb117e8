import { setTimeout as sleep } from 'node:timers/promises';
import type { SquareProcess } from './square-process.ts';

const LOOK_MS = 50;

/** Resolves when a square hears its neighbours at so many gates. @throws with its last lines when `signal` aborts first */
export async function gatesLive(square: SquareProcess, count: number, signal: AbortSignal): Promise<void> {
  while ((await liveGates(square)) < count) {
    if (signal.aborted) throw new Error(`a square does not hear its neighbours in time:\n${square.lines().join('\n')}`);
    await sleep(LOOK_MS);
  }
}

async function liveGates({ url }: SquareProcess): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  return Number(/^square_ring_live_gates (\d+)/m.exec(await answer.text())?.[1] ?? 0);
}
