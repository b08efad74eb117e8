/** A TCP proxy in front of a square's port, for links that are far, or cut without a word in one direction or in both. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Cut = 'none' | 'both' | 'inbound' | 'outbound';

export interface LinkProxy {
  readonly port: number;
  /**
   * As a cable that is pulled: nothing is reset, bytes wait where they are, and new connections get no answer.
   * @param cut `inbound`: nothing reaches the square; `outbound`: nothing leaves it through here
   */
  cut(cut: Cut): void;
  /** Bytes that passed, both ways. */
  bytes(): number;
  stop(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/**
 * @param target the square's own port
 * @param delayMs how much longer everything takes on its way, each way
 */
export async function startLinkProxy(target: number, delayMs = 0): Promise<LinkProxy> {
  const pairs = new Set<Pair>();
  let state: Cut = 'none';
  let bytes = 0;

  const apply = ({ near, far }: Pair): void => {
    if (state === 'both' || state === 'inbound') near.pause();
    else near.resume();
    if (state === 'both' || state === 'outbound') far.pause();
    else far.resume();
  };
  const isFar = delayMs > 0;
  /** Timers of one length fire in the order in which they were set, so nothing overtakes. */
  const later = (act: () => void): void => {
    if (isFar) setTimeout(act, delayMs);
    else act();
  };
  const forward = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => {
      bytes += chunk.length;
      later(() => to.write(chunk));
    });
    from.on('end', () => later(() => to.end()));
    from.on('close', () => later(() => (isFar ? to.destroySoon() : to.destroy())));
    from.on('error', () => undefined); // `close` follows
  };
  // What is on its way in one direction when the other one ends still arrives.
  const server = createServer({ allowHalfOpen: isFar }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: isFar });
    const pair = { near, far };
    pairs.add(pair);
    near.setNoDelay(true);
    far.setNoDelay(true);
    forward(near, far);
    forward(far, near);
    const forget = (): void => void (near.closed && far.closed && pairs.delete(pair));
    near.once('close', forget);
    far.once('close', forget);
    apply(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cut(next) {
      state = next;
      for (const pair of pairs) apply(pair);
    },
    bytes: () => bytes,
    async stop() {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
