/**
 * A visit to the demo ring in Firefox and in WebKit's engine: `node scripts/other-browsers.ts [--only firefox,webkit]
 * [--pictures folder]`. Prints a row for each promise and leaves with 1 when one is not kept. The browsers are the system's;
 * Chromium has the tests.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, Setup } from './browsers/engine.ts';
import { findFirefox } from './browsers/firefox.ts';
import { startOwnSite } from './browsers/own-site.ts';
import { CALM, DARK, FORCED, PAGES, TOUCH } from './browsers/pages.ts';
import { Street } from './browsers/street.ts';
import { VISIT, type DemoSquare, type Step } from './browsers/visit.ts';
import { findWebKit } from './browsers/webkit.ts';
import type { Tab } from './browsers/webdriver.ts';
import { freePorts } from './free-ports.ts';

const MISSING = 'needs Firefox and WebKitGTK: as root, apt-get install firefox-esr webkit2gtk-driver xvfb';

/** Whatever glides or fades has come to its end. */
const SETTLED_MS = 1_200;
/** A square that is gone on purpose, and a page whose operator is not signed in. */
const EXPECTED = /establish a connection|interrupted|status of 401|WebSocket connection/;

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
  for (const engine of engines) {
    console.log(`\n${engine.name} (${engine.version()})`);
    await visitWith(engine, squares);
  }
} finally {
  demo.kill('SIGINT');
  await once(demo, 'exit');
}
console.log(broken === 0 ? '\nevery promise was kept' : `\n${broken} promises were not kept`);
process.exit(broken === 0 ? 0 : 1);

async function visitWith(engine: Engine, [home, next]: readonly DemoSquare[]): Promise<void> {
  if (home === undefined || next === undefined) throw new Error('the demo has no two squares');
  const [here, there] = [await Street.watch(home.socket), await Street.watch(next.socket)];
  try {
    await round(engine, {}, VISIT, { home, next, here, there, id: 0 });
  } finally {
    await here.close();
    await there.close();
  }
  const site = await startOwnSite();
  try {
    await round(engine, {}, PAGES, { site });
    await round(engine, { isDark: true, isSharp: true }, DARK, { site });
    await round(engine, { isCalm: true }, CALM, { site });
    await round(engine, { isForced: true, isCalm: true }, FORCED, { site });
    await round(engine, { isCoarse: true }, TOUCH, { site });
  } finally {
    await site.stop();
  }
}

interface Shown {
  readonly tab: Tab;
  readonly picture: (name: string) => Promise<void>;
}

/** One browser, from its start to its end, and what is tried in it. */
async function round<World extends object>(
  engine: Engine,
  setup: Setup,
  steps: readonly Step<World & Shown>[],
  world: World,
): Promise<void> {
  const browser = await engine.open(setup);
  const { tab } = browser;
  const picture = async (name: string): Promise<void> => {
    if (values.pictures === undefined) return;
    await sleep(SETTLED_MS);
    writeFileSync(join(values.pictures, `${name}-${engine.name.toLowerCase()}.png`), await tab.screenshot());
  };
  try {
    await tab.resize(1_280, 800);
    const visit = { ...world, tab, picture };
    for (const step of steps) await take(step, visit);
    const errors = (await browser.errors()).filter((line) => !EXPECTED.test(line));
    await take({ promise: 'its consoles tell of no error', run: async () => assert.deepEqual(errors, []) }, visit);
  } finally {
    await browser.close();
  }
}

async function take<World extends Shown>({ promise, run }: Step<World>, visit: World): Promise<void> {
  try {
    const note = await run(visit);
    console.log(`  kept    ${promise}${typeof note === 'string' ? ` (${note})` : ''}`);
  } catch (err) {
    broken += 1;
    // Keys that are still held would tell in what is typed next.
    await visit.tab.ask('ReleaseActions');
    console.log(`  BROKEN  ${promise}: ${err instanceof Error ? err.message : String(err)}`);
    await visit.picture(`broken-${broken}`);
  }
}
