import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import test from 'node:test';
import { buildSite } from '../support/site-builder.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';

const origin = 'https://moss.example';

test('38: a square that stops says so to everybody, and takes nobody any more', async (t) => {
  const square = await startLiveSquare(t);
  const joined = await square.connect();
  const waiting = await square.connect();
  await joined.join();
  await square.host.stop();
  const goodbye = { code: 1001, reason: 'server shutting down' };
  assert.deepEqual(await joined.closed, goodbye);
  assert.deepEqual(await waiting.closed, goodbye);
  const late = await square.connect();
  assert.deepEqual(await late.closed, goodbye);
  await late.closed;
  await square.host.stop();
});

test('38: a socket that does not say goodbye is cut after a second', async (t) => {
  const square = await startLiveSquare(t);
  const client = await square.connect();
  await client.join();
  client.socket.pause(); // never reads the close frame
  const stopped = square.host.stop();
  square.clock.advance(1_000);
  await stopped;
  client.socket.resume();
  await client.closed;
  assert.equal(square.clock.pendingTimers, 0);
});

test('a fault over one visitor message closes that visitor with 1011 and nobody else', async (t) => {
  let isBroken = false;
  const square = await startLiveSquare(t, {
    fraction: () => {
      if (isBroken) throw new Error('no chance');
      return 0.5;
    },
  });
  const well = await square.connect();
  await well.join();
  isBroken = true;
  const victim = await square.connect();
  victim.send({ type: 'init' });
  // What comes after the square began to close is no second chance.
  victim.send({ type: 'init', x: 0.5 });
  assert.deepEqual(await victim.closed, { code: 1011, reason: 'internal error' });
  assert.ok(square.counted.includes('message-fault sync'));
  isBroken = false;
  await well.expectSilence();
  const next = await square.connect();
  assert.equal((await next.join()).peers.length, 1);
  await well.next('join');
});

test('a fault while a scene wakes ends that scene alone; its visitors come back to a new one', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const elsewhere = await square.connect('siteKey=site_moss', { origin });
  await elsewhere.join();
  const gone = await square.connect();
  const victim = await square.connect();
  await gone.join();
  const { browserSecret } = await victim.join({ browserId: 'ada' });
  await gone.close();
  await victim.roundTrip();
  square.ring.onTouch = () => {
    throw new Error('no ring');
  };
  square.clock.advance(1_500);
  assert.deepEqual(await victim.closed, { code: 1011, reason: 'internal error' });
  assert.deepEqual(square.counted.slice(-2), ['scene-fault wake', 'scene-fault end']);
  square.ring.onTouch = () => undefined;
  await elsewhere.expectSilence();
  const back = await square.connect();
  const hello = await back.join({ browserId: 'ada', browserSecret });
  assert.equal(hello.browserSecret, browserSecret);
});

test('a reader that stops reading is dropped when a megabyte waits for it; the others read on', async (t) => {
  const square = await startLiveSquare(t);
  const slow = await square.connect();
  const quick = await square.connect();
  await slow.join({ ring: 1 });
  await quick.join({ ring: 1 });
  slow.socket.pause();
  const name = 'x'.repeat(500_000);
  for (let index = 0; index < 60 && !square.counted.includes('socket-dropped behind'); index += 1) {
    square.ring.show('default', { type: 'neighbours', ring: { id: 'r', name }, left: null, right: null });
    await quick.next('neighbours');
  }
  assert.ok(square.counted.includes('socket-dropped behind'));
  slow.socket.resume();
  assert.equal((await slow.closed).code, 1006);
  square.clock.advance(1_500);
  await quick.next('leave');
});

test('what a client still sends after the square began to close it is ignored', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite(), buildSite({ key: 'site_quay' })] });
  const client = await square.connect('siteKey=site_moss', { origin });
  await client.join();
  client.send({ type: 'move', x: 0.4 });
  square.sites.set('site_moss', buildSite({ isDisabled: true }));
  square.host.siteChanged('site_moss');
  client.send({ type: 'init' });
  client.send({ type: 'gate', side: 'left' });
  assert.deepEqual(await client.closed, { code: 4003, reason: 'site disabled' });
  assert.deepEqual(
    client.take().map(({ type }) => type),
    [],
  );
  assert.equal(square.host.socketCount('site_moss'), 0);
});

test('a deleted site closes its sockets; a saved one shows its new links and keeps its visitors', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const client = await square.connect('siteKey=site_moss', { origin });
  await client.join();
  const connections = [{ side: 'right' as const, label: 'new', url: 'https://new.example/' }];
  square.sites.set('site_moss', buildSite({ connections, chatThrottleMs: 0 }));
  square.host.siteChanged('site_moss');
  assert.deepEqual(await client.next('connections'), { type: 'connections', connections });
  assert.deepEqual(await client.next('chatThrottle'), { type: 'chatThrottle', ms: 0 });
  square.host.siteChanged('site_moss');
  await client.expectSilence();
  square.sites.delete('site_moss');
  square.host.siteChanged('site_moss');
  assert.deepEqual(await client.closed, { code: 4003, reason: 'site deleted' });
});

test('a handshake that is no WebSocket, or that breaks off, harms nobody', async (t) => {
  const square = await startLiveSquare(t);
  const client = await square.connect();
  await client.join();
  for (const request of [
    'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n',
  ]) {
    const socket = connect(square.port, '127.0.0.1');
    socket.end(request);
    socket.resume();
    await once(socket, 'close');
  }
  const broken = connect(square.port, '127.0.0.1');
  await once(broken, 'connect');
  broken.write(
    'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(broken, 'data');
  broken.resetAndDestroy();
  await settled(client);
  assert.deepEqual(client.take(), []);
  assert.equal(square.host.visitorCount('default'), 1);
});

test('a client that offers subprotocols and compression gets neither', async (t) => {
  const square = await startLiveSquare(t);
  const client = await square.connect('', {
    headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' },
  });
  await client.join();
  assert.equal(client.socket.extensions, '');
  assert.equal(client.socket.protocol, '');
});
