import { isIPv4 } from 'node:net';
import { parseArgs } from 'node:util';
import type { Target } from './bench-client.ts';
import type { FloodBenchOptions } from './flood.ts';
import type { HopBenchOptions } from './hop.ts';
import type { RingBenchOptions } from './ring.ts';

export const SCENARIOS = [
  'fan-out',
  'scenes',
  'idle',
  'join-storm',
  'churn',
  'malformed',
  'hostile-scene',
  'soak',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** A server to drive. */
export interface Server {
  /** One target for each scene. */
  readonly targets: readonly Target[];
  /** Its process, children included, for CPU and memory; undefined: not measured. */
  readonly pid: number | undefined;
}

/** A soak starts its own. */
const NO_SERVER: Server = { targets: [], pid: undefined };

export interface BenchOptions {
  readonly scenario: Scenario;
  readonly server: Server;
  /** With `compare`: the second server. */
  readonly other: Server | undefined;
  readonly rounds: number;
  /** Visitors in each scene. */
  readonly walkers: number;
  readonly hz: number;
  readonly seconds: number;
  /** Joins, or hostile messages, in a second. */
  readonly rate: number;
  /** How long a visitor of `churn` stays. */
  readonly holdMs: number;
  /** How long a soak takes. */
  readonly minutes: number;
  /** Scenes of a soak, whose square is its own. */
  readonly scenes: number;
  /** Scene processes of a soak's square; 0: none of their own. */
  readonly shards: number;
  readonly json: boolean;
}

/** What can be asked for, and how much of it at most: a bench is bounded in count and in time. */
const NUMBERS = {
  walkers: { fallback: 100, max: 2_000, meaning: 'visitors in each scene' },
  scenes: { fallback: 1, max: 1_000, meaning: 'scenes; {n} in a URL counts from 0' },
  hz: { fallback: 5, max: 25, meaning: 'moves of each walker in a second' },
  seconds: { fallback: 10, max: 1_800, meaning: 'how long to measure' },
  rate: { fallback: 200, max: 10_000, meaning: 'joins, or hostile messages, in a second' },
  'hold-ms': { fallback: 800, max: 60_000, meaning: 'how long a visitor of churn stays' },
  minutes: { fallback: 30, max: 240, meaning: 'how long a soak takes' },
  rounds: { fallback: 3, max: 20, meaning: 'rounds of a comparison, both servers in each' },
} as const;

/** What a soak keeps going unless told otherwise: every scene has room to sit, and somebody comes ten times a second. */
const SOAK_FALLBACK: Readonly<Record<string, number>> = { scenes: 8, walkers: 15 };
const SOAK_SHARDS = 2;

/** A scene that is not full, where nothing is gathered: what is late is late for the machine's sake. */
const FLOOD_FALLBACK = { rounds: 3, seconds: 8, walkers: 8, hz: 5 } as const;
const SHARDS_MAX = 64;

/** Each is three processes. */
const RING_SQUARES_MAX = 24;

/** Visitors of one square of a hop bench: what its one scene takes, ten of its own besides. */
const HOP_VISITORS_MAX = 990;
const HOPS_MAX = 600;
const DELAY_MAX_MS = 500;
const SIZES_MAX = 6;

/** Sockets in all: beyond this the generator's own kernel tables are what is measured. */
const SOCKETS_MAX = 20_000;

export const USAGE = `npm run bench -- SCENARIO --url ws://127.0.0.1:8787/live [--pid PID] [options]
npm run bench -- compare SCENARIO --url URL --pid PID --other-url URL --other-pid PID [options]
npm run bench -- soak [--minutes N] [--shards N]      starts a square of its own, and counts who is lost; 1 at a fault
npm run bench -- square [--scenes N] [--shards N] [--profile DIR]   starts this square with its limits off, prints URL and pid
npm run bench -- ring [--squares N] [--seconds N]   starts a ring of its own: bytes, CPU, how soon a newcomer is seen next door
npm run bench -- hop [--delay-ms N] [--hops N] [--watched N,N,…] [--guests N,N,…] [--seconds N]   three squares, N ms apart (80)
npm run bench -- flood [--rounds N] [--seconds N]   a ring of three of which one floods: delays in a scene with and without
npm run bench -- ceiling [--port N]                 starts the broadcast server without logic
npm run bench -- profile FILE                       sums up a .cpuprofile by function

  SCENARIO       ${SCENARIOS.join(', ')}
  --url URL      the scene's socket; repeat it for more scenes, or let {n} in it count
  --pid PID      the server's process: CPU and memory are read from /proc, its children included
  --origin URL   Origin header, for hosted sites
  --protocol P   subprotocol of the visitors, townring.1 (default: classic visitors)
  --json         figures as one line of JSON
${Object.entries(NUMBERS)
  .map(([name, { fallback, max, meaning }]) => `  --${name.padEnd(13)}${meaning} (${fallback}; at most ${max})`)
  .join('\n')}

Only loopback addresses are driven.`;

export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

/** @throws {BenchUsageError} in words for whoever typed it */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values, positionals } = parse(argv);
  const isComparison = positionals[0] === 'compare';
  const words = isComparison ? positionals.slice(1) : positionals;
  const scenario = SCENARIOS.find((name) => name === words[0]);
  if (scenario === undefined || words.length > 1) throw new BenchUsageError('one scenario, please');
  if (isComparison && scenario === 'soak')
    throw new BenchUsageError('a soak starts a square of its own: nothing to compare');
  const number = (name: keyof typeof NUMBERS): number =>
    numberOf(name, values[name], scenario === 'soak' ? SOAK_FALLBACK[name] : undefined);
  const [walkers, scenes] = [number('walkers'), number('scenes')];
  if (walkers * scenes > SOCKETS_MAX) throw new BenchUsageError(`${SOCKETS_MAX} visitors in all are the most`);
  const { origin, protocol } = values;
  const serverOf = (urls: readonly string[] | undefined, pid: string | undefined): Server => ({
    targets: targetsOf(urls ?? [], scenes, origin, protocol),
    pid: pid === undefined ? undefined : pidOf(pid),
  });
  return {
    scenario,
    server: scenario === 'soak' ? NO_SERVER : serverOf(values.url, values.pid),
    other: isComparison ? serverOf(values['other-url'], values['other-pid']) : undefined,
    rounds: number('rounds'),
    walkers,
    hz: number('hz'),
    seconds: number('seconds'),
    rate: number('rate'),
    holdMs: number('hold-ms'),
    minutes: number('minutes'),
    scenes,
    shards: shardsOf(values.shards),
    json: values.json ?? false,
  };
}

