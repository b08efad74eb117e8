import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { freePorts } from '../../scripts/free-ports.ts';
import { readySquares, startDemo } from '../support/demo-process.ts';
import { LiveClient } from '../support/live-client.ts';

test('npm run demo boots a real ring with residents, says in one line where it is, and leaves nothing behind', async (t) => {
  const demo = startDemo(t, [
    '--json',
    '--squares',
    '4',
    '--residents',
    '2',
    '--port',
    String((await freePorts(1))[0]),
  ]);
  const squares = await readySquares(demo);
  assert.deepEqual(
    squares.map(({ left, right }) => [left, right]),
    [
      [3, 1],
      [0, 2],
      [1, 3],
      [2, 0],
    ],
  );
  assert.equal(new Set(squares.flatMap(({ pid, site, name, url }) => [pid, site, name, url])).size, 16);

  const [first] = squares;
  assert.ok(first);
  const page = await (await fetch(first.url)).text();
  assert.match(page, /<town-square/);
  const visitor = await LiveClient.connect(first.socket);
  const hello = await visitor.join({ browserId: 'me', ring: 1 });
  const residents = [...hello.peers];
  while (residents.length < 2) residents.push((await visitor.next('join')).peer);
  assert.ok(residents.every(({ ring, displayName }) => ring?.resident === true && displayName.endsWith(', resident')));
  const gates = await visitor.next('neighbours', ({ left, right }) => left?.state === 'live' && right?.count === 2);
  assert.deepEqual([gates.left?.site, gates.right?.site], [squares[3]?.site, squares[1]?.site]);
  await visitor.close();

  demo.kill('SIGINT');
  const [code] = await once(demo, 'exit');
  assert.equal(code, 0);
  for (const { pid } of squares) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`townring-demo-${demo.pid}-`));
  assert.deepEqual(left, [], 'its folders are gone');
});

test('the demo says at once everything that is wrong with its options', async (t) => {
  const demo = startDemo(t, ['--squares', '13', '--port', 'x', '--residents', '-1']);
  let problems = '';
  demo.stderr.on('data', (chunk) => (problems += String(chunk)));
  const [code] = await once(demo, 'exit');
  assert.equal(code, 2);
  for (const option of ['--squares', '--port']) assert.match(problems, new RegExp(option));
});

test('the demo ends with one clear line when a port is taken', async (t) => {
  const [port = 0] = await freePorts(1);
  const squatter = createServer().listen(port, '127.0.0.1');
  await once(squatter, 'listening');
  t.after(() => squatter.close());
  const demo = startDemo(t, ['--squares', '2', '--residents', '0', '--port', String(port)]);
  let problems = '';
  demo.stderr.on('data', (chunk) => (problems += String(chunk)));
  const [code] = await once(demo, 'exit');
  assert.equal(code, 1);
  assert.match(problems, /is taken: choose another PORT/);
  assert.deepEqual(squaresOf(demo.pid), [], 'the square that did start has ended with it');
});

test('when the demo itself is killed its squares do not stay behind', async (t) => {
  const demo = startDemo(t, [
    '--json',
    '--squares',
    '2',
    '--residents',
    '0',
    '--port',
    String((await freePorts(1))[0]),
  ]);
  const squares = await readySquares(demo);
  const [first] = squares;
  assert.ok(first);
  const visitor = await LiveClient.connect(first.socket);
  demo.kill('SIGKILL');
  assert.deepEqual(await visitor.closed, { code: 1001, reason: 'server shutting down' });
});

/** Processes that run in a folder of this demo, as Linux lists them; on other systems none are found. */
function squaresOf(demoPid: number | undefined): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`townring-demo-${demoPid}-`);
    } catch {
      return false; // ended meanwhile, or somebody else's
    }
  });
}
