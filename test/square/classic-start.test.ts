import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startClassically } from '../support/classic-start.ts';
import { eventually } from '../support/sharded-square.ts';

/** Every Node on this machine that a `server.js` may meet, one of each major version. */
function nodesHere(): string[] {
  const found = new Map<string, string>();
  for (const node of [process.execPath, '/usr/bin/node', '/usr/local/bin/node']) {
    if (!existsSync(node)) continue;
    const major = execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }).trim();
    if (Number(major) >= 20) found.set(major, found.get(major) ?? node);
  }
  return [...found.values()];
}

for (const node of nodesHere()) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().split('.', 1)[0];
  test(`a server.js that imports our start serves under Node ${version}, and ends with 0 on SIGTERM`, async (t) => {
    const square = await startClassically(t, { SHARDS: '0' }, node);
    assert.ok(existsSync(join(square.dataDir, 'square.db')), 'in the folder it was given');
    assert.equal(await (await fetch(`${square.url}/healthz`)).text(), 'ok');
    assert.equal(await square.end(), 0);
    await assert.rejects(fetch(`${square.url}/healthz`));
  });

  test(`a server.js under Node ${version} that is killed leaves no square behind`, async (t) => {
    const square = await startClassically(t, { SHARDS: '0' }, node);
    square.kill();
    await eventually('nobody runs in its folder', () => !isAnyIn(square.dataDir));
  });
}

/** Whether a process has a file of this folder open. */
function isAnyIn(folder: string): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`DATA_DIR=${folder}\0`);
    } catch {
      return false; // it has just ended
    }
  });
}
