import type { TestContext } from 'node:test';
import type { Gate, GateState, ServerFrame } from '../../src/protocol/frames.ts';
import { LiveClient } from './live-client.ts';
import type { RingMember } from './ring-of-processes.ts';
import { eventually } from './sharded-square.ts';

/** A visitor at one square who keeps an eye on the gate to another. */
export interface GateWatcher {
  readonly client: LiveClient;
  /** How the gate changed, and when by `performance.now()`. */
  readonly seen: readonly { readonly state: GateState; readonly count: number | undefined; readonly atMs: number }[];
  /** The time from `sinceMs` until the gate first had this state. @throws after `withinMs` */
  readonly until: (state: GateState, sinceMs: number, withinMs: number) => Promise<number>;
}

export async function watchGate(
  t: TestContext,
  at: Pick<RingMember, 'id' | 'socket'>,
  of: Pick<RingMember, 'id'>,
): Promise<GateWatcher> {
  const client = await LiveClient.connect(at.socket);
  t.after(() => client.socket.terminate());
  const seen: { readonly state: GateState; readonly count: number | undefined; readonly atMs: number }[] = [];
  client.socket.on('message', (data) => {
    if (!Buffer.isBuffer(data)) return;
    const frame: ServerFrame = JSON.parse(data.toString());
    if (frame.type !== 'neighbours') return;
    const gate = [frame.left, frame.right].find((side): side is Gate => side?.site === of.id);
    const before = seen.at(-1);
    if (gate === undefined || (gate.state === before?.state && gate.count === before.count)) return;
    seen.push({ state: gate.state, count: gate.count, atMs: performance.now() });
  });
  await client.join({ ring: 1, browserId: `${at.id} ${of.id}` });
  return {
    client,
    seen,
    async until(state, sinceMs, withinMs) {
      const found = () => seen.find((entry) => entry.state === state && entry.atMs >= sinceMs);
      await eventually(`${of.id} ${state} at ${at.id}`, () => found() !== undefined, withinMs);
      return (found()?.atMs ?? 0) - sinceMs;
    },
  };
}
