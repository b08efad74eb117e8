import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { z } from 'zod';
import { isIpNetwork } from '../lib/ip-network.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const flag = z
  .enum(['', '0', '1', 'true', 'false', 'yes', 'no'])
  .transform((value) => ['1', 'true', 'yes'].includes(value));
const origin = z
  .string()
  .refine((value) => value === '' || isOrigin(value), 'must be a web origin, like https://square.example')
  .transform((value) => (value === '' ? undefined : new URL(value).origin));
/** A number of which 0 switches the limit off. */
const limit = (max: number) => count(0, max);
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/**
 * Every setting of a square: name, legal values, default, meaning. A name is the environment variable; the flag is the same
 * in kebab case (`DATA_DIR` is `--data-dir`). Times are milliseconds, sizes bytes.
 */
const SETTINGS = {
  HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  PORT: port.default(8787).describe('HTTP and WebSocket port; 0 takes a free one'),
  DATA_DIR: z
    .string()
    .min(1)
    .prefault('.data')
    .transform((path) => resolve(path))
    .describe('folder for database and keys'),
  PUBLIC_ORIGIN: origin.prefault('').describe('web origin that visitors see; empty: http://HOST:PORT'),
  ALLOWED_ORIGINS: list
    .pipe(
      z.array(
        z
          .string()
          .refine(isOrigin, 'must be web origins, separated by commas')
          .transform((value) => new URL(value).origin),
      ),
    )
    .prefault('')
    .describe('further web origins whose pages may show the shared scene'),
  SITE_DIR: z
    .string()
    .transform((path) => (path === '' ? undefined : resolve(path)))
    .prefault('')
    .describe('folder of static pages to serve at /; empty: the built-in page'),
  SHARDS: z
    .literal('auto')
    .or(count(0, 64))
    .prefault('auto')
    .describe('scene processes; auto: one per core; 0: none, scenes run in the main process'),
  TOWNSQUARE_EXTRA_PLUGINS: z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((path) => path !== ''))
    .prefault('')
    .describe('modules of further plugins, separated by commas or spaces; empty: the built-in ones only'),
  TOWNSQUARE_PLUGIN_ASSETS_DIR: z
    .string()
    .transform((path) => (path === '' ? undefined : resolve(path)))
    .prefault('')
    .describe("folder of files for plugins' pages and modules, served where we have none; empty: none"),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('least severe log line to print'),
  MAX_CONNECTIONS: count(1, 1_000).default(100).describe('sockets that the shared scene takes'),
  MAX_WS_PAYLOAD_BYTES: count(512, 65_536).default(4_096).describe('largest message from a widget'),
  MIN_HUMAN_SAY_MS: count(0, 60_000).default(1_500).describe('time after joining before a visitor is heard; 0: none'),
  IP_MAX_IDENTITIES: limit(1_000)
    .default(8)
    .describe('different visitors of one address (IPv6: of one /64) in one scene at once; 0: any number'),
  IP_JOIN_LIMIT: limit(100_000).default(120).describe('joins of one address in one scene in 60 s; 0: any number'),
  IP_STATE_EVENT_LIMIT: limit(1_000_000)
    .default(2_400)
    .describe('moves, gestures and other changes of one address in one scene in 10 s; 0: any number'),
  IP_CHAT_EVENT_LIMIT: limit(100_000)
    .default(80)
    .describe('lines of chat of one address in one scene in 10 s; 0: any number'),
  IP_SYNC_ACTION_ROUNDS: limit(1_000)
    .default(3)
    .describe('gestures in lock-step after which an address is quarantined; 0: never'),
  IP_SYNC_ACTION_WINDOW_MS: limit(3_600_000)
    .default(10_000)
    .describe('time in which those gestures count together, ms; 0: lock-step is not looked for'),
  IP_SYNC_ACTION_TOLERANCE_MS: limit(60_000)
    .default(250)
    .describe('how far apart two gestures in lock-step may be, ms; 0: lock-step is not looked for'),
  IP_QUARANTINE_MS: limit(86_400_000)
    .default(600_000)
    .describe('how long a quarantined address stays out of the scene, ms; 0: lock-step is not looked for'),
  FLOOD_BAN_LIMIT: limit(100_000)
    .default(30)
    .describe('renamings and lines of chat of one address in one site and window that make a flood; 0: never'),
  FLOOD_BAN_WINDOW_MS: limit(3_600_000)
    .default(10_000)
    .describe('window of FLOOD_BAN_LIMIT, ms; 0: floods are not looked for'),
  FLOOD_BAN_ENFORCE: flag.prefault('0').describe('1: a flood gets its address blocked from the site; 0: only logged'),
  MAX_IP_ACTIVITY_ENTRIES: count(1, 10_000_000)
    .default(50_000)
    .describe('pairs of scene and address that limits remember; beyond it the oldest are forgotten'),
  WS_MESSAGES_PER_SECOND: limit(100_000)
    .default(60)
    .describe('messages of one socket in a second, of any type; more are ignored, much more closes it; 0: any number'),
  POW_DIFFICULTY_BITS: limit(24)
    .default(15)
    .describe('zero bits that bot-protected sites make newcomers find; 0: nothing is asked of them'),
  TRUSTED_PROXIES: list
    .pipe(z.array(z.string().refine(isIpNetwork, 'must be IP addresses or CIDR networks, separated by commas')))
    .prefault('127.0.0.1,::1')
    .describe('proxies whose X-Real-IP is believed; empty: none'),
  MIN_VISIT_DURATION_MS: count(0, 3_600_000)
    .default(3_000)
    .describe('time after which a visit to a hosted site counts, ms; 0: at once'),
  INACTIVE_DISCONNECT_MS: z.coerce
    .number()
    .int()
    .max(604_800_000)
    .default(1_800_000)
    .transform((ms) => Math.max(0, ms))
    .describe('visitors who do nothing, or look elsewhere, for so long are sent away, ms; 0 or less: nobody is'),
  INACTIVE_CHECK_INTERVAL_MS: count(0, 3_600_000)
    .default(60_000)
    .describe('least time between two looks for them, ms; 0: they go when their time is up'),
  INIT_TIMEOUT_MS: limit(3_600_000)
    .default(30_000)
    .describe('sockets that have not joined by then are closed, ms; 0: none is'),
  BIRD_FIRST_SPAWN_MS: count(0, 3_600_000)
    .default(500)
    .describe('time from the beginning of a scene to its first bird, ms; 0: it comes with the first visitor'),
  BIRD_SPAWN_MIN_MS: count(0, 3_600_000)
    .default(12_000)
    .describe('least time after a bird came or fled until the next comes, ms; 0: none'),
  BIRD_SPAWN_MAX_MS: count(0, 3_600_000)
    .default(22_000)
    .describe('greatest such time, ms; not above the least: always the least'),
  LANDING_ORIGIN: origin.prefault('').describe('web origin that /, /docs and /changelog lead to; empty: our own pages'),
  SERVICE_ADMIN_PASSWORD: z
    .string()
    .max(1_000)
    .prefault('')
    .describe("password of the operator's API; empty: that API is off"),
  REGISTRATIONS_PER_HOUR: limit(1_000_000)
    .default(20)
    .describe('sites that one address may register in an hour; 0: any number'),
  AUTH_FAILURES_PER_HOUR: limit(1_000_000)
    .default(30)
    .describe('wrong tokens or passwords of one address in an hour before it is kept out; 0: any number'),
  CONNECTION_CLICKS_PER_HOUR: limit(1_000_000)
    .default(600)
    .describe('clicks on links of sites that one address may report in an hour; 0: any number'),
  MAP_CLICKS_PER_HOUR: limit(1_000_000)
    .default(600)
    .describe('clicks on the map that one address may report in an hour; 0: any number'),
  SITE_PRESENCE_READS_PER_HOUR: limit(1_000_000)
    .default(600)
    .describe('head-counts that one address may read in an hour; 0: any number'),
  RING_SHARING: z
    .enum(['nothing', 'count', 'figures', 'live'])
    .default('figures')
    .describe('what the shared scene shows to its neighbours in the ring'),
  RING_GUESTS_MAX: limit(1_000)
    .default(50)
    .describe('guests of one neighbour at one site, who come with the strip alone; 0: none'),
  RING_BIRD_STAY_MS: count(0, 60_000)
    .default(40_000)
    .describe("how long the ring's one bird stays at a site, on average, ms; 0: it flies past this square"),
  P2P_HOST: z.string().min(1).default('0.0.0.0').describe('address on which other squares reach this one'),
  P2P_TCP_PORT: port.default(4101).describe('libp2p over TCP; 0 takes a free port'),
  P2P_WS_PORT: port
    .default(4102)
    .describe('libp2p over WebSocket, reached through PORT as well; 0 takes a free port, and PORT leads nowhere'),
  P2P_ANNOUNCE: list
    .pipe(
      z.array(
        z
          .string()
          .refine((text) => text.startsWith('/'), 'must be multiaddrs, like /dns4/square.example/tcp/443/tls/ws'),
      ),
    )
    .prefault('')
    .describe('multiaddrs at which other squares reach this one, separated by commas; empty: those it listens on'),
  END_WITH_STDIN: flag.prefault('0').describe('1: stop when standard input ends, for programs that start squares'),
  LAB: flag.prefault('0').describe('1: serve the square lab, every state of the strip, at /lab (development)'),
  ALLOW_PRIVATE_RING: flag.prefault('0').describe('1: ring entries may be http on loopback (development)'),
};

