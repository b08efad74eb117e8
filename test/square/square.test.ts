import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { metric, startSquare } from '../support/ring-of-processes.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Hello {
  type: string;
  id: number;
  browserSecret: string;
  displayName: string;
}

/** Joins and answers the hello. */
async function enter(socketUrl: string, init: object): Promise<{ socket: WebSocket; hello: Hello }> {
  const socket = new WebSocket(socketUrl);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'init', ...init }));
  const [message] = await once(socket, 'message');
  return { socket, hello: JSON.parse(String(message)) };
}

test('a square with nothing but defaults serves a page, a widget, its health and its numbers', async (t) => {
  const { url } = await startSquare(t);
  const home = await fetch(`${url}/`);
  assert.equal(home.status, 200);
  const page = await home.text();
  assert.match(page, /<town-square/);
  assert.ok(page.includes(url) && !page.includes('{{origin}}'), 'the snippet names this square');
  assert.ok(!page.includes('/ring/next'), 'no link into a ring that is not there');
  const widget = await fetch(`${url}/townring.js`);
  assert.match(widget.headers.get('content-type') ?? '', /javascript/);
  assert.equal(widget.headers.get('access-control-allow-origin'), '*');
  const again = await fetch(`${url}/townring.js`, { headers: { 'if-none-match': widget.headers.get('etag') ?? '' } });
  assert.equal(again.status, 304);
  assert.equal(await (await fetch(`${url}/healthz`)).text(), 'ok');
  assert.equal(await metric(url, /^square_visitors (\d+)/m), 0);
  assert.equal((await fetch(`${url}/nothing-here`)).status, 404);
  assert.equal((await fetch(`${url}/ring/next`)).status, 404);
  assert.deepEqual(await (await fetch(`${url}/ring/list.json`)).json(), { rings: [] });
});

test("the operator's own pages are served, and nothing outside their folder", async (t) => {
  const folder = tempDir(t);
  const pages = join(folder, 'pages');
  mkdirSync(pages);
  writeFileSync(join(pages, 'index.html'), '<h1>Moss</h1>');
  writeFileSync(join(pages, 'style.css'), 'h1{}');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const { url } = await startSquare(t, { SITE_DIR: pages });
  assert.equal(await (await fetch(`${url}/`)).text(), '<h1>Moss</h1>');
  assert.match((await fetch(`${url}/style.css`)).headers.get('content-type') ?? '', /text\/css/);
  for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%252e%252e/secret.txt']) {
    const answer = await rawGet(url, path);
    assert.ok(
      !answer.includes('secret\n') && !answer.endsWith('secret'),
      `${path} stays inside: ${answer.slice(0, 40)}`,
    );
  }
});

test('on SIGTERM visitors are told, the process ends by itself with 0 within 5 s', async (t) => {
  const square = await startSquare(t);
  const { socket } = await enter(square.socket, { browserId: 'b1' });
  const closed = once(socket, 'close');
  const begun = performance.now();
  square.kill('SIGTERM');
  const [code, reason] = await closed;
  assert.deepEqual([code, String(reason)], [1001, 'server shutting down']);
  assert.equal(await square.exited, 0);
  assert.ok(performance.now() - begun < 5_000);
});

test('a square that is told to stop while it starts ends by itself with 0, its store closed', async (t) => {
  const dataDir = tempDir(t);
  const square = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts')], {
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, PORT: '0', SHARDS: '0' },
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => square.kill('SIGKILL'));
  await once(square.stdout, 'data');
  square.stdout.resume();
  square.kill('SIGTERM');
  assert.deepEqual(await once(square, 'exit'), [0, null]);
  assert.equal(existsSync(join(dataDir, 'square.db-wal')), false);
});

test('a visitor who comes back after the square was killed is the same visitor by the same secret', async (t) => {
  const dataDir = tempDir(t);
  const first = await startSquareProcess({ DATA_DIR: dataDir, PORT: '0' });
  t.after(() => first.stop());
  const before = await enter(first.socket, { browserId: 'b1', displayName: 'Ada' });
  const gone = once(before.socket, 'close');
  first.kill('SIGKILL');
  await gone;
  assert.equal(await first.exited, 'SIGKILL');
  const second = await startSquareProcess({ DATA_DIR: dataDir, PORT: '0' });
  t.after(() => second.stop());
  const tab = await enter(second.socket, {
    browserId: 'b1',
    browserSecret: before.hello.browserSecret,
    displayName: 'Ada',
  });
  const sibling = await enter(second.socket, { browserId: 'b1', browserSecret: before.hello.browserSecret });
  const stranger = await enter(second.socket, { browserId: 'b1', browserSecret: '0'.repeat(64) });
  assert.equal(tab.hello.browserSecret, before.hello.browserSecret);
  assert.equal(sibling.hello.id, tab.hello.id, 'the old secret opens a second tab');
  assert.equal(sibling.hello.displayName, 'Ada');
  assert.notEqual(stranger.hello.id, tab.hello.id, 'a wrong one does not');
  for (const { socket } of [tab, sibling, stranger]) socket.terminate();
});

test('everything a square keeps is for its own user only', async (t) => {
  const dataDir = join(tempDir(t), 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  await startSquare(t, { DATA_DIR: dataDir });
  for (const file of ['square.key', 'visitor.key'])
    assert.equal(statSync(join(dataDir, file)).mode & 0o777, 0o600, file);
});

test('a square that cannot start says why in words and ends', async (t) => {
  const dataDir = tempDir(t);
  const running = await startSquare(t, { DATA_DIR: dataDir });
  const port = new URL(running.url).port;
  await assert.rejects(startSquareProcess({ DATA_DIR: dataDir, PORT: '0' }), /another square is already running/);
  await assert.rejects(startSquareProcess({ DATA_DIR: tempDir(t), PORT: port }), /is taken: choose another PORT/);
  await assert.rejects(startSquareProcess({ DATA_DIR: tempDir(t), PORT: 'x', SHARDS: 'many' }), /PORT.*[\s\S]*SHARDS/);
  const damaged = tempDir(t);
  writeFileSync(join(damaged, 'square.key'), 'nonsense', { mode: 0o600 });
  await assert.rejects(startSquareProcess({ DATA_DIR: damaged, PORT: '0' }), /square\.key/);
});

test('clients that reset right after the upgrade, or speak nonsense to it, leave the square standing', async (t) => {
  const { url, socket: socketUrl } = await startSquare(t);
  const { port } = new URL(url);
  for (let round = 0; round < 50; round += 1) {
    const raw = connect(Number(port), '127.0.0.1');
    await once(raw, 'connect');
    raw.on('error', () => {});
    raw.write(
      'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    if (round % 2 === 0) raw.resetAndDestroy();
    else raw.end('\xff\xff not a frame');
  }
  assert.match(await rawGet(url, '/elsewhere', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'), /^HTTP\/1\.1 400/);
  const { hello, socket } = await enter(socketUrl, {});
  assert.equal(hello.type, 'hello');
  socket.terminate();
});

/** Sends a request target as it is; `fetch` would tidy it first. */
async function rawGet(url: string, target: string, headers = 'Connection: close\r\n'): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostname}\r\n${headers}\r\n`);
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  await once(socket, 'close');
  return answer;
}

test('a square whose starter died, log reader and all, ends too', async (t) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts')], {
    env: { PATH: process.env['PATH'], DATA_DIR: tempDir(t), PORT: '0', SHARDS: '0', END_WITH_STDIN: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  // In the middle of its start: it has more to say, and nobody listens.
  child.stdout.destroy();
  child.stdin.destroy();
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(10_000) });
  assert.equal(code, 0);
});
