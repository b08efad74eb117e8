/** Squares as operating-system processes, alone or in a ring: own folders, own keys, free ports, loopback only. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import type { NewRing } from '../../federation/governance/create-ring.ts';
import { loadSquareKey } from '../../federation/node/identity.ts';
import { formRing } from '../../scripts/form-ring.ts';
import { freePorts } from '../../scripts/free-ports.ts';
import { gatesLive as squareGatesLive } from '../../scripts/gates-live.ts';
import { startSquareProcess, type SquareProcess } from '../../scripts/square-process.ts';
import { trustedStateStore } from '../../src/ring/trusted-state-store.ts';
import { openStore } from '../../src/store/store.ts';
import { startLinkProxy, type LinkProxy } from '../../scripts/link-proxy.ts';
import { tempDir } from './temp-dir.ts';

export interface RingMember {
  readonly id: string;
  readonly name: string;
  /** The process that runs now; another after `restart`. */
  readonly process: () => SquareProcess;
  readonly url: string;
  readonly socket: string;
  /** Peer id. */
  readonly square: string;
  readonly dataDir: string;
  /** In front of its libp2p port: whoever dials it comes through here. */
  readonly link: LinkProxy;
  /** Starts the square again after it was killed; the same folder, key and ports. @param env besides its own */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
}

/** One square with its defaults but for port and folder. Stopped when the test ends. */
export async function startSquare(
  context: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<SquareProcess> {
  const square = await startSquareProcess({ DATA_DIR: tempDir(context), PORT: '0', ...env });
  context.after(() => square.stop());
  return square;
}

interface Ports {
  readonly http: number;
  /** Of the proxy in front of the TCP port. */
  readonly link: number;
}

const linkAddrs = ({ link }: Ports): string[] => [`/ip4/127.0.0.1/tcp/${link}`];

/**
 * A ring of squares in the order of `ids`, each with one site of that id. Resolves when every gate is live.
 * @param addrsOf the multiaddrs that the list gives of a square
 */
export async function startRing(
  context: TestContext,
  ids: readonly string[],
  env: Readonly<Record<string, string>> = {},
  addrsOf?: (ports: Ports) => string[],
): Promise<RingMember[]> {
  return (await startOwnRing(context, ids, env, addrsOf)).members;
}

/**
 * The same, with the keys of its admins.
 * @param folder holds a data folder for each id, which may be there already
 * @param delayMs how much longer everything takes between two squares, each way
 */
export async function startOwnRing(
  context: TestContext,
  ids: readonly string[],
  env: Readonly<Record<string, string>> = {},
  addrsOf = linkAddrs,
  folder = tempDir(context),
  delayMs = 0,
): Promise<{ readonly ring: NewRing; readonly members: RingMember[] }> {
  const ports = await freePorts(ids.length * 3);
  const links = await Promise.all(ids.map(async (_, index) => startLinkProxy(ports[index * 3 + 1] ?? 0, delayMs)));
  for (const link of links) context.after(() => link.stop());
  const plan = links.map((link, index) => {
    const id = ids[index] ?? '';
    const [http = 0, tcp = 0, ws = 0] = ports.slice(index * 3);
    const dataDir = join(folder, id);
    mkdirSync(dataDir, { mode: 0o700, recursive: true });
    const origin = `http://127.0.0.1:${http}`;
    const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
    return {
      name,
      dataDir,
      origin,
      link,
      addrs: addrsOf({ http, link: link.port }),
      sites: [{ id, name, entry: `${origin}/` }],
      env: {
        DATA_DIR: dataDir,
        PORT: String(http),
        P2P_HOST: '127.0.0.1',
        P2P_TCP_PORT: String(tcp),
        P2P_WS_PORT: String(ws),
        ALLOW_PRIVATE_RING: '1',
        MIN_HUMAN_SAY_MS: '0',
        // Many squares share this machine's cores.
        SHARDS: '0',
        // What it does is said, and would come between what a test waits for.
        RING_BIRD_STAY_MS: '0',
        ...env,
      },
    };
  });
  const ring = await formRing('Test ring', plan);
  const members = await Promise.all(
    plan.map(async (square, index): Promise<RingMember> => {
      let running = await startSquareProcess(square.env);
      context.after(() => running.stop());
      return {
        id: ids[index] ?? '',
        name: square.name,
        square: (await loadSquareKey(join(square.dataDir, 'square.key'))).square,
        dataDir: square.dataDir,
        link: square.link,
        process: () => running,
        url: running.url,
        socket: running.socket,
        async restart(more = {}) {
          running = await startSquareProcess({ ...square.env, ...more });
        },
      };
    }),
  );
  for (const member of members) await gatesLive(member, ids.length > 1 ? 2 : 0);
  return { ring, members };
}

/** Puts documents into a square's store, as `townring ring install` does while the square runs. @throws when refused */
export function install({ dataDir, square }: Pick<RingMember, 'dataDir' | 'square'>, documents: RingDocuments): void {
  const store = openStore(dataDir);
  try {
    const rings = new TrustedRings(trustedStateStore(store), { self: square, allowPrivate: true });
    const outcome = rings.install(documents, Date.now());
    if (!outcome.ok) throw new Error(`refused: ${outcome.reason}`);
  } finally {
    store.close();
  }
}

/** Value of a metric of a square, 0 when it is not there. */
export async function metric(url: string, pattern: RegExp): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  return Number(pattern.exec(await answer.text())?.[1] ?? 0);
}

/** The version of the list that a square hands out of its first ring; 0 when it has none. */
export async function listVersion({ url }: Pick<RingMember, 'url'>): Promise<number> {
  const about: { rings: { version: number }[] } = JSON.parse(
    await (await fetch(`${url}/.well-known/townring.json`)).text(),
  );
  return about.rings[0]?.version ?? 0;
}

/** Resolves when a square hears its neighbours. @throws with its last lines after 30 s */
export async function gatesLive(member: RingMember, count: number): Promise<void> {
  await squareGatesLive(member.process(), count, AbortSignal.timeout(30_000));
}
