/**
 * The one private API that the hand-off needs. `socket.pause()` does not stop libuv from reading, and bytes read on this
 * side after a socket was sent are lost; only the handle's own `readStop` stops it.
 */
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

interface ReadableHandle {
  readStart(): number;
  readStop(): number;
}

/**
 * Stops reading now, not on some later turn.
 * @returns false when this Node has no such handle: the socket cannot be handed over
 */
export function stopReading(socket: Duplex): boolean {
  const handle = handleOf(socket);
  if (handle === undefined) return false;
  handle.readStop();
  return true;
}

/** Reads on, on this side: `resume` alone does not know that reading was stopped. */
export function resumeReading(socket: Duplex): void {
  handleOf(socket)?.readStart();
  socket.resume();
}

/** Tries on a socket of this process whether sockets can be handed over here. Windows cannot. */
export async function canHandOver(): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const server = createServer();
  server.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') return false;
    const client = connect(address.port, '127.0.0.1');
    const accepted: unknown = (await once(server, 'connection'))[0];
    if (!(accepted instanceof Socket)) return false;
    const isPossible = stopReading(accepted);
    accepted.destroy();
    client.destroy();
    return isPossible;
  } finally {
    server.close();
  }
}

function handleOf(socket: Duplex): ReadableHandle | undefined {
  const handle: unknown = '_handle' in socket ? socket._handle : undefined;
  return isReadableHandle(handle) ? handle : undefined;
}

function isReadableHandle(value: unknown): value is ReadableHandle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'readStop' in value &&
    typeof value.readStop === 'function' &&
    'readStart' in value &&
    typeof value.readStart === 'function'
  );
}