/** Settings whose values are never printed. */
const SECRET_SETTINGS: ReadonlySet<string> = new Set(['SERVICE_ADMIN_PASSWORD']);

const schema = z.object(SETTINGS);
export type Settings = Readonly<z.infer<typeof schema>>;

/** All problems of one start, each a line an operator can act on. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`settings are not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the settings: flag before environment before `.env` before default.
 * @param argv flags, as after the script's name
 * @param dotEnv the parsed `.env` file
 * @throws {SettingsError} naming every problem at once
 */
export function readSettings(argv: readonly string[], env: NodeJS.ProcessEnv, dotEnv: NodeJS.Dict<string>): Settings {
  const problems: string[] = [];
  const flags = readFlags(argv, problems);
  const given: Record<string, string> = {};
  for (const name of Object.keys(SETTINGS)) {
    const value = flags[flagOf(name)] ?? env[name] ?? dotEnv[name];
    if (value !== undefined) given[name] = value;
  }
  const result = schema.safeParse(given);
  if (!result.success) {
    for (const issue of result.error.issues) {
      problems.push(`${String(issue.path[0])}: ${issue.message}, got ${shown(String(issue.path[0]), given)}`);
    }
  }
  if (problems.length > 0 || !result.success) throw new SettingsError(problems);
  return Object.freeze(result.data);
}

