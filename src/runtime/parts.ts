import type { Log } from '../log/log.ts';

/** One thing that was started and has to be stopped. */
export interface Part {
  readonly name: string;
  stop(signal: AbortSignal): void | Promise<void>;
}

/** Stops parts in the reverse of the order in which they started; one that fails does not keep the others running. */
export async function stopAll(started: readonly Part[], log: Log, signal: AbortSignal): Promise<void> {
  for (const part of [...started].reverse()) {
    try {
      await part.stop(signal);
    } catch (err) {
      log.error({ err, part: part.name }, 'a part did not stop cleanly');
    }
  }
}
