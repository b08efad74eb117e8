import { scheduleOf } from './schedule.ts';
import { simulate } from './simulate.ts';
import type { VirtualNode } from './virtual-node.ts';

/** What can be told of a schedule in one line, and is another as soon as one message more or less was sent in it. */
export async function storyOf(seed: number): Promise<string> {
  const nodes: VirtualNode[] = [];
  const seen: unknown[] = [];
  const violation = await simulate(scheduleOf(seed), {
    tamper: (node) => nodes.push(node),
    atEnd: (machines) => {
      for (const { epoch, sites, service } of machines) seen.push(epoch, ...sites.map((site) => service?.view(site)));
    },
  });
  const sent = nodes.map(({ square, sentBytes }) => [square, sentBytes]);
  return JSON.stringify({ seed, violation, sent, seen });
}
