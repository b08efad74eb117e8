import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

const program = join(import.meta.dirname, '../support/storm-of-visitors.ts');

test('after 50,000 joins and leaves every map, timer, object and the heap are back where they were', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '50000'], { timeout: 300_000 });
  assert.match(stdout, /^52000 came and went/);
});
