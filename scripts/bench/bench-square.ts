import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSiteRecord } from '../../src/store/site-record.ts';
import { openStore } from '../../src/store/store.ts';
import { ensureDataDir } from '../../src/store/data-dir.ts';
import { buildWidget } from '../build-widget.ts';
import { startSquareProcess, type SquareProcess } from '../square-process.ts';

/** Web origin of the hosted sites that a bench drives. */
export const BENCH_ORIGIN = 'http://127.0.0.1';

const WIDGET = join(import.meta.dirname, '../../dist/public/townring.js');

const FREE_PORTS = { PORT: '0', P2P_HOST: '127.0.0.1', P2P_TCP_PORT: '0', P2P_WS_PORT: '0' };

/** Limits off, so that one address can be a crowd; quiet, so that the log is not what is measured. */
export const LIMITS_OFF = {
  LOG_LEVEL: 'info',
  MAX_CONNECTIONS: '1000',
  MIN_HUMAN_SAY_MS: '0',
  IP_MAX_IDENTITIES: '0',
  IP_JOIN_LIMIT: '0',
  IP_STATE_EVENT_LIMIT: '0',
  IP_CHAT_EVENT_LIMIT: '0',
  IP_SYNC_ACTION_ROUNDS: '0',
  FLOOD_BAN_LIMIT: '0',
  WS_MESSAGES_PER_SECOND: '0',
  POW_DIFFICULTY_BITS: '0',
};

/** Starts this square for a bench: limits off, sites `bench_0` to `bench_<scenes - 1>` in a folder of its own. */
export async function startBenchSquare(
  scenes: number,
  env: Readonly<Record<string, string>> = {},
): Promise<SquareProcess> {
  // Not measured, but a square does not start without it; its size is another script's business.
  if (!existsSync(WIDGET)) await buildWidget({ minify: false });
  const dataDir = mkdtempSync(join(tmpdir(), 'townring-bench-'));
  ensureDataDir(dataDir);
  const store = openStore(dataDir);
  for (let index = 0; index < scenes; index += 1) {
    const site = newSiteRecord({ name: `Bench ${index}`, origin: BENCH_ORIGIN, key: `bench_${index}` }, Date.now());
    store.addSite({ ...site, connectionLimit: 1_000 });
  }
  store.close();
  const forget = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const square = await startSquareProcess({ ...FREE_PORTS, ...LIMITS_OFF, DATA_DIR: dataDir, ...env });
    void square.exited.then(forget);
    return square;
  } catch (err) {
    forget();
    throw err;
  }
}
