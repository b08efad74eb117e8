import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';

const WATCHDOG = pathToFileURL(join(import.meta.dirname, '../../../src/lib/watchdog.ts')).href;

/** How a process ends that turns away from its timers for two seconds. @param inEachRound what it does meanwhile */
async function endOf(inEachRound: string): Promise<number | string> {
  const program = `
    import { startWatchdog } from ${JSON.stringify(WATCHDOG)};
    const showLife = startWatchdog();
    setTimeout(() => {
      for (const until = Date.now() + 2_000; Date.now() < until; ) { ${inEachRound} }
      process.exit(7);
    }, 300);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'ignore' });
  const [code, signal]: (number | string)[] = await once(child, 'exit');
  return code ?? signal ?? '';
}

test('a loop that never yields is ended; one that still hears its edge while its timers starve is not', async () => {
  assert.deepEqual(await Promise.all([endOf(''), endOf('showLife();')]), ['SIGKILL', 7]);
});
