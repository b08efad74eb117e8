import { CALM_MS, type Step } from './schedule.ts';
import { simulate } from './simulate.ts';
import type { VirtualNode } from './virtual-node.ts';

/** How long everybody moves. */
const BUSY_MS = 12_000;
/** At most so often a site says that somebody moved. */
const SAY_MS = 500;

/**
 * What libp2p adds to a message: its topic's name (90), gossipsub, Yamux, Noise. Seen with two nodes behind a counting proxy:
 * 173, 155 and 157 bytes at payloads of 200, 300 and 700.
 */
const MESSAGE_OVERHEAD_BYTES = 160;

/** Pings of a link that stands, half of what was seen both ways, in a second. */
const LINK_BYTES_PER_SECOND = 106;

/** Neighbours at two steps; a square of a region among several has up to four more. */
const LINKS_MAX = 4;

/** What one square sends in a second, every copy counted, on average. */
export interface GossipBytes {
  /** Summaries and digests alone. */
  readonly payload: number;
  /** With what libp2p adds: an estimate. */
  readonly wire: number;
}

/**
 * What a ring says, quiet and with everybody on their feet, by the simulator.
 * @param figures that move at every site
 * @throws Error when an invariant is broken
 */
export async function gossipBytes(
  squares: number,
  figures: number,
): Promise<{ readonly quiet: GossipBytes; readonly moving: GossipBytes }> {
  const sentBy = async (steps: readonly Step[]): Promise<GossipBytes> => {
    const nodes: VirtualNode[] = [];
    const schedule = { seed: 100, squares, skewsMs: [], hasHostile: false, steps, mendedAtMs: BUSY_MS };
    const violation = await simulate(schedule, { tamper: (node) => nodes.push(node) });
    if (violation !== undefined) throw new Error(JSON.stringify(violation));
    const payload = nodes.reduce((sum, { sentBytes }) => sum + sentBytes, 0) / nodes.length;
    const messages = nodes.reduce((sum, { sentMessages }) => sum + sentMessages, 0) / nodes.length;
    return { payload, wire: payload + messages * MESSAGE_OVERHEAD_BYTES };
  };
  const steps = Array.from({ length: BUSY_MS / SAY_MS }, (_, beat) => SAY_MS * beat).flatMap((atMs) =>
    Array.from({ length: squares }, (_, machine): Step => ({ atMs, blow: { kind: 'populate', machine, figures } })),
  );
  const [inAll, inAllBusy] = [await sentBy([]), await sentBy(steps)];
  const perSecond = (of: keyof GossipBytes) => {
    const quiet = inAll[of] / ((BUSY_MS + CALM_MS) / 1_000);
    return { quiet, moving: (inAllBusy[of] - quiet * (CALM_MS / 1_000)) / (BUSY_MS / 1_000) };
  };
  const [payload, wire] = [perSecond('payload'), perSecond('wire')];
  const links = Math.min(LINKS_MAX, squares - 1) * LINK_BYTES_PER_SECOND;
  return {
    quiet: { payload: payload.quiet, wire: wire.quiet + links },
    moving: { payload: payload.moving, wire: wire.moving + links },
  };
}
