// Starts a square from wherever a classic TownSquare server was started, by a `server.js` that only imports this file
// (docs/move-from-townsquare.md). Plain JavaScript, since whoever starts it may run an older Node: then the square runs in a
// Node 24 of its own, which ends with this process.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
const node24 = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
if (major >= 24) {
  await import('./start.ts');
} else if (existsSync(node24)) {
  const start = fileURLToPath(new URL('./start.ts', import.meta.url));
  const square = spawn(node24, [start, ...process.argv.slice(2)], {
    stdio: ['pipe', 'inherit', 'inherit'],
    // Its standard input ends when this process does, however that ends.
    env: { ...process.env, END_WITH_STDIN: '1' },
  });
  square.stdin.on('error', () => {});
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => square.kill(signal));
  square.on('error', (err) => {
    process.stderr.write(`Townring did not start: ${err.message}\n`);
    process.exit(1);
  });
  square.on('exit', (code) => process.exit(code ?? 1));
} else {
  process.stderr.write(
    `Townring needs Node 24 or newer, this is ${process.version}: run "npm ci" in its folder on Linux, or install Node 24.\n`,
  );
  process.exit(1);
}
