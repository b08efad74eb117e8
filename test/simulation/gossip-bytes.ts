import type { RingParts } from '../../federation/ring-service.ts';
import { CALM_MS, type Step } from './schedule.ts';
import { simulate } from './simulate.ts';
import type { VirtualNode } from './virtual-node.ts';

/** How long everybody moves. */
const BUSY_MS = 12_000;
/** At most so often a site says that somebody moved. */
const SAY_MS = 500;

export interface GossipBytes {
  /** Payload bytes of gossip that one square sends in a second, every copy counted, on average. */
  readonly quiet: number;
  readonly moving: number;
}

/**
 * What a ring says, quiet and with everybody on their feet, by the simulator: the payloads, without what libp2p adds.
 * @param figures that move at every site
 * @throws Error when an invariant is broken
 */
export async function gossipBytes(
  squares: number,
  figures: number,
  parts: Partial<RingParts> = {},
): Promise<GossipBytes> {
  const sentBy = async (steps: readonly Step[]): Promise<number> => {
    const nodes: VirtualNode[] = [];
    const schedule = { seed: 100, squares, skewsMs: [], hasHostile: false, steps, mendedAtMs: BUSY_MS };
    const violation = await simulate(schedule, { tamper: (node) => nodes.push(node), parts });
    if (violation !== undefined) throw new Error(JSON.stringify(violation));
    return nodes.reduce((sum, { sentBytes }) => sum + sentBytes, 0) / nodes.length;
  };
  const quiet = (await sentBy([])) / ((BUSY_MS + CALM_MS) / 1_000);
  const steps = Array.from({ length: BUSY_MS / SAY_MS }, (_, beat) => SAY_MS * beat).flatMap((atMs) =>
    Array.from({ length: squares }, (_, machine): Step => ({ atMs, blow: { kind: 'populate', machine, figures } })),
  );
  const moving = ((await sentBy(steps)) - quiet * (CALM_MS / 1_000)) / (BUSY_MS / 1_000);
  return { quiet, moving };
}