/** @throws {BenchUsageError} in words for whoever typed it */
export function readRingOptions(argv: readonly string[]): RingBenchOptions {
  const { values, positionals } = parse(argv);
  if (positionals.length > 0) throw new BenchUsageError(`ring takes no words: ${positionals.join(' ')}`);
  const squares = Number(values.squares ?? 3);
  if (!Number.isInteger(squares) || squares < 2 || squares > RING_SQUARES_MAX) {
    throw new BenchUsageError(`--squares: 2 to ${RING_SQUARES_MAX}`);
  }
  return { squares, seconds: numberOf('seconds', values.seconds, undefined) };
}

/** @throws {BenchUsageError} in words for whoever typed it */
export function readHopOptions(argv: readonly string[]): HopBenchOptions {
  const { values, positionals } = parse(argv);
  if (positionals.length > 0) throw new BenchUsageError(`hop takes no words: ${positionals.join(' ')}`);
  const whole = (name: 'hops' | 'delay-ms', fallback: number, min: number, max: number): number => {
    const value = Number(values[name] ?? fallback);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new BenchUsageError(`--${name}: ${min} to ${max}`);
    }
    return value;
  };
  const sizes = (name: 'watched' | 'guests', fallback: string): number[] => {
    const numbers = (values[name] ?? fallback)
      .split(',')
      .filter((text) => text !== '')
      .map(Number);
    const isRising = numbers.every((number, index) => number > (numbers[index - 1] ?? 0));
    if (
      !isRising ||
      numbers.length > SIZES_MAX ||
      numbers.some((size) => !Number.isInteger(size) || size > HOP_VISITORS_MAX)
    ) {
      throw new BenchUsageError(
        `--${name}: up to ${SIZES_MAX} rising numbers from 1 to ${HOP_VISITORS_MAX}, between commas`,
      );
    }
    return numbers;
  };
  return {
    delayMs: whole('delay-ms', 80, 0, DELAY_MAX_MS),
    hops: whole('hops', 60, 3, HOPS_MAX),
    watched: sizes('watched', '5,50,500'),
    guests: sizes('guests', `1,100,${HOP_VISITORS_MAX}`),
    seconds: numberOf('seconds', values.seconds, undefined),
  };
}

