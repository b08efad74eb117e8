/** One question to a square whose ring one is not in yet, over a node that lives as long as the question. */
import { systemClock } from '../clock.ts';
import type { Log } from '../types.ts';
import { createConduct } from './conduct.ts';
import type { SquareKey } from './identity.ts';
import type { RequestLimits } from './request.ts';
import { createSquareNode } from './square-node.ts';

export interface SquareAddress {
  /** Peer id; nobody else gets the question. */
  readonly square: string;
  readonly addrs: readonly string[];
}

/** @throws Error when the square cannot be reached, refuses or is silent */
export async function callSquare(
  { key, log }: { readonly key: SquareKey; readonly log: Log },
  { square, addrs }: SquareAddress,
  protocol: string,
  question: Uint8Array,
  limits: RequestLimits,
): Promise<Uint8Array> {
  const node = await createSquareNode(
    {
      key,
      clock: systemClock,
      log,
      count: () => undefined,
      conduct: createConduct(() => systemClock.monotonic()),
      isMember: (other) => other === square,
      judge: () => 'ignore',
      onLink: () => undefined,
      onListener: () => undefined,
    },
    { listen: [], announce: [] },
  );
  try {
    await node.start();
    await node.dial(square, addrs, limits.timeoutMs);
    return await node.ask(square, protocol, question, limits);
  } finally {
    await node.stop();
  }
}
