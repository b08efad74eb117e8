import type { TestContext } from 'node:test';
import { LiveClient } from './live-client.ts';

/** Two visitors of one scene, of whom one steps and the other sees it. */
export async function walkingPair(t: TestContext, { socket }: { readonly socket: string }) {
  const [ada, bo] = [await LiveClient.connect(socket), await LiveClient.connect(socket)];
  for (const client of [ada, bo]) t.after(() => client.socket.terminate());
  await ada.join({ browserId: 'ada' });
  await bo.join({ browserId: 'bo' });
  let x = 0.1;
  return async (): Promise<void> => {
    x += 0.05;
    ada.send({ type: 'move', x });
    await bo.next('move', (frame) => Math.abs(frame.x - x) < 1e-6);
  };
}
