/**
 * A member that says valid summaries as fast as it can to whoever it is linked with, and dials again whenever it is cut off:
 * a process of its own, so that what is measured elsewhere is not its own haste. Ends with its standard input, and says
 * now and then what it has done.
 */
import { systemClock } from '../../federation/clock.ts';
import { createConduct } from '../../federation/node/conduct.ts';
import { loadSquareKey } from '../../federation/node/identity.ts';
import { createSquareNode } from '../../federation/node/square-node.ts';
import { siteTopic } from '../../federation/node/topics.ts';
import { sealedSummary } from './raw-member.ts';

export interface FloodSetup {
  readonly keyFile: string;
  readonly ringId: string;
  readonly site: string;
  readonly victims: readonly { readonly square: string; readonly port: number }[];
}

const BURST = 50;

const { keyFile, ringId, site, victims }: FloodSetup = JSON.parse(process.argv[2] ?? '{}');
const key = await loadSquareKey(keyFile);
const node = await createSquareNode(
  {
    key,
    clock: systemClock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    count() {},
    conduct: createConduct(() => performance.now()),
    isMember: () => true,
    judge: () => 'ignore',
    onLink() {},
    onListener() {},
  },
  { listen: [], announce: [] },
);
process.stdin.resume().once('end', () => process.exit(0));
await node.start();
const topic = siteTopic(ringId, site);
let messages = 0;
let dials = 0;
for (let turn = 0; ; turn += 1) {
  for (const { square, port } of victims) {
    if (node.connectionCount(square) > 0) continue;
    dials += 1;
    await node.dial(square, [`/ip4/127.0.0.1/tcp/${port}`], 2_000).catch(() => {});
  }
  const burst = Array.from({ length: BURST }, async (_, index) => {
    const bytes = sealedSummary(key, ringId, site, { epoch: 2 ** 40, seq: turn * BURST + index, count: index });
    return node.publish(topic, bytes).catch(() => 0);
  });
  for (const recipients of await Promise.all(burst)) messages += recipients;
  if (turn % 20 === 0) process.stdout.write(`${JSON.stringify({ messages, dials })}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
