import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSquareProcess } from './square-process.ts';

export interface LabSquareProcess {
  /** Web origin. */
  readonly url: string;
  /** Address of a strip alone, its time standing still. */
  still(query: Readonly<Record<string, string>>): string;
  stop(): Promise<void>;
}

/** A square of its own that serves the square lab, in a temporary folder. The widget must be built. */
export async function startLabSquare(): Promise<LabSquareProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'townring-lab-'));
  const square = await startSquareProcess({
    DATA_DIR: dataDir,
    LAB: '1',
    SHARDS: '0',
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
  });
  return {
    url: square.url,
    still: (query) => `${square.url}/lab/?${new URLSearchParams({ bare: '1', clock: 'still', ...query }).toString()}`,
    async stop() {
      await square.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