/** @throws {BenchUsageError} in words for whoever typed it */
export function readFloodOptions(argv: readonly string[]): FloodBenchOptions {
  const { values, positionals } = parse(argv);
  if (positionals.length > 0) throw new BenchUsageError(`flood takes no words: ${positionals.join(' ')}`);
  const number = (name: keyof typeof FLOOD_FALLBACK): number => numberOf(name, values[name], FLOOD_FALLBACK[name]);
  return { rounds: number('rounds'), seconds: number('seconds'), walkers: number('walkers'), hz: number('hz') };
}

/** @throws {BenchUsageError} when the address is not a literal loopback one */
export function targetOf(url: string, origin: string | undefined, protocol?: string): Target {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== 'ws:') throw new BenchUsageError(`not a ws:// URL: ${url}`);
  const host = parsed.hostname === 'localhost' ? '127.0.0.1' : parsed.hostname.replaceAll(/[[\]]/g, '');
  if (!(isIPv4(host) && host.startsWith('127.')) && host !== '::1') {
    throw new BenchUsageError(`only loopback addresses are driven, not ${parsed.hostname}`);
  }
  return { host, port: Number(parsed.port || 80), path: `${parsed.pathname}${parsed.search}`, origin, protocol };
}

function targetsOf(
  urls: readonly string[],
  scenes: number,
  origin: string | undefined,
  protocol: string | undefined,
): Target[] {
  if (urls.length === 0) throw new BenchUsageError('which server? --url, and --other-url for a comparison');
  const counted = urls.flatMap((url) =>
    url.includes('{n}') ? Array.from({ length: scenes }, (_, index) => url.replaceAll('{n}', String(index))) : [url],
  );
  return counted.map((url) => targetOf(url, origin, protocol));
}

function numberOf(name: keyof typeof NUMBERS, text: string | undefined, instead: number | undefined): number {
  const { fallback, max } = NUMBERS[name];
  if (text === undefined) return instead ?? fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > max) {
    throw new BenchUsageError(`--${name}: more than 0, at most ${max}`);
  }
  return name === 'hz' || name === 'minutes' ? value : Math.ceil(value);
}

function shardsOf(text: string | undefined): number {
  const shards = text === undefined ? SOAK_SHARDS : Number(text);
  if (!Number.isInteger(shards) || shards < 0 || shards > SHARDS_MAX) {
    throw new BenchUsageError(`--shards: 0 to ${SHARDS_MAX}`);
  }
  return shards;
}

function pidOf(text: string): number {
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid < 2) throw new BenchUsageError(`not a process id: ${text}`);
  return pid;
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        url: { type: 'string', multiple: true },
        'other-url': { type: 'string', multiple: true },
        pid: text,
        'other-pid': text,
        origin: text,
        protocol: text,
        minutes: text,
        shards: text,
        squares: text,
        json: { type: 'boolean' },
        walkers: text,
        scenes: text,
        hz: text,
        seconds: text,
        rate: text,
        'hold-ms': text,
        rounds: text,
        'delay-ms': text,
        hops: text,
        watched: text,
        guests: text,
      },
    });
  } catch (err) {
    throw new BenchUsageError(err instanceof Error ? err.message : String(err));
  }
}
