/** One port for visitors and squares alike: upgrades on `/` lead to the ring. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { LiveClient } from '../support/live-client.ts';
import { metric, startRing, startSquare } from '../support/ring-of-processes.ts';
import { eventually } from '../support/sharded-square.ts';

/** The status that a square answers an upgrade with; 0: it hangs up. */
async function upgrade(url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { headers });
  const status = new Promise<number>((resolve) => {
    socket.on('error', () => resolve(0));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('upgrade', (response) => resolve(response.statusCode ?? 0));
  });
  const answer = await status;
  socket.terminate();
  return answer;
}

/** Whatever a raw connection is answered before the square ends it. */
async function answerTo(t: TestContext, url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

const handshake = (target: string, protocol: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: square\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

for (const shards of ['0', '1']) {
  test(`squares that know of each other's web port only are neighbours all the same (SHARDS=${shards})`, async (t) => {
    const [moss, quay] = await startRing(t, ['moss', 'quay'], { SHARDS: shards }, ({ http }) => [
      `/ip4/127.0.0.1/tcp/${http}/ws`,
    ]);
    assert.ok(moss !== undefined && quay !== undefined);
    const passed = await Promise.all(
      [moss, quay].map(({ url }) => metric(url, /event="ring-door",reason="passed"} (\d+)/)),
    );
    assert.equal(Math.max(...passed) > 0, true, 'the link goes through a door');
    const visitor = await LiveClient.connect(moss.socket);
    t.after(() => visitor.socket.terminate());
    await visitor.join({ browserId: 'ada' });
  });
}

test('without a ring an upgrade on / is refused, and so is everything that is no WebSocket or goes elsewhere', async (t) => {
  const { url } = await startSquare(t, { SHARDS: '0' });
  assert.equal(await upgrade(url, '/'), 404);
  assert.equal(await upgrade(url, '/elsewhere'), 400);
  assert.match(await answerTo(t, url, handshake('/', 'h2c')), /^HTTP\/1\.1 400 /);
});

test('strangers at the door are counted out by address, garbage ends its own connection, visitors notice nothing', async (t) => {
  const [moss] = await startRing(t, ['moss', 'quay'], { TRUSTED_PROXIES: '127.0.0.1' });
  assert.ok(moss !== undefined);
  const visitor = await LiveClient.connect(moss.socket);
  t.after(() => visitor.socket.terminate());
  await visitor.join({ ring: 1, browserId: 'ada' });
  await answerTo(t, moss.url, handshake('/', 'websocket') + 'x'.repeat(100_000));

  const answers: number[] = [];
  for (let attempt = 0; attempt < 15; attempt += 1) {
    answers.push(await upgrade(moss.url, '/', { 'X-Real-IP': '203.0.113.7' }));
  }
  assert.equal(answers.filter((status) => status === 429).length, 5);
  assert.equal(await upgrade(moss.url, '/', { 'X-Real-IP': '203.0.113.8' }), 101, 'another address comes in');
  await eventually('all of them gone', async () => (await metric(moss.url, /^square_ring_links (\d+)/m)) === 1);
  await visitor.roundTrip();
  assert.equal(await metric(moss.url, /^square_ring_live_gates (\d+)/m), 2);
});
