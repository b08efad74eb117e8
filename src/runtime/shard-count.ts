import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { canHandOver } from './socket-handle.ts';

/**
 * How many scene processes a square starts.
 * @param wanted as set: a number, or one per core wherever sockets can be handed over
 * @throws Error when processes are demanded where sockets cannot be handed over
 */
export async function shardCount(
  wanted: number | 'auto',
  log: { warn(fields: object, message: string): void },
  canShard: () => Promise<boolean> = canHandOver,
): Promise<number> {
  if (wanted === 0) return 0;
  if (await canShard()) return wanted === 'auto' ? availableParallelism() : wanted;
  if (wanted !== 'auto') {
    throw new Error(`SHARDS=${wanted}: sockets cannot be handed to other processes here, use SHARDS=0`);
  }
  log.warn({}, 'sockets cannot be handed to other processes here: scenes run in the main process');
  return 0;
}

/** Of our environment what a shard may see: nothing that is a setting, so nothing that is secret. */
const HANDED_DOWN = ['PATH', 'NODE_ENV', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'TZ', 'TOWNRING_CRASH_DOOR'];

export function shardEnvironment(env: NodeJS.ProcessEnv, dataDir: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(HANDED_DOWN.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    // A process that replaces a lost one is ready in half the time: whoever waits for it waits for this.
    NODE_COMPILE_CACHE: join(dataDir, 'compile-cache'),
  };
}
