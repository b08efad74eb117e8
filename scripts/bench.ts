/** Drives a TownSquare server and says what it cost: `npm run bench`. */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startBenchSquare } from './bench/bench-square.ts';
import { startCeiling } from './bench/ceiling.ts';
import { compare } from './bench/compare.ts';
import { summarizeProfile } from './bench/cpu-profile.ts';
import { benchFlood } from './bench/flood.ts';
import {
  BenchUsageError,
  readFloodOptions,
  readHopOptions,
  readOptions,
  readRingOptions,
  USAGE,
} from './bench/options.ts';
import { benchHop } from './bench/hop.ts';
import { benchRing } from './bench/ring.ts';
import { RUNS, type Figures } from './bench/scenarios.ts';

const [word = '', ...rest] = process.argv.slice(2);
try {
  if (word === '' || word === '--help') console.log(USAGE);
  else if (word === 'ceiling') await serveCeiling();
  else if (word === 'square') await serveSquare();
  else if (word === 'profile') showProfile();
  else if (word === 'ring') show(word, await benchRing(readRingOptions(rest)));
  else if (word === 'hop') show(word, await benchHop(readHopOptions(rest)));
  else if (word === 'flood') show(word, await benchFlood(readFloodOptions(rest)));
  else await drive();
} catch (err) {
  const isUsage = err instanceof BenchUsageError;
  process.stderr.write(
    `${err instanceof Error ? err.message : String(err)}\n${isUsage ? 'npm run bench -- --help says more\n' : ''}`,
  );
  process.exitCode = isUsage ? 2 : 1;
}

async function drive(): Promise<void> {
  const options = readOptions([word, ...rest]);
  const { server, other, scenario, json } = options;
  if (other === undefined) {
    const figures = await RUNS[scenario](server, options);
    console.log(json ? JSON.stringify({ scenario, figures }) : table(figures));
    return;
  }
  const comparison = await compare(server, other, options);
  if (json) {
    console.log(JSON.stringify({ scenario, rounds: options.rounds, ...comparison }));
    return;
  }
  const { first, second, ratios } = comparison;
  console.log(`${''.padEnd(24)}${'first'.padStart(14)}${'second'.padStart(14)}${'ratio'.padStart(10)}`);
  for (const [name, value] of Object.entries(first)) {
    const cells = [String(value).padStart(14), String(second[name] ?? '').padStart(14)];
    console.log(`${name.padEnd(24)}${cells.join('')}${String(ratios[name] ?? '').padStart(10)}`);
  }
}

async function serveCeiling(): Promise<void> {
  const { values } = parseArgs({ args: rest, options: { port: { type: 'string', default: '0' } } });
  const port = await startCeiling(Number(values.port));
  console.log(JSON.stringify({ url: `ws://127.0.0.1:${port}/live`, pid: process.pid }));
  await once(process, 'SIGTERM');
  process.exit(0);
}

async function serveSquare(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: rest,
    options: { scenes: { ...text, default: '1' }, shards: text, profile: text },
  });
  const { shards, profile } = values;
  const square = await startBenchSquare(Number(values.scenes), {
    ...(shards !== undefined && { SHARDS: shards }),
    ...(profile !== undefined && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(profile)}` }),
  });
  console.log(JSON.stringify({ url: square.socket, scenes: `${square.socket}?siteKey=bench_{n}`, pid: square.pid }));
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), square.exited]);
  await square.stop();
  process.exit(0);
}

function show(scenario: string, figures: Figures): void {
  console.log(rest.includes('--json') ? JSON.stringify({ scenario, figures }) : table(figures));
}

function showProfile(): void {
  for (const { where, share } of summarizeProfile(rest[0] ?? '', 25)) {
    console.log(`${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
  }
}

function table(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(24)}${String(value).padStart(14)}`)
    .join('\n');
}
