import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

test('a log line is JSON with level and time, and what must stay secret never shows', () => {
  const module = join(import.meta.dirname, '../../../src/log/log.ts');
  const script = `
    const { createLog } = await import(${JSON.stringify(module)});
    const log = createLog('info').child({ part: 'edge' });
    log.info({ code: 'SECRET', plate: { code: 'SECRET', text: 'SECRET' }, browserId: 'SECRET', sites: 2 }, 'arrived');
    log.debug({}, 'not printed');`;
  const lines = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    .trim()
    .split('\n');
  assert.equal(lines.length, 1);
  assert.ok(!lines[0]?.includes('SECRET'), lines[0]);
  const entry = JSON.parse(lines[0] ?? '');
  assert.deepEqual([entry.level, entry.part, entry.msg, entry.sites], ['info', 'edge', 'arrived', 2]);
  assert.ok(Date.parse(entry.time) > 0);
});
