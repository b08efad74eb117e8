/**
 * Everything that must pass, browser tests included: `npm test`, or `npm test -- test/unit` for a part. Real squares and
 * browsers keep promises in seconds, so their files run one at a time, first; all others run two at a time.
 *
 * On a shared machine something outside can hold up a real-time file for seconds. Up to {@link SECOND_TRIES} of those files
 * run once more at the end, alone; what failed only the first time is named as such, so that it is looked at. More than that
 * many, or any other file, and the run fails at once. What failed is named once more at the end.
 */
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { buildWidget } from './build-widget.ts';
import { ensureChromium } from './find-chromium.ts';

const TIMEOUT_MS = 180_000;
const SECOND_TRIES = 2;
const IN_REAL_TIME = /^test\/(browser|chaos|docs|federation|square)\//u;

const parts = process.argv.slice(2);
const files = (parts.length === 0 ? ['test'] : parts)
  .flatMap((part) => (part.endsWith('.ts') ? [part] : globSync(`${part}/**/*.test.ts`)))
  .sort();

try {
  if (files.length === 0) throw new Error(`no test files under ${parts.join(', ')}`);
  await buildWidget({ outDir: 'dist/public', minify: true });
  if (files.some((file) => file.includes('browser'))) ensureChromium();
} catch (err) {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exit(1);
}

const failed = await runFiles(
  files.filter((file) => IN_REAL_TIME.test(file)),
  1,
);
const failedForGood = await runFiles(
  files.filter((file) => !IN_REAL_TIME.test(file)),
  2,
);
const again = [...new Set(failed.map(({ file }) => file))];
if (again.length > 0 && again.length <= SECOND_TRIES && failedForGood.length === 0) {
  process.stdout.write(`\n── once more, alone: ${again.join(' ')}\n`);
  const still = await runFiles(again, 1);
  tell('failed the first time only', still.length > 0 ? [] : failed);
  failedForGood.push(...still);
} else {
  failedForGood.push(...failed);
}
tell('failed', failedForGood);
process.exitCode = failedForGood.length > 0 ? 1 : 0;

interface Failure {
  readonly file: string;
  readonly name: string;
}

async function runFiles(chosen: readonly string[], atATime: number): Promise<Failure[]> {
  if (chosen.length === 0) return [];
  const failures: Failure[] = [];
  // A test that failed may leave something running, and must not hold up all others.
  const events = run({ files: chosen, concurrency: atATime, timeout: TIMEOUT_MS, forceExit: true });
  events.on('test:fail', ({ file, name }) => failures.push({ file: relative('.', file ?? ''), name }));
  for await (const text of events.compose(new spec())) process.stdout.write(text);
  return failures;
}

function tell(what: string, failures: readonly Failure[]): void {
  if (failures.length === 0) return;
  process.stderr.write(`\n${what}:\n${failures.map(({ file, name }) => `  ${file}: ${name}\n`).join('')}`);
}
