/** A disk that is really full, for one folder, while the processes that write to it run. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export interface SmallDisk {
  /** `tmpfs`: a file system of its own, full to the last byte. `limit`: a process that may not write a byte to any file. */
  readonly kind: 'tmpfs' | 'limit';
  /** Its folder `name` is the small one; beside it there is room. */
  readonly parent: string;
  /** From now on nothing can be written. @param pid of a process that writes there; its children are held back too */
  fill(pid: number): void;
  free(pid: number): void;
}

const SIZE = '8m';

/**
 * Makes a folder with a small file system in it. Where the test may not mount, processes are held back by RLIMIT_FSIZE
 * instead: their writes fail with EFBIG.
 */
export function smallDisk(t: TestContext, name: string): SmallDisk {
  const parent = mkdtempSync(join(tmpdir(), 'townring-test-'));
  const folder = join(parent, name);
  mkdirSync(folder, { mode: 0o700 });
  const isMounted = run('mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'tmpfs', folder) === 0;
  t.after(() => {
    // Lazily: whoever writes there may still be at it.
    if (isMounted) run('umount', '-l', folder);
    rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
  });
  return { parent, ...(isMounted ? fillable(join(folder, 'filler')) : limited()) };
}

function fillable(filler: string): Omit<SmallDisk, 'parent'> {
  return {
    kind: 'tmpfs',
    fill() {
      const file = openSync(filler, 'a');
      // The last byte is only taken by pieces that get smaller.
      for (let size = 65_536; size >= 1; size /= 16) fillWith(file, Buffer.alloc(size));
      closeSync(file);
    },
    free: () => truncateSync(filler, 0),
  };
}

function fillWith(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && err.code === 'ENOSPC')) throw err;
  }
}

function limited(): Omit<SmallDisk, 'parent'> {
  const set = (pid: number, bytes: string): void => {
    for (const each of [pid, ...childrenOf(pid)]) {
      if (run('prlimit', '--pid', String(each), `--fsize=${bytes}:`) !== 0)
        throw new Error('prlimit does not work here');
    }
  };
  return { kind: 'limit', fill: (pid) => set(pid, '1'), free: (pid) => set(pid, 'unlimited') };
}

function childrenOf(pid: number): readonly number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function run(command: string, ...args: string[]): number | null {
  return spawnSync(command, args, { stdio: 'ignore' }).status;
}
