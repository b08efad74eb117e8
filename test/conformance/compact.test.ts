/** The subprotocol `townring.1` on real sockets (docs/protocol.md). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { decodePositions, SUBPROTOCOL } from '../../src/protocol/compact.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../support/live-square.ts';

interface CompactClient {
  readonly socket: WebSocket;
  /** What came since the last take: positions as `id@x`, other frames by type. */
  take(): string[];
  /** Resolves when all that was under way has come. */
  settled(): Promise<void>;
}

async function compactClient(t: TestContext, square: LiveSquare, init: object): Promise<CompactClient> {
  const socket = new WebSocket(square.url(), ['other', SUBPROTOCOL], { perMessageDeflate: false });
  t.after(() => socket.terminate());
  let heard: string[] = [];
  socket.on('message', (data, isBinary) => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
    const positions = isBinary ? decodePositions(bytes) : undefined;
    if (positions === undefined) heard.push(/"type":"(\w+)"/.exec(String(bytes))?.[1] ?? '?');
    else heard.push(positions.map(({ id, x }) => `${id}@${x.toFixed(3)}`).join(' '));
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'init', ...init }));
  const client: CompactClient = {
    socket,
    take: () => heard.splice(0),
    async settled() {
      socket.ping();
      await once(socket, 'pong');
    },
  };
  await client.settled();
  return client;
}

test('a client that offers townring.1 hears steps as positions, and the rest as ring clients do', async (t) => {
  const square = await startLiveSquare(t);
  const compact = await compactClient(t, square, { ring: 1, x: 0.2 });
  assert.equal(compact.socket.protocol, SUBPROTOCOL);
  const classic = await square.connect();
  await classic.join({ x: 0.19 });
  await compact.settled();
  assert.deepEqual(compact.take(), ['hello', 'join']);
  classic.send({ type: 'move', x: 0.195 });
  await settled(classic);
  square.clock.advance(40);
  classic.send({ type: 'settle', propId: 'bench' });
  classic.send({ type: 'typing', typing: true });
  await settled(classic);
  await compact.settled();
  assert.deepEqual(compact.take(), ['2@0.195', 'move', 'typing']);
  compact.socket.send(JSON.stringify({ type: 'move', x: 0.7 }));
  await compact.settled();
  await settled(classic);
  assert.deepEqual(compact.take(), []);
  const heard = await classic.next('move', ({ id }) => id === 1);
  assert.equal(heard.x, 0.7);
  assert.equal(heard.color, '#5f6b73');
});

test('a client that offers townring.1 but no ring frames hears classic ones', async (t) => {
  const square = await startLiveSquare(t);
  const client = await compactClient(t, square, {});
  const other = await square.connect();
  await other.join();
  other.send({ type: 'move', x: 0.5 });
  await settled(other);
  await client.settled();
  assert.deepEqual(client.take(), ['hello', 'join', 'move']);
});

test('a subprotocol that the square does not speak is not chosen, and nobody is refused for it', async (t) => {
  const square = await startLiveSquare(t);
  const client = await square.connect('', { headers: { 'Sec-WebSocket-Protocol': 'townring.9' } });
  await client.join({ ring: 1 });
  assert.equal(client.socket.protocol, '');
});
