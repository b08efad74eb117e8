/** Sockets on their way from the edge to a shard: what the hand-over must not lose, and what it must survive. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { settled } from '../support/live-client.ts';
import { comeBack, eventually, isRunning, startShardedSquare } from '../support/sharded-square.ts';

/** A client's text frame, masked with zeros. */
function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  assert.ok(payload.length < 126);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

const INIT = frameOf('{"type":"init"}');

test('what a client says before it has an answer is heard: behind the request, right after it, and a moment later', async (t) => {
  const square = await startShardedSquare(t);
  const { hostname, port } = new URL(square.process.url);
  const request = Buffer.from(
    `GET /live HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const enter = async (mode: number): Promise<boolean> => {
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    let heard = '';
    const answered = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), 5_000);
      const end = (isAnswered: boolean): void => {
        clearTimeout(timer);
        resolve(isAnswered);
      };
      socket.on('data', (chunk) => {
        heard += String(chunk);
        if (heard.includes('"type":"hello"')) end(true);
      });
      socket.once('close', () => end(false));
    });
    if (mode === 0) {
      socket.write(Buffer.concat([request, INIT]));
    } else {
      socket.write(request);
      if (mode === 2) await new Promise((resolve) => setImmediate(resolve));
      socket.write(INIT);
    }
    const isAnswered = await answered;
    socket.destroy();
    return isAnswered;
  };
  const modes = ['in one segment', 'right after', 'a moment later'];
  for (const [mode, name] of modes.entries()) {
    let greeted = 0;
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(Array.from({ length: 30 }, () => enter(mode)));
      greeted += answers.filter(Boolean).length;
    }
    t.diagnostic(`${name}: ${greeted} of 300 greeted`);
    assert.equal(greeted, 300, name);
  }
});

test('a shard that is frozen is killed by the edge within two seconds and replaced', async (t) => {
  const square = await startShardedSquare(t);
  const elsewhere = await square.enterHosted();
  await elsewhere.join();
  t.after(() => elsewhere.socket.terminate());
  const pid = square.pidOf(square.shared);
  const begun = performance.now();
  process.kill(pid, 'SIGSTOP');
  await eventually('it is killed', () => !isRunning(pid), 5_000);
  const killed = performance.now() - begun;
  const back = await comeBack(square.enterShared);
  await back.join();
  back.socket.terminate();
  await elsewhere.roundTrip();
  assert.equal(await square.counted('tree', 'shard', 'stuck'), 1);
  t.diagnostic(`killed after ${killed.toFixed(0)} ms`);
});

test('while the edge is frozen a stuck shard ends by its own watchdog, and the healthy one is not blamed afterwards', async (t) => {
  const square = await startShardedSquare(t);
  const elsewhere = await square.enterHosted();
  await elsewhere.join();
  const looping = await square.enterShared();
  await looping.roundTrip();
  t.after(() => elsewhere.socket.terminate());
  const pids = [square.pidOf(square.shared), square.pidOf(square.hosted)];
  t.after(() => square.process.kill('SIGCONT'));
  square.process.kill('SIGSTOP');
  const begun = performance.now();
  looping.send({ type: 'init', browserId: 'door-loop' });
  await looping.closed;
  const killed = performance.now() - begun;
  // Its sockets close a moment before the process is gone.
  await eventually('it is gone', () => !isRunning(pids[0] ?? 0));
  await settled(elsewhere);
  // Longer than a shard may be silent: the edge must not take its own pause for theirs.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  square.process.kill('SIGCONT');
  const back = await comeBack(square.enterShared);
  await back.join();
  back.socket.terminate();
  await elsewhere.roundTrip();
  assert.equal(square.pidOf(square.hosted), pids[1]);
  assert.ok(isRunning(pids[1] ?? 0));
  t.diagnostic(`ended itself after ${killed.toFixed(0)} ms`);
});

test('a square whose shard is frozen still stops within five seconds, says goodbye in the other, and leaves no process', async (t) => {
  const square = await startShardedSquare(t);
  const elsewhere = await square.enterHosted();
  await elsewhere.join();
  const pids = [square.pidOf(square.shared), square.pidOf(square.hosted)];
  process.kill(pids[0] ?? 0, 'SIGSTOP');
  const begun = performance.now();
  square.process.kill('SIGTERM');
  assert.deepEqual(await elsewhere.closed, { code: 1001, reason: 'server shutting down' });
  assert.equal(await square.process.exited, 0);
  const stopped = performance.now() - begun;
  assert.ok(stopped < 5_000, `${stopped} ms`);
  assert.deepEqual(
    pids.map((pid) => isRunning(pid)),
    [false, false],
  );
  t.diagnostic(`stopped after ${stopped.toFixed(0)} ms`);
});
