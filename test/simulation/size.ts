/** Bytes of gossip by the size of a ring: `node test/simulation/size.ts --squares 12,100,256 --figures 32`. */
import { parseArgs } from 'node:util';
import { gossipBytes, type GossipBytes } from './gossip-bytes.ts';

const { values } = parseArgs({
  options: { squares: { type: 'string', default: '12,100' }, figures: { type: 'string', default: '32' } },
});
for (const squares of values.squares.split(',').map(Number)) {
  const { quiet, moving } = await gossipBytes(squares, Number(values.figures));
  const said = ({ payload, wire }: GossipBytes) => `${payload.toFixed(0)} B/s, with libp2p some ${wire.toFixed(0)}`;
  console.log(`${squares} squares: quiet ${said(quiet)}; all moving ${said(moving)}`);
}
