import { readFileSync } from 'node:fs';

/** Kernel clock ticks in a second, as /proc counts CPU time on every Linux we run on. */
const TICKS_PER_SECOND = 100;

export interface ProcessTime {
  /** CPU seconds used, user and system. */
  readonly cpuSeconds: number;
  /** By a signal: it computes nothing until another lets it go on. */
  readonly isStopped: boolean;
}

/** What the kernel says of a process; undefined where it does not say, or when the process has ended. */
export function processTime(pid: number): ProcessTime | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; behind it come the state, ten numbers, and then the two of CPU time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    return Number.isFinite(cpuSeconds) ? { cpuSeconds, isStopped: fields[0] === 'T' || fields[0] === 't' } : undefined;
  } catch {
    return undefined;
  }
}
