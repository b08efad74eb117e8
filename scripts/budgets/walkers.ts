/** A street full of people, from this process. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { colorOfCoat } from '../../src/protocol/look.ts';

const STEP_MS = 200;
/** What a strip puts on visitors who bring a colour only: eight things for the head by six to carry, of which their ids meet these. */
const LOOKS_BY_ID = 24;

/** Visitors who walk to and fro without pause, in some 144 looks, every other of them with a name. @returns what ends them all */
export async function startWalkers(socket: string, count: number): Promise<() => void> {
  const walkers: WebSocket[] = [];
  const timers: NodeJS.Timeout[] = [];
  for (let index = 0; index < count; index += 1) {
    const walker = new WebSocket(socket, { perMessageDeflate: false });
    walker.on('error', () => undefined);
    walkers.push(walker);
    await once(walker, 'open');
    let x = 0.03 + (0.94 * index) / count;
    let step = index % 2 === 0 ? 0.03 : -0.03;
    walker.send(
      JSON.stringify({
        type: 'init',
        browserId: `walker-${index}`,
        x,
        color: colorOfCoat(Math.floor(index / LOOKS_BY_ID)),
        displayName: index % 2 ? `W${index}` : '',
      }),
    );
    timers.push(
      setInterval(() => {
        if (x + step > 0.97 || x + step < 0.03) step = -step;
        x += step;
        walker.send(JSON.stringify({ type: 'move', x: Math.round(x * 1e4) / 1e4 }));
      }, STEP_MS),
    );
  }
  return () => {
    for (const timer of timers) clearInterval(timer);
    for (const walker of walkers) walker.terminate();
  };
}
