import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadSquareKey } from '../../federation/index.ts';
import { formRing, setUpSquares, startSquare } from '../support/ring-of-squares.ts';
import type { ChildSetup } from '../support/square-child.ts';
import { tempDir } from '../support/temp-dir.ts';

const CHILD = fileURLToPath(new URL('../support/square-child.ts', import.meta.url));

async function startChild(context: TestContext, setup: ChildSetup): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(setup)], { stdio: ['pipe', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a killed square is dim within 8 s, dark within 16 s, and live within 5 s of its return', async (context) => {
  const [alderSetup, birchSetup] = await setUpSquares(context, ['alder', 'birch']);
  assert.ok(alderSetup !== undefined && birchSetup !== undefined);
  const keyFile = join(tempDir(context), 'square.key');
  const key = await loadSquareKey(keyFile);
  const childSetup = { ...alderSetup, key, draft: { ...alderSetup.draft, square: key.square } };
  const ring = formRing([childSetup, birchSetup]);
  const birch = await startSquare(context, birchSetup, ring.documents);
  const settings = { keyFile, port: alderSetup.port, site: 'alder', documents: ring.documents };

  const child = await startChild(context, { ...settings, epoch: 1, count: 3 });
  const live = await birch.untilGate('left', (gate) => gate.state === 'live');
  assert.equal(live.count, 3);

  child.kill('SIGKILL');
  await once(child, 'exit');
  const killedAt = performance.now();
  const dim = await birch.untilGate('left', (gate) => gate.state === 'dim');
  const dimAfterMs = performance.now() - killedAt;
  assert.equal(dim.count, 3, 'dim still shows who was there');
  const dark = await birch.untilGate('left', (gate) => gate.state === 'dark');
  const darkAfterMs = performance.now() - killedAt;
  assert.equal(dark.count, undefined);
  assert.ok(dimAfterMs <= 8_000, `dim after ${dimAfterMs} ms`);
  assert.ok(darkAfterMs <= 16_000, `dark after ${darkAfterMs} ms`);

  await startChild(context, { ...settings, epoch: 2, count: 4 });
  const returnedAt = performance.now();
  const back = await birch.untilGate('left', (gate) => gate.state === 'live');
  const backAfterMs = performance.now() - returnedAt;
  assert.equal(back.count, 4);
  assert.ok(backAfterMs <= 5_000, `live after ${backAfterMs} ms`);
});
