/** A process that asks a square again and again, and says how many questions came to an end: `node asking-process.ts PEER ADDRESS TIMES`. */
import { JOIN_LIMITS } from '../../federation/governance/request.ts';
import { callSquare } from '../../federation/node/call-square.ts';
import { generateSquareKey } from '../../federation/node/identity.ts';
import { JOIN_PROTOCOL } from '../../federation/node/topics.ts';

const [square = '', address = '', times = ''] = process.argv.slice(2);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const to = { square, addrs: [address] };
let ended = 0;
for (; ended < Number(times); ended += 1) {
  const key = await generateSquareKey();
  await callSquare({ key, log }, to, JOIN_PROTOCOL, Buffer.from('x'), JOIN_LIMITS).catch(() => undefined);
}
process.stdout.write(String(ended));
