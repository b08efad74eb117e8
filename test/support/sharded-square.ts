/** A square with its scenes in two processes, and the means to hurt it and to see what that did. */
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { startSquareProcess, type SquareProcess } from '../../scripts/square-process.ts';
import { shardOf } from '../../src/runtime/rendezvous.ts';
import { newSiteRecord } from '../../src/store/site-record.ts';
import { openStore } from '../../src/store/store.ts';
import { LiveClient } from './live-client.ts';
import { tempDir } from './temp-dir.ts';

export const SITE_ORIGIN = 'https://moss.example';
const SHARDS = 2;

/** Everything that could refuse a crowd from one address, off. */
const NO_LIMITS = {
  MAX_CONNECTIONS: '1000',
  MIN_HUMAN_SAY_MS: '0',
  IP_MAX_IDENTITIES: '0',
  IP_JOIN_LIMIT: '0',
  IP_STATE_EVENT_LIMIT: '0',
  IP_CHAT_EVENT_LIMIT: '0',
  WS_MESSAGES_PER_SECOND: '0',
};

export interface ShardedSquare {
  readonly process: SquareProcess;
  /** The shard of the shared scene, and the one of the hosted site. */
  readonly shared: number;
  readonly hosted: number;
  /** Process ids by shard, as the square last said. */
  pidOf(shard: number): number;
  /** A socket into the shared scene. */
  readonly enterShared: () => Promise<LiveClient>;
  /** A socket into the hosted site's scene, which lives in the other shard. */
  readonly enterHosted: () => Promise<LiveClient>;
  /** Open descriptors of the edge. */
  descriptors(): number;
  /** Value of a counter of the square; 0 when it is not there. */
  counted(part: string, event: string, reason: string): Promise<number>;
}

/** Starts it with the crash door open (src/shard/crash-door.ts). Stopped when the test ends. */
export async function startShardedSquare(
  context: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<ShardedSquare> {
  const dataDir = tempDir(context);
  const shared = shardOf('default', SHARDS);
  const key = Array.from({ length: 100 }, (_, index) => `site_chaos${index}`).find(
    (candidate) => shardOf(candidate, SHARDS) !== shared,
  );
  if (key === undefined) throw new Error('no key falls into the other shard');
  const store = openStore(dataDir);
  store.addSite({
    ...newSiteRecord({ key, name: 'Moss', origin: SITE_ORIGIN }, Date.now()),
    connectionLimit: 1_000,
    isBotProtected: false,
  });
  store.close();
  const pids = new Map<number, number>();
  const square = await startSquareProcess({
    DATA_DIR: dataDir,
    PORT: '0',
    SHARDS: String(SHARDS),
    NODE_ENV: 'test',
    TOWNRING_CRASH_DOOR: '1',
    ...NO_LIMITS,
    ...env,
  });
  context.after(() => square.stop());
  const look = (): void => {
    for (const line of square.lines()) {
      if (!line.includes('"shard ready"')) continue;
      const { shard, pid }: { shard: number; pid: number } = JSON.parse(line);
      pids.set(shard, pid);
    }
  };
  look();
  return {
    process: square,
    shared,
    hosted: 1 - shared,
    pidOf(shard) {
      look();
      return pids.get(shard) ?? 0;
    },
    enterShared: () => LiveClient.connect(square.socket),
    enterHosted: () => LiveClient.connect(`${square.socket}?siteKey=${key}`, { origin: SITE_ORIGIN }),
    descriptors: () => readdirSync(`/proc/${square.pid}/fd`).length,
    async counted(part, event, reason) {
      const text = await (await fetch(`${square.url}/metrics`)).text();
      const head = `square_events_total{part="${part}",event="${event}",reason="${reason}"} `;
      const line = text.split('\n').find((each) => each.startsWith(head));
      return Number(line?.slice(head.length) ?? 0);
    },
  };
}

/** Whether a process is there and not a zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Looks every 20 ms. @throws Error after `withinMs`, which is far beyond what a busy machine takes unless given */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  withinMs = 45_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Comes back as the widget does: again after 250 ms until somebody answers. */
export async function comeBack(enter: () => Promise<LiveClient>, withinMs = 10_000): Promise<LiveClient> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await enter();
    } catch (err) {
      if (performance.now() > deadline) throw err;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

export type UpgradeOutcome = 'taken' | 'refused' | 'reset' | 'hung';

/** One raw upgrade, as bytes: what became of it, and the socket. */
export function rawUpgrade(
  square: SquareProcess,
  withinMs: number,
): { socket: Socket; outcome: Promise<UpgradeOutcome> } {
  const { hostname, port } = new URL(square.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    `GET /live HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const outcome = new Promise<UpgradeOutcome>((resolve) => {
    const timer = setTimeout(() => resolve('hung'), withinMs);
    const end = (how: UpgradeOutcome): void => {
      clearTimeout(timer);
      resolve(how);
    };
    socket.once('data', (chunk) => {
      const answer = String(chunk);
      if (answer.startsWith('HTTP/1.1 101')) end('taken');
      else end(/^HTTP\/1\.1 503.*\r\nRetry-After: \d+\r\n/s.test(answer) ? 'refused' : 'reset');
    });
    socket.once('close', () => end('reset'));
  });
  return { socket, outcome };
}
