/** Types, lint, format, import directions, dead code and the widget's size: `npm run check`. Runs all, then says what failed. */
import { spawnSync } from 'node:child_process';
import { buildWidget } from './build-widget.ts';

const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['types', ['tsc', '-p', 'tsconfig.json']],
  ['types of pages', ['tsc', '-p', 'public/tsconfig.json']],
  ['lint', ['oxlint', '--type-aware', '--deny-warnings']],
  ['format', ['oxfmt', '--check', '.']],
  ['import directions', ['depcruise', 'src', 'federation', 'public', '--output-type', 'err']],
  ['dead code', ['knip', '--no-progress']],
];

const failed: string[] = [];
for (const [name, [command = '', ...args]] of CHECKS) {
  process.stdout.write(`\n── ${name}\n`);
  if (spawnSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' }).status !== 0) failed.push(name);
}
process.stdout.write('\n── widget size\n');
try {
  await buildWidget({ outDir: 'dist/public', minify: true });
} catch (err) {
  process.stdout.write(`${err instanceof Error ? err.message : String(err)}\n`);
  failed.push('widget size');
}
process.stdout.write(failed.length === 0 ? '\nall checks passed\n' : `\nfailed: ${failed.join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);
