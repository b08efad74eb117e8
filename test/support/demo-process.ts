import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');

type DemoProcess = ChildProcessByStdio<null, Readable, Readable>;

interface DemoSquare {
  readonly name: string;
  readonly url: string;
  readonly socket: string;
  readonly site: string;
  readonly pid: number;
  /** Place of its neighbours. */
  readonly left: number;
  readonly right: number;
}

/** `npm run demo`, ended with the test. */
export function startDemo(context: TestContext, args: readonly string[]): DemoProcess {
  const demo = spawn(process.execPath, ['scripts/run.mjs', 'demo', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  context.after(async () => {
    if (demo.exitCode !== null || demo.signalCode !== null) return;
    demo.kill('SIGTERM');
    await once(demo, 'exit');
  });
  return demo;
}

/** Resolves when the ring stands; of a demo with `--json`. */
export async function readySquares(demo: DemoProcess): Promise<readonly DemoSquare[]> {
  const [line] = await once(createInterface({ input: demo.stdout }), 'line');
  const { ready, squares }: { ready: boolean; squares: DemoSquare[] } = JSON.parse(String(line));
  assert.equal(ready, true);
  return squares;
}
