import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { processTime } from '../../../src/lib/process-cpu.ts';

const WATCHDOG = pathToFileURL(join(import.meta.dirname, '../../../src/lib/watchdog.ts')).href;

/** How a process ends that turns away from its timers for two seconds of CPU time. @param inEachRound what it does meanwhile */
async function endOf(inEachRound: string): Promise<number | string> {
  const program = `
    import { startWatchdog } from ${JSON.stringify(WATCHDOG)};
    const showLife = startWatchdog();
    setTimeout(() => {
      for (const from = process.cpuUsage().user; process.cpuUsage().user - from < 1_700_000; ) { ${inEachRound} }
      process.exit(7);
    }, 300);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'ignore' });
  const [code, signal]: (number | string)[] = await once(child, 'exit');
  return code ?? signal ?? '';
}

test('a loop that never yields is ended; one that still hears its edge while its timers starve is not', async () => {
  assert.deepEqual(await Promise.all([endOf(''), endOf('showLife();')]), ['SIGKILL', 7]);
});

test('the CPU time of a process is read from its kernel, and of one that is not there nothing is', () => {
  assert.equal(processTime(2 ** 30), undefined);
  const before = processTime(process.pid);
  // Only Linux tells: elsewhere nothing is known of a process, and nothing is made up.
  if (process.platform !== 'linux') return assert.equal(before, undefined);
  assert.ok(before !== undefined);
  const { user, system } = process.cpuUsage();
  assert.ok(Math.abs(before.cpuSeconds - (user + system) / 1e6) < 0.2);
  assert.equal(before.isStopped, false);
});
