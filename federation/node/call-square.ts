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

/** A link that is lost may have brought the answer just before. */
const ANSWER_GRACE_MS = 500;

/** @throws Error when the square cannot be reached, refuses, hangs up or is silent */
export async function callSquare(
  { key, log }: { readonly key: SquareKey; readonly log: Log },
  { square, addrs }: SquareAddress,
  protocol: string,
  question: Uint8Array,
  limits: RequestLimits,
): Promise<Uint8Array> {
  // Waiting for a signal keeps no process alive, and a stream whose link is gone has nothing else that would.
  const { promise: failure, reject } = Promise.withResolvers<never>();
  const timers = [setTimeout(() => reject(new Error('no answer in time')), 2 * limits.timeoutMs)];
  const node = await createSquareNode(
    {
      key,
      clock: systemClock,
      log,
      count: () => undefined,
      conduct: createConduct(() => systemClock.monotonic()),
      isMember: (other) => other === square,
      judge: () => 'ignore',
      onLink(_square, isUp) {
        if (!isUp) timers.push(setTimeout(() => reject(new Error('the square hung up')), ANSWER_GRACE_MS));
      },
      onListener: () => undefined,
    },
    { listen: [], announce: [] },
  );
  const converse = async (): Promise<Uint8Array> => {
    await node.start();
    await node.dial(square, addrs, limits.timeoutMs);
    return node.ask(square, protocol, question, limits);
  };
  try {
    return await Promise.race([converse(), failure]);
  } finally {
    await node.stop();
    for (const timer of timers) clearTimeout(timer);
  }
}
