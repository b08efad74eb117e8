import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePorts } from '../../scripts/free-ports.ts';
import { startSquare } from '../support/ring-of-processes.ts';
import { runCli } from '../support/run-cli.ts';
import { eventually } from '../support/sharded-square.ts';
import { tempDir } from '../support/temp-dir.ts';

const WITHIN_MS = 60_000;

for (const shards of ['0', '1']) {
  test(`a ring whose port is taken while its square runs starts when the port is free, with SHARDS=${shards}`, async (t) => {
    const cwd = tempDir(t);
    const [tcp = 0, ws = 0] = await freePorts(2);
    const squatter = createServer().listen(tcp, '127.0.0.1');
    await once(squatter, 'listening');
    t.after(() => squatter.close());
    const env = {
      DATA_DIR: cwd,
      SHARDS: shards,
      P2P_HOST: '127.0.0.1',
      P2P_TCP_PORT: String(tcp),
      P2P_WS_PORT: String(ws),
      ALLOW_PRIVATE_RING: '1',
    };
    const square = await startSquare(t, env);
    const says = (text: string) => () => square.lines().some((line) => line.includes(text));
    const member = [
      '--origin',
      square.url,
      '--addr',
      `/ip4/127.0.0.1/tcp/${tcp}`,
      '--site',
      `moss,Moss,${square.url}/`,
    ];
    const made = await runCli(cwd, ['ring', 'create', '--name', 'Hedgerow', ...member], env);
    assert.equal(made.code, 0, made.stderr);
    await eventually('the square says so', says('the ring did not start; it is tried again'), WITHIN_MS);
    assert.equal((await fetch(`${square.url}/healthz`)).status, 200, 'and goes on');
    squatter.close();
    await eventually('the ring is up', says('ring service started'), WITHIN_MS);
  });
}
