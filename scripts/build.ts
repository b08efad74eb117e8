/** A release in dist/: the square as JavaScript and the widget bundle. `node dist/src/main.js` runs it. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { buildWidget } from './build-widget.ts';

rmSync('dist', { recursive: true, force: true });
const compiled = spawnSync('node_modules/.bin/tsc', ['-p', 'scripts/tsconfig.build.json'], { stdio: 'inherit' });
if (compiled.status !== 0) process.exit(1);
await buildWidget({ outDir: 'dist/public', minify: true });
cpSync('public/home', 'dist/public/home', { recursive: true });
cpSync('public/classic/widget.css', 'dist/public/classic/widget.css');
cpSync('public/map/map.css', 'dist/public/map/map.css');
for (const file of ['admin.css', ...['ring', 'site', 'register', 'service'].map((page) => `${page}/index.html`)])
  cpSync(`public/admin/${file}`, `dist/public/admin/${file}`);
process.stdout.write('built: node dist/src/main.js\n');
