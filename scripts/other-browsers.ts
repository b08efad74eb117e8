/**
 * A visit to the demo ring in Firefox and in WebKit's engine: `node scripts/other-browsers.ts [--only firefox,webkit]
 * [--pictures folder]`. Prints a row for each promise and leaves with 1 when one is not kept. The browsers are the system's;
 * Chromium has the tests.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Engine } from './browsers/engine.ts';
import { findFirefox } from './browsers/firefox.ts';
import { Street } from './browsers/street.ts';
import { VISIT, type DemoSquare, type Step } from './browsers/visit.ts';
import { findWebKit } from './browsers/webkit.ts';
import { freePorts } from './free-ports.ts';

const MISSING = 'needs Firefox and WebKitGTK: as root, apt-get install firefox-esr webkit2gtk-driver xvfb';

const { values } = parseArgs({
  options: { only: { type: 'string', default: 'firefox,webkit' }, pictures: { type: 'string' } },
});
const finders: Readonly<Record<string, () => Engine | undefined>> = { firefox: findFirefox, webkit: findWebKit };
const engines = values.only.split(',').flatMap((name) => {
  const engine = finders[name]?.();
  if (engine === undefined) process.stderr.write(`no ${name} here; ${MISSING}\n`);
  return engine === undefined ? [] : [engine];
});
if (engines.length < values.only.split(',').length) process.exit(1);
if (values.pictures !== undefined) mkdirSync(values.pictures, { recursive: true });

let broken = 0;
const [port = 0] = await freePorts(4);
const demo = spawn(process.execPath, ['scripts/run.mjs', 'demo', '--json', '--port', String(port)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = await once(createInterface({ input: demo.stdout }), 'line');
  const { squares }: { squares: DemoSquare[] } = JSON.parse(String(line));
  for (const engine of engines) await visitWith(engine, squares);
} finally {
  demo.kill('SIGINT');
  await once(demo, 'exit');
}
console.log(broken === 0 ? '\nevery promise was kept' : `\n${broken} promises were not kept`);
process.exit(broken === 0 ? 0 : 1);

async function visitWith(engine: Engine, [home, next]: readonly DemoSquare[]): Promise<void> {
  if (home === undefined || next === undefined) throw new Error('the demo has no two squares');
  console.log(`\n${engine.name} (${engine.version()})`);
  const [here, there] = [await Street.watch(home.socket), await Street.watch(next.socket)];
  const browser = await engine.open();
  const { tab } = browser;
  const picture = async (name: string): Promise<void> => {
    if (values.pictures === undefined) return;
    writeFileSync(join(values.pictures, `${engine.name.toLowerCase()}-${name}.png`), await tab.screenshot());
  };
  try {
    await tab.resize(1_280, 800);
    const visit = { tab, home, next, here, there, picture, id: 0 };
    for (const step of VISIT) await take(step, visit);
  } finally {
    await browser.close();
    await here.close();
    await there.close();
  }
}

async function take<Of extends { readonly picture: (name: string) => Promise<void> }>(
  { promise, run }: Step<Of>,
  visit: Of,
): Promise<void> {
  try {
    const note = await run(visit);
    console.log(`  kept    ${promise}${typeof note === 'string' ? ` (${note})` : ''}`);
  } catch (err) {
    broken += 1;
    console.log(`  BROKEN  ${promise}: ${err instanceof Error ? err.message : String(err)}`);
    await visit.picture(`broken-${broken}`);
  }
}
