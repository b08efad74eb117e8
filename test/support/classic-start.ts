/** Starts a square as the classic project's own tests start a server: `server.js` by any Node, told by environment only. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePorts } from '../../scripts/free-ports.ts';
import { tempDir } from './temp-dir.ts';

/** `/healthz` has to answer by then (wire protocol section 15); the machine may be loaded. */
const HEALTHY_WITHIN_MS = 20_000;

export interface ClassicStart {
  readonly url: string;
  readonly dataDir: string;
  /** From spawn to the first answer of `/healthz`, in ms. */
  readonly healthyAfterMs: number;
  /** Sends SIGTERM and waits for the end. @returns the exit code, or the signal */
  end(): Promise<number | string>;
  /** Ends the process that was started so that it cannot say goodbye. */
  kill(): void;
}

/** The two lines that docs/move-from-townsquare.md gives, but for the folder. */
const SHIM = `import(${JSON.stringify(join(import.meta.dirname, '../../scripts/server.mjs'))});\n`;

/** @param node path of the Node that runs `server.js` */
export async function startClassically(
  context: TestContext,
  env: Readonly<Record<string, string>>,
  node = process.execPath,
): Promise<ClassicStart> {
  const checkout = tempDir(context);
  const dataDir = env['DATA_DIR'] ?? tempDir(context);
  writeFileSync(join(checkout, 'server.js'), SHIM);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = spawn(node, ['server.js'], {
    cwd: checkout,
    env: {
      PATH: '/usr/bin:/bin',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: dataDir,
      ALLOWED_ORIGINS: url,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (said = `${said}${chunk}`.slice(-4_000)));
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  context.after(() => child.kill('SIGKILL'));
  const deadline = begun + HEALTHY_WITHIN_MS;
  while (!(await isHealthy(url))) {
    if (performance.now() > deadline || child.exitCode !== null) throw new Error(`the square is not there:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    url,
    dataDir,
    healthyAfterMs: performance.now() - begun,
    async end() {
      child.kill('SIGTERM');
      return exited;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}
