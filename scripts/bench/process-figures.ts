import { readdirSync, readFileSync } from 'node:fs';

/** Kernel clock ticks in a second, as /proc counts CPU time on every Linux we run on. */
const TICKS_PER_SECOND = 100;

export interface ProcessFigures {
  /** User and system time used so far, in seconds. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly descriptors: number;
}

/** Reads what a process and all its descendants use, from /proc. @throws Error when there is no such process */
export function readProcesses(root: number): ProcessFigures {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const fields = statFields(pid);
    if (fields !== undefined) parents.set(pid, Number(fields[1]));
  }
  if (!parents.has(root)) throw new Error(`there is no process ${root}`);
  let sum: ProcessFigures = { cpuSeconds: 0, residentBytes: 0, descriptors: 0 };
  for (const pid of parents.keys()) {
    if (!isWithin(pid, root, parents)) continue;
    const one = readProcess(pid);
    sum = {
      cpuSeconds: sum.cpuSeconds + one.cpuSeconds,
      residentBytes: sum.residentBytes + one.residentBytes,
      descriptors: sum.descriptors + one.descriptors,
    };
  }
  return sum;
}

function isWithin(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = parents.get(at)) if (at === root) return true;
  return false;
}

function readProcess(pid: number): ProcessFigures {
  const fields = statFields(pid) ?? [];
  const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  const residentKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    residentBytes: residentKb * 1_024,
    descriptors: attempt(() => readdirSync(`/proc/${pid}/fd`).length) ?? 0,
  };
}

/** The fields of /proc/PID/stat from the third on, since the second may hold blanks. */
function statFields(pid: number): string[] | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** A process may end between listing and reading. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
