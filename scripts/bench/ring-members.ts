/** Squares of a ring that a bench measures: processes of their own, a counting proxy in front of each. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatesLive } from '../gates-live.ts';
import { formRing } from '../form-ring.ts';
import { freePorts } from '../free-ports.ts';
import { startLinkProxy, type LinkProxy } from '../link-proxy.ts';
import { startSquareProcess, type SquareProcess } from '../square-process.ts';
import { LIMITS_OFF } from './bench-square.ts';
import { readProcesses } from './process-figures.ts';

const GATES_LIVE_WITHIN_MS = 60_000;

export interface BenchMember {
  /** Site id. */
  readonly id: string;
  readonly process: SquareProcess;
  readonly link: LinkProxy;
  /** Its libp2p port, behind the proxy. */
  readonly tcp: number;
  readonly dataDir: string;
}

export interface BenchMembers {
  readonly ringId: string;
  /** In ring order. */
  readonly members: readonly BenchMember[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts a ring of squares with one shard each. Every byte between two of them passes one proxy.
 * @param delayMs added on the way between two squares, each way
 */
export async function startMembers(
  squares: number,
  { delayMs = 0, env = {} }: { readonly delayMs?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<BenchMembers> {
  const folder = mkdtempSync(join(tmpdir(), 'townring-bench-'));
  const running: SquareProcess[] = [];
  const links: LinkProxy[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((square) => square.stop()));
    await Promise.all(links.map((link) => link.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ports = await freePorts(squares * 3);
    const plan = await Promise.all(
      Array.from({ length: squares }, async (_, index) => {
        const [http = 0, tcp = 0, ws = 0] = ports.slice(index * 3);
        const id = `square-${index}`;
        const dataDir = join(folder, id);
        mkdirSync(dataDir, { mode: 0o700 });
        const origin = `http://127.0.0.1:${http}`;
        const link = await startLinkProxy(tcp, delayMs);
        links.push(link);
        return {
          id,
          link,
          tcp,
          dataDir,
          origin,
          addrs: [`/ip4/127.0.0.1/tcp/${link.port}`],
          sites: [{ id, name: id, entry: `${origin}/` }],
          env: {
            ...LIMITS_OFF,
            DATA_DIR: dataDir,
            PORT: String(http),
            P2P_HOST: '127.0.0.1',
            P2P_TCP_PORT: String(tcp),
            P2P_WS_PORT: String(ws),
            ALLOW_PRIVATE_RING: '1',
            SHARDS: '1',
            ...env,
          },
        };
      }),
    );
    const { ringId } = await formRing('Bench ring', plan);
    const members: BenchMember[] = [];
    // One after the other: a dozen that start at once on two cores are not ready in time.
    for (const { id, link, tcp, dataDir, env: settings } of plan) {
      const square = await startSquareProcess(settings);
      running.push(square);
      members.push({ id, link, tcp, dataDir, process: square });
    }
    const signal = AbortSignal.timeout(GATES_LIVE_WITHIN_MS);
    for (const square of running) await gatesLive(square, 2, signal);
    return { ringId, members, stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

/** Of the ring's own process as it runs now: on a machine that starves it, its square starts it anew. */
export function ringCpu({ process }: BenchMember): { readonly pid: number; readonly cpuSeconds: number } {
  const line = process.lines().findLast((said) => said.includes('"ring ready"'));
  const { pid }: { pid: number } = JSON.parse(line ?? '{"pid":0}');
  try {
    return { pid, cpuSeconds: readProcesses(pid).cpuSeconds };
  } catch {
    return { pid: 0, cpuSeconds: 0 };
  }
}

/** Bytes that passed between squares so far: each was sent by one of them and received by one. */
export function linkBytes(members: readonly BenchMember[]): number {
  return members.reduce((sum, { link }) => sum + link.bytes(), 0);
}
