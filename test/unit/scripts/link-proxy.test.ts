import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import test, { type TestContext } from 'node:test';
import { startLinkProxy } from '../../../scripts/link-proxy.ts';

/** A line to somebody who says everything back, through a proxy. */
async function echoLine(t: TestContext, delayMs: number) {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const link = await startLinkProxy(address.port, delayMs);
  t.after(() => link.stop());
  const socket = connect(link.port, '127.0.0.1');
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return { link, socket };
}

test('a far link brings everything, in order, counted, no sooner than it may, and its end last', async (t) => {
  const { link, socket } = await echoLine(t, 40);
  const begun = performance.now();
  let heard = '';
  socket.on('data', (chunk) => (heard += String(chunk)));
  const words = Array.from({ length: 50 }, (_, index) => `${index};`);
  for (const word of words) {
    socket.write(word);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  await once(socket, 'close');
  assert.equal(heard, words.join(''));
  assert.ok(performance.now() - begun >= 80, 'there and back');
  assert.equal(link.bytes(), 2 * heard.length);
});
