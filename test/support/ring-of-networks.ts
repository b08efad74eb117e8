/**
 * Three squares whose links can be cut one by one and one way only. Each on a network of its own where the test may make some:
 * packets vanish, nothing is reset. Else behind proxies, which swallow bytes instead.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { loadSquareKey } from '../../federation/node/identity.ts';
import { formRing } from '../../scripts/form-ring.ts';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { startRing } from './ring-of-processes.ts';
import { tempDir } from './temp-dir.ts';

export interface NetworkedSquare {
  readonly id: string;
  /** Peer id. */
  readonly square: string;
  readonly socket: string;
}

/** The three in the order of their peer ids: of two, the lower one dials. */
export interface NetworkedRing {
  readonly kind: 'namespaces' | 'proxies';
  readonly low: NetworkedSquare;
  readonly middle: NetworkedSquare;
  readonly high: NetworkedSquare;
  /** From now on nothing that the middle one says reaches the low one. */
  deafenLow(): void;
  /** Nothing that the low one says reaches the middle one. */
  deafenMiddle(): void;
  /** Nothing that the high one says reaches anybody; it still hears. */
  muteHigh(): void;
  /** Everybody hears everybody. */
  heal(): void;
}

const IDS = ['alder', 'birch', 'cedar'];

/** Set in a process that has a network stack and mounts of its own. */
const INSIDE = 'TOWNRING_TEST_NETWORKS';

/** Private addresses that exist nowhere but in the namespaces. */
const NETWORK = '10.77.0';
const OWN_ADDRESS = `${NETWORK}.254`;
const PORTS = { tcp: '4001', ws: '4002' };
const FIRST_HTTP_PORT = 8_787;

/** Whether this process may make networks without touching the machine's. */
export const isWithinNetworks = (): boolean => process.env[INSIDE] === '1';

/**
 * Runs a test file again where networks can be made.
 * @returns undefined when this machine does not permit it
 */
export function runWithinNetworks(file: string): { readonly passed: boolean; readonly said: string } | undefined {
  const unshare = ['--net', '--mount'];
  if (attempt('unshare', ...unshare, 'ip', 'link', 'add', 'ring', 'type', 'bridge').status !== 0) return undefined;
  const again = ['env', '-u', 'NODE_TEST_CONTEXT', `${INSIDE}=1`, process.execPath, '--test', file];
  const { status, stdout, stderr } = attempt('unshare', ...unshare, ...again);
  return { passed: status === 0, said: stdout + stderr };
}

export async function startNetworkedRing(t: TestContext): Promise<NetworkedRing> {
  return isWithinNetworks() ? onNetworks(t) : behindProxies(t);
}

function sorted<Square extends NetworkedSquare>(squares: readonly Square[]): readonly [Square, Square, Square] {
  const [low, middle, high] = squares.toSorted((a, b) => (a.square < b.square ? -1 : 1));
  if (low === undefined || middle === undefined || high === undefined) throw new Error('three squares');
  return [low, middle, high];
}

/** The middle one is dialled by the low one alone, the high one by both others: its proxy is its cable. */
async function behindProxies(t: TestContext): Promise<NetworkedRing> {
  const [low, middle, high] = sorted(await startRing(t, IDS));
  const deaf = { low: false, middle: false };
  const apply = (): void => {
    const both = deaf.low && deaf.middle;
    middle.link.cut(both ? 'both' : deaf.low ? 'outbound' : deaf.middle ? 'inbound' : 'none');
  };
  return {
    kind: 'proxies',
    low,
    middle,
    high,
    deafenLow() {
      deaf.low = true;
      apply();
    },
    deafenMiddle() {
      deaf.middle = true;
      apply();
    },
    muteHigh: () => high.link.cut('outbound'),
    heal() {
      Object.assign(deaf, { low: false, middle: false });
      apply();
      high.link.cut('none');
    },
  };
}

async function onNetworks(t: TestContext): Promise<NetworkedRing> {
  // Names of networks live here; the machine's own folder is left alone.
  run('mount', '-t', 'tmpfs', 'tmpfs', '/run');
  mkdirSync('/run/netns');
  ip('link set lo up');
  ip('link add ring type bridge');
  ip(`addr add ${OWN_ADDRESS}/24 dev ring`);
  ip('link set ring up');
  const folder = tempDir(t);
  const plan = IDS.map((id, index) => {
    const address = `${NETWORK}.${index + 1}`;
    makeNetwork(id, address);
    const dataDir = join(folder, id);
    mkdirSync(dataDir, { mode: 0o700 });
    // Without a certificate only loopback may be in a list, and nobody goes there.
    const port = String(FIRST_HTTP_PORT + index);
    const origin = `http://127.0.0.1:${port}`;
    return {
      id,
      address,
      dataDir,
      origin,
      addrs: [`/ip4/${address}/tcp/${PORTS.tcp}`],
      sites: [{ id, name: id, entry: `${origin}/` }],
      env: {
        DATA_DIR: dataDir,
        HOST: address,
        PORT: port,
        PUBLIC_ORIGIN: origin,
        P2P_HOST: address,
        P2P_TCP_PORT: PORTS.tcp,
        P2P_WS_PORT: PORTS.ws,
        ALLOW_PRIVATE_RING: '1',
        SHARDS: '0',
      },
    };
  });
  await formRing('Networks', plan);
  const squares = await Promise.all(
    plan.map(async ({ id, address, dataDir, env }) => {
      const process = await startSquareProcess(env, ['ip', 'netns', 'exec', id]);
      t.after(() => process.stop());
      const { square } = await loadSquareKey(join(dataDir, 'square.key'));
      return { id, address, square, socket: process.socket };
    }),
  );
  const [low, middle, high] = sorted(squares);
  /** Drops what arrives, before anybody sees it. */
  const deafen = (hearer: typeof low, speaker: typeof low): void =>
    ip(`-n ${hearer.id} rule add pref 10 from ${speaker.address} blackhole`);
  return {
    kind: 'namespaces',
    low,
    middle,
    high,
    deafenLow: () => deafen(low, middle),
    deafenMiddle: () => deafen(middle, low),
    muteHigh() {
      deafen(low, high);
      deafen(middle, high);
    },
    heal() {
      for (const { id } of squares) while (attempt('ip', '-n', id, 'rule', 'del', 'pref', '10').status === 0);
    },
  };
}

function makeNetwork(name: string, address: string): void {
  ip(`netns add ${name}`);
  ip(`link add to-${name} type veth peer name eth0 netns ${name}`);
  ip(`link set to-${name} master ring`);
  ip(`link set to-${name} up`);
  ip(`-n ${name} addr add ${address}/24 dev eth0`);
  ip(`-n ${name} link set eth0 up`);
  ip(`-n ${name} link set lo up`);
  // What is for this machine is looked up first of all; the rules of a cut must come before that.
  ip(`-n ${name} rule add pref 100 lookup local`);
  ip(`-n ${name} rule del pref 0`);
}

function ip(words: string): void {
  run('ip', ...words.split(' '));
}

function attempt(command: string, ...words: readonly string[]) {
  return spawnSync(command, words, { encoding: 'utf8' });
}

function run(command: string, ...words: readonly string[]): void {
  const { status, stderr } = attempt(command, ...words);
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr}`);
}
