import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test from 'node:test';
import { WebSocket } from 'ws';
import { framedBinary, framedText } from '../../../src/realtime/ws-framing.ts';

/** RFC 6455, section 1.3 */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Sends bytes to an independent client and returns what it read in them. */
async function read(...frames: readonly Buffer[]): Promise<{ readonly bytes: Buffer; readonly isBinary: boolean }[]> {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}${HANDSHAKE_GUID}`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.end(Buffer.concat(frames));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  const messages: { bytes: Buffer; isBinary: boolean }[] = [];
  const client = new WebSocket(`ws://127.0.0.1:${address.port}`);
  client.on('message', (data, isBinary) => {
    if (Buffer.isBuffer(data)) messages.push({ bytes: data, isBinary });
  });
  await once(client, 'close');
  server.close();
  return messages;
}

for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]) {
  test(`a text of ${length} bytes is one message for a client, between two others`, async () => {
    const text = 'x'.repeat(length);
    const [before, message, after] = await read(framedText('a'), framedText(text), framedText('b'));
    assert.equal(String(before?.bytes), 'a');
    assert.equal(message?.bytes.length, length);
    assert.equal(String(message?.bytes), text);
    assert.equal(message?.isBinary, false);
    assert.equal(String(after?.bytes), 'b');
  });
}

test('lengths are counted in bytes, whatever the script', async () => {
  const text = 'здравствуй, 世界 🐦 \ud800';
  const [message] = await read(framedText(text));
  assert.equal(String(message?.bytes), Buffer.from(text).toString());
});

test('a binary message keeps its bytes', async () => {
  const [message] = await read(framedBinary(Uint8Array.of(0, 255, 129, 7)));
  assert.deepEqual([...(message?.bytes ?? [])], [0, 255, 129, 7]);
  assert.equal(message?.isBinary, true);
});
