/**
 * Records what a visitor of a square is told, for the square lab: `node scripts/record-visit.ts http://127.0.0.1:8787 30
 * visit.json` stands on its street for 30 s, as somebody without a name, and writes the file. `/lab/` shows it: by "Show a
 * recording", or from `public/lab/scenes/` by its name in `replay=`.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Recorder } from '../public/lab/recording.ts';

const SECONDS_MAX = 600;

const [address = '', seconds = '30', file = 'visit.json'] = process.argv.slice(2);
const lastsMs = Number(seconds) * 1_000;
if (!URL.canParse(address) || !(lastsMs > 0 && lastsMs <= SECONDS_MAX * 1_000)) {
  process.stderr.write(
    `usage: node scripts/record-visit.ts <square's address> [seconds, ${SECONDS_MAX} at most] [file]\n`,
  );
  process.exit(1);
}
const live = new URL('/live', address);
live.protocol = live.protocol === 'https:' ? 'wss:' : 'ws:';

const recorder = new Recorder();
// Without the subprotocol all is text, as the lab's own square speaks.
const socket = new WebSocket(live, { origin: new URL(address).origin });
socket.addEventListener('message', ({ data }) => {
  if (typeof data === 'string') recorder.add(JSON.parse(data), performance.now());
});
const ended = once(socket, 'close');
await once(socket, 'open');
socket.send(
  JSON.stringify({ type: 'init', ring: 1, browserId: randomUUID(), readingActive: true, widgetVisible: true }),
);
await Promise.race([wait(lastsMs, undefined, { ref: false }), ended]);
socket.close();
if (recorder.length === 0) {
  process.stderr.write('the square said no hello\n');
  process.exit(1);
}
writeFileSync(file, recorder.text());
console.log(`${recorder.length} frames in ${file}`);
