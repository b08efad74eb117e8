import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

/** How long a square may take from spawn to ready, on a loaded machine. */
const READY_WITHIN_MS = 30_000;

/** Log lines kept of each square, for the message of a failure. */
const LINES_KEPT = 40;

export interface SquareProcess {
  readonly pid: number;
  /** Web origin, like http://127.0.0.1:8787 */
  readonly url: string;
  /** WebSocket URL of the shared scene, complete. */
  readonly socket: string;
  /** The square's latest log lines, oldest first. */
  lines(): readonly string[];
  /** Resolves with exit code or signal name when the process has ended. */
  readonly exited: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after 6 s. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts one square as a process of its own and waits until it serves. The child ends when its parent does: it watches its
 * standard input.
 * @param env settings by their environment names; nothing else of ours is handed down
 * @param within a command that becomes the square's process, such as `ip netns exec NAME`
 * @throws Error with the square's last lines when it does not get ready
 */
export async function startSquareProcess(
  env: Readonly<Record<string, string>>,
  within: readonly string[] = [],
): Promise<SquareProcess> {
  const main = join(import.meta.dirname, '../src/main.ts');
  const [command, ...words] = [...within, process.execPath, main];
  const child = spawn(command, words, {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', END_WITH_STDIN: '1', ...env },
    cwd: env['DATA_DIR'],
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = exitOf(child);
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
  };
  createInterface({ input: child.stderr }).on('line', keep);
  const ready = new Promise<{ url: string; socket: string }>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line);
      const entry = readyLine(line);
      if (entry !== undefined) resolve(entry);
    });
  });
  const deadline = AbortSignal.timeout(READY_WITHIN_MS);
  const late = once(deadline, 'abort').then(() => 'no answer in time');
  const outcome = await Promise.race([ready, exited, late]);
  if (typeof outcome !== 'object' || child.pid === undefined) {
    child.kill('SIGKILL');
    const why = typeof outcome === 'object' ? 'no process' : String(outcome);
    throw new Error(`the square did not start (${why}):\n${lines.join('\n')}`);
  }
  return {
    pid: child.pid,
    url: outcome.url,
    socket: outcome.socket,
    lines: () => lines,
    exited,
    kill: (signal) => void child.kill(signal),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 6_000);
      await exited;
      clearTimeout(killer);
    },
  };
}

function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once('error', (err) => resolve(err.message));
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}

function readyLine(line: string): { url: string; socket: string } | undefined {
  if (!line.includes('"square ready"')) return undefined;
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null || !('url' in entry) || !('socket' in entry)) return undefined;
  return { url: String(entry.url), socket: String(entry.socket) };
}
