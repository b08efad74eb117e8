/**
 * Everything that must pass, browser tests included: `npm test`, or `npm test -- test/unit` for a part. Real squares and
 * browsers share the machine, so files that start them run two at a time.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { buildWidget } from './build-widget.ts';
import { ensureChromium } from './find-chromium.ts';

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
const run = spawnSync(process.execPath, ['--test', '--test-concurrency=2', '--test-timeout=180000', ...files], {
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
