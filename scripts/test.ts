/**
 * Everything that must pass, browser tests included: `npm test`, or `npm test -- test/unit` for a part. Real squares and
 * browsers keep promises in seconds, so their files run one at a time, first; all others run two at a time. What failed is
 * named once more at the end.
 */
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { buildWidget } from './build-widget.ts';
import { ensureChromium } from './find-chromium.ts';

const TIMEOUT_MS = 180_000;
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

const failed: string[] = [];
await runFiles(
  files.filter((file) => IN_REAL_TIME.test(file)),
  1,
);
await runFiles(
  files.filter((file) => !IN_REAL_TIME.test(file)),
  2,
);
if (failed.length > 0) process.stderr.write(`\nfailed:\n${failed.map((line) => `  ${line}\n`).join('')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function runFiles(chosen: readonly string[], atATime: number): Promise<void> {
  if (chosen.length === 0) return;
  const events = run({ files: chosen, concurrency: atATime, timeout: TIMEOUT_MS });
  events.on('test:fail', ({ file, name }) => failed.push(`${relative('.', file ?? '')}: ${name}`));
  for await (const text of events.compose(new spec())) process.stdout.write(text);
}
