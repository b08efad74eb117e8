import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { CLOSE, type CloseReason } from '../../../src/protocol/close-codes.ts';
import { refusalBytes, RefusedSockets } from '../../../src/realtime/refused-sockets.ts';
import { LiveClient } from '../../support/live-client.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** RFC 6455 section 1.3: this key has this answer. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const headers = { upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': KEY };
const REQUEST = `GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`;

function expectedBytes({ code, reason }: CloseReason): Buffer {
  const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(head),
    Buffer.from([0x88, 2 + reason.length, code >> 8, code & 0xff]),
    Buffer.from(reason),
  ]);
}

async function refusingServer(context: TestContext, reason: CloseReason) {
  const clock = new ManualClock();
  const refused = new RefusedSockets(clock);
  const server = createServer();
  server.on('upgrade', (request, socket) => refused.refuse(request, socket, reason));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  context.after(() => {
    refused.stop();
    server.closeAllConnections();
    server.close();
  });
  return { clock, refused, port: address.port };
}

for (const [name, reason] of Object.entries(CLOSE)) {
  test(`1: the answer to a refused client, to the byte: ${name}`, () => {
    assert.deepEqual(refusalBytes({ method: 'GET', headers }, reason), expectedBytes(reason));
  });
}

const noHandshakes: readonly (readonly [what: string, method: string, headers: Record<string, string>])[] = [
  ['no key', 'GET', { upgrade: 'websocket', 'sec-websocket-version': '13' }],
  ['a short key', 'GET', { ...headers, 'sec-websocket-key': 'dGhl' }],
  ['a key that would break the header', 'GET', { ...headers, 'sec-websocket-key': `${'a'.repeat(20)}\r\n==` }],
  ['another version', 'GET', { ...headers, 'sec-websocket-version': '8' }],
  ['another upgrade', 'GET', { ...headers, upgrade: 'h2c' }],
  ['another method', 'POST', headers],
];
for (const [what, method, given] of noHandshakes) {
  test(`what is no handshake gets a 400: ${what}`, () => {
    assert.match(String(refusalBytes({ method, headers: given }, CLOSE.full)), /^HTTP\/1\.1 400 Bad Request\r\n/);
  });
}

test('1: over a real connection handshake and close frame come together, then the end, and nothing else', async (t) => {
  const { port, refused } = await refusingServer(t, CLOSE.originNotAllowed);
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => void chunks.push(chunk));
  socket.write(REQUEST);
  await once(socket, 'end');
  assert.deepEqual(Buffer.concat(chunks), expectedBytes(CLOSE.originNotAllowed));
  assert.equal(chunks.length, 1, 'one write');
  socket.end();
  await once(socket, 'close');
  await closedBy(() => refused.size === 0);
});

test('1: a WebSocket client reads code and reason, though it talks at once', async (t) => {
  const { port, refused } = await refusingServer(t, CLOSE.rateLimited);
  const client = await LiveClient.connect(`ws://127.0.0.1:${port}/live`);
  client.send({ type: 'init' });
  assert.deepEqual(await client.closed, { code: 1008, reason: 'rate limited' });
  assert.deepEqual(client.take(), []);
  await closedBy(() => refused.size === 0);
});

test('a refused client that will not go is cut after a second', async (t) => {
  const { port, refused, clock } = await refusingServer(t, CLOSE.full);
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined).resume();
  socket.write(REQUEST);
  await once(socket, 'end');
  assert.equal(refused.size, 1);
  clock.advance(999);
  assert.equal(refused.size, 1);
  clock.advance(1);
  await closedBy(() => refused.size === 0);
  assert.equal(clock.pendingTimers, 0);
  socket.destroy();
});

test('no more than 256 refused clients are kept, and none is left when it stops', async () => {
  const clock = new ManualClock();
  const refused = new RefusedSockets(clock);
  const sockets = Array.from({ length: 300 }, () => new PassThrough());
  for (const socket of sockets) {
    // Nobody reads the other end, so none of them ever ends by itself.
    socket.pause();
    socket.resume = () => socket;
    refused.refuse({ method: 'GET', headers }, socket, CLOSE.full);
  }
  assert.equal(refused.size, 256);
  assert.ok(
    sockets.slice(0, 44).every((socket) => socket.destroyed),
    'the oldest went',
  );
  assert.ok(sockets.slice(44).every((socket) => !socket.destroyed));
  refused.stop();
  await closedBy(() => refused.size === 0);
  assert.equal(clock.pendingTimers, 0);
});

test('a client that resets while it is being refused harms nobody', async (t) => {
  const { port, refused } = await refusingServer(t, CLOSE.full);
  for (let each = 0; each < 50; each += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(REQUEST, () => socket.resetAndDestroy());
  }
  const client = await LiveClient.connect(`ws://127.0.0.1:${port}/live`);
  assert.equal((await client.closed).reason, 'full');
  await closedBy(() => refused.size === 0);
});

/** Sockets close in their own time: looks again each turn of the event loop, for two seconds at most. */
async function closedBy(isDone: () => boolean): Promise<void> {
  const until = performance.now() + 2_000;
  while (!isDone() && performance.now() < until) await new Promise((resolve) => void setImmediate(resolve));
  assert.ok(isDone(), 'not closed within 2 s');
}

test('a browser that offered the subprotocol reads why as well: its offer is answered', () => {
  const offered = (protocols: string): string =>
    String(refusalBytes({ method: 'GET', headers: { ...headers, 'sec-websocket-protocol': protocols } }, CLOSE.full));
  assert.match(offered('other, townring.1'), /\r\nSec-WebSocket-Protocol: townring\.1\r\n\r\n/);
  assert.doesNotMatch(offered('other, townring.10'), /Sec-WebSocket-Protocol/);
});
