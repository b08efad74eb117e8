/**
 * A real ring on this machine: `npm run demo`. Each square is a process of its own with its own folder, key, port, page and
 * look; a few wandering residents live in each. Ctrl-C ends everything.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWidget } from './build-widget.ts';
import { demoSites, renderDemoSite } from './demo-sites.ts';
import { formRing, type RingSquare } from './form-ring.ts';
import { freePorts } from './free-ports.ts';
import { gatesLive } from './gates-live.ts';
import { startResidents } from './residents.ts';
import { startSquareProcess, type SquareProcess } from './square-process.ts';

const HELP = `npm run demo -- [options]
  --squares N     squares in the ring, 2 to 12 (3)
  --port P        the squares take P, P+1, … (8787)
  --residents N   wandering residents in each square, 0 to 20 (3)
  --json          print one line of JSON when the ring stands
`;

/** How long the ring may take until every gate is live. */
const RING_STANDS_WITHIN_MS = 45_000;

interface Options {
  readonly squares: number;
  readonly port: number;
  readonly residents: number;
  readonly json: boolean;
}

const options = readOptions(process.argv.slice(2));
const say = (text: string): void => void (options.json || process.stdout.write(`${text}\n`));

const folder = await mkdtemp(join(tmpdir(), `townring-demo-${process.pid}-`));
const running: SquareProcess[] = [];
const residents: { stop(): Promise<void> }[] = [];
let ending: Promise<void> | undefined;

process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));

try {
  await run();
} catch (err) {
  process.stderr.write(`the demo stopped: ${err instanceof Error ? err.message : String(err)}\n`);
  await end(1);
}

async function run(): Promise<void> {
  await buildWidget({ outDir: 'dist/public', minify: true });
  say(`starting ${options.squares} squares …`);
  const p2pPorts = await freePorts(options.squares * 2);
  const sites = demoSites.slice(0, options.squares);
  const plan = sites.map((site, index): RingSquare & { env: Record<string, string> } => {
    const dataDir = join(folder, site.id);
    const origin = `http://127.0.0.1:${options.port + index}`;
    const [tcp = 0, ws = 0] = p2pPorts.slice(index * 2);
    return {
      dataDir,
      origin,
      addrs: [`/ip4/127.0.0.1/tcp/${tcp}`, `/ip4/127.0.0.1/tcp/${ws}/ws`],
      sites: [{ id: site.id, name: site.name, entry: `${origin}/` }],
      env: {
        DATA_DIR: dataDir,
        PORT: String(options.port + index),
        SITE_DIR: join(dataDir, 'pages'),
        P2P_HOST: '127.0.0.1',
        P2P_TCP_PORT: String(tcp),
        P2P_WS_PORT: String(ws),
        ALLOW_PRIVATE_RING: '1',
        // Many squares share this machine's cores.
        SHARDS: '0',
        // Residents and guests all come from this one machine.
        IP_MAX_IDENTITIES: '0',
        IP_JOIN_LIMIT: '0',
        IP_STATE_EVENT_LIMIT: '0',
      },
    };
  });
  for (const [index, square] of plan.entries()) {
    await mkdir(square.dataDir, { recursive: true, mode: 0o700 });
    await renderDemoSite(index, join(square.dataDir, 'pages'));
  }
  await formRing('Small Hours', plan);
  const starts = await Promise.allSettled(plan.map(({ env }) => startSquareProcess(env)));
  // First those that run, so that they are stopped when another did not start.
  running.push(...starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : [])));
  for (const start of starts) if (start.status === 'rejected') throw start.reason;
  for (const [index, square] of running.entries()) {
    void square.exited.then((how) => {
      if (ending === undefined) process.stderr.write(`${sites[index]?.name} has ended (${how})\n`);
    });
  }
  const signal = AbortSignal.timeout(RING_STANDS_WITHIN_MS);
  for (const square of running) await gatesLive(square, 2, signal);
  residents.push(
    ...running.map(({ socket }, index) =>
      startResidents({
        socketUrl: socket,
        count: options.residents,
        seed: index + 1,
        names: sites[index]?.residents ?? [],
      }),
    ),
  );
  announce();
}

function announce(): void {
  const count = running.length;
  const squares = running.map((square, index) => ({
    name: demoSites[index]?.name,
    url: `${square.url}/`,
    socket: square.socket,
    site: demoSites[index]?.id,
    pid: square.pid,
    left: (index + count - 1) % count,
    right: (index + 1) % count,
  }));
  if (options.json) return void process.stdout.write(`${JSON.stringify({ ready: true, squares })}\n`);
  say('\nThe ring stands. Open two of these side by side and walk:\n');
  for (const { name, url, left, right } of squares) {
    say(`  ${(name ?? '').padEnd(16)} ${url}   ← ${squares[left]?.name} · ${squares[right]?.name} →`);
  }
  say('\nCtrl-C ends it.');
}

function end(code: number): Promise<void> {
  ending ??= (async () => {
    say('\nending the ring …');
    await Promise.all(residents.map((group) => group.stop()));
    await Promise.all(running.map((square) => square.stop()));
    await rm(folder, { recursive: true, force: true });
    process.exit(code);
  })();
  return ending;
}

function readOptions(argv: readonly string[]): Options {
  const problems: string[] = [];
  const number = (text: string, name: string, min: number, max: number): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      problems.push(`--${name} takes a whole number from ${min} to ${max}, not "${text}"`);
    return value;
  };
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        squares: { type: 'string', default: '3' },
        port: { type: 'string', default: '8787' },
        residents: { type: 'string', default: '3' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    const squares = number(values.squares, 'squares', 2, demoSites.length);
    const read = {
      squares,
      port: number(values.port, 'port', 1, 65_535 - 12),
      residents: number(values.residents, 'residents', 0, 20),
      json: values.json,
    };
    if (problems.length === 0) return read;
  } catch (err) {
    problems.push(err instanceof Error ? err.message : String(err));
  }
  process.stderr.write(`${problems.join('\n')}\n${HELP}`);
  return process.exit(2);
}