/** The settings as they may be printed. */
export function redacted(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, SECRET_SETTINGS.has(name) ? '[redacted]' : value]),
  );
}

/** One line per setting, for `--help`. */
export function describeSettings(): string {
  const lines = Object.entries(SETTINGS).map(
    ([name, rule]) => `  --${flagOf(name).padEnd(22)} ${name.padEnd(22)} ${rule.description ?? ''}`,
  );
  return `  ${'flag'.padEnd(24)} ${'environment'.padEnd(22)} meaning\n${lines.join('\n')}`;
}

/** What was given, for a message about it; secrets are not repeated. */
function shown(name: string, given: Readonly<Record<string, string>>): string {
  return SECRET_SETTINGS.has(name) ? 'something else' : JSON.stringify(given[name]);
}

function readFlags(argv: readonly string[], problems: string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(Object.keys(SETTINGS).map((name) => [flagOf(name), { type: 'string' as const }]));
  // Not strict, so that every unknown word is reported and not only the first.
  const { values, tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`"${token.value}" is no setting`);
    if (token.kind !== 'option') continue;
    if (!(token.name in options)) problems.push(`--${token.name} is no setting`);
    else if (token.value === undefined) problems.push(`--${token.name} wants a value`);
  }
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function flagOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === ''
  );
}
