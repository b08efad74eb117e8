/** A ring of squares of its own: what it costs idle and busy, and how long a newcomer takes to be seen next door. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { judgeDocuments } from '../../federation/documents/acceptance.ts';
import { peerIdFromPublicKey } from '../../federation/documents/keys.ts';
import { MAX_MEMBERS } from '../../federation/documents/limits.ts';
import { createRing } from '../../federation/governance/create-ring.ts';
import { makeSigningKey } from '../../federation/governance/signing-key.ts';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { systemRandomBytes } from '../../federation/clock.ts';
import { rounded, Times } from './figures.ts';
import { linkBytes, ringCpu, startMembers, type BenchMember } from './ring-members.ts';

export interface RingBenchOptions {
  readonly squares: number;
  /** How long idle and busy are measured each. */
  readonly seconds: number;
}

/** Walkers at each site while the ring is busy. */
const WALKERS = 10;
const STEPS_PER_SECOND = 4;
const NEWCOMERS = 30;
const SETTLE_MS = 15_000;
const SEEN_WITHIN_MS = 5_000;

export async function benchRing({ squares, seconds }: RingBenchOptions): Promise<Readonly<Record<string, number>>> {
  const { members, stop } = await startMembers(squares);
  try {
    const watchers = await Promise.all(members.map(async ({ process }) => Visitor.enter(process.socket, true)));
    await sleep(SETTLE_MS);
    const idle = await measure(members, seconds);
    const seen = await timeNewcomers(members, watchers);
    const walkers = await Promise.all(
      members.flatMap(({ process }) =>
        Array.from({ length: WALKERS }, async () => Visitor.enter(process.socket, false)),
      ),
    );
    const walking = setInterval(() => {
      for (const walker of walkers) walker.step();
    }, 1_000 / STEPS_PER_SECOND);
    await sleep(2_000);
    const busy = await measure(members, seconds);
    clearInterval(walking);
    const goodbyeMs = await timeGoodbye(members, watchers);
    for (const visitor of [...watchers, ...walkers]) visitor.leave();
    return {
      squares,
      idleBytesPerSecond: idle.bytesPerSecond,
      busyBytesPerSecond: busy.bytesPerSecond,
      idleRingCpuShare: idle.cpuShare,
      busyRingCpuShare: busy.cpuShare,
      seenP50Ms: rounded(seen.quantile(0.5) ?? 0),
      seenP99Ms: rounded(seen.quantile(0.99) ?? 0),
      newcomersSeen: seen.count,
      ...(goodbyeMs !== undefined && { goodbyeMs: rounded(goodbyeMs) }),
      verifyFullListCpuMs: verifyFullList(),
    };
  } finally {
    await stop();
  }
}

async function measure(members: readonly BenchMember[], seconds: number) {
  const [bytesBefore, cpuBefore] = [linkBytes(members), members.map(ringCpu)];
  await sleep(seconds * 1_000);
  const spent = members.flatMap((member, index) => {
    const [before, after] = [cpuBefore[index], ringCpu(member)];
    return before?.pid === after.pid ? [after.cpuSeconds - before.cpuSeconds] : [];
  });
  return {
    bytesPerSecond: rounded((linkBytes(members) - bytesBefore) / seconds / members.length),
    cpuShare: rounded(spent.reduce((sum, cpuSeconds) => sum + cpuSeconds, 0) / seconds / spent.length),
  };
}

/** Somebody enters one square after the other; the neighbour to the right notes when its gate counts them. */
async function timeNewcomers(members: readonly BenchMember[], watchers: readonly Visitor[]): Promise<Times> {
  const times = new Times();
  for (let turn = 0; turn < NEWCOMERS; turn += 1) {
    const index = turn % members.length;
    const [member, watcher] = [members[index], watchers[(index + 1) % members.length]];
    if (member === undefined || watcher === undefined) continue;
    const before = watcher.countAt(member.id);
    const begun = performance.now();
    const newcomer = await Visitor.enter(member.process.socket, false);
    while (watcher.countAt(member.id) <= before && performance.now() - begun < SEEN_WITHIN_MS) await sleep(2);
    if (watcher.countAt(member.id) > before) times.add(performance.now() - begun);
    newcomer.leave();
    // The grace of those who closed their page, and no rhythm shared with the publishers.
    await sleep(2_500 + Math.random() * 1_000);
  }
  return times;
}

/** The first square is told to stop; the next one notes when its gate is dark. */
async function timeGoodbye(
  [leaving]: readonly BenchMember[],
  [, watcher]: readonly Visitor[],
): Promise<number | undefined> {
  if (leaving === undefined || watcher === undefined) return undefined;
  const begun = performance.now();
  const stopped = leaving.process.stop();
  while (!watcher.isDark(leaving.id) && performance.now() - begun < SEEN_WITHIN_MS) await sleep(2);
  const goodbyeMs = performance.now() - begun;
  await stopped;
  return watcher.isDark(leaving.id) ? goodbyeMs : undefined;
}

class Visitor {
  readonly #socket: WebSocket;
  readonly #counts = new Map<string, number>();
  readonly #dark = new Set<string>();
  #x = 0.5;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      if (!Buffer.isBuffer(data)) return;
      const frame: ServerFrame = JSON.parse(data.toString());
      if (frame.type !== 'neighbours') return;
      for (const gate of [frame.left, frame.right]) {
        if (gate === null) continue;
        this.#counts.set(gate.site, gate.count ?? 0);
        if (gate.state === 'dark') this.#dark.add(gate.site);
        else this.#dark.delete(gate.site);
      }
    });
  }

  static async enter(url: string, sees: boolean): Promise<Visitor> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const visitor = new Visitor(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'init', browserId: String(Math.random()), ...(sees && { ring: 1 }) }));
    return visitor;
  }

  countAt(site: string): number {
    return this.#counts.get(site) ?? 0;
  }

  isDark(site: string): boolean {
    return this.#dark.has(site);
  }

  step(): void {
    this.#x = Math.min(1, Math.max(0, this.#x + (Math.random() - 0.5) / 20));
    this.#socket.send(JSON.stringify({ type: 'move', x: this.#x }));
  }

  leave(): void {
    this.#socket.close();
  }
}

/** A list as long as lists may be, from its bytes to trust, in CPU time: the best of five, since the first ones warm up. */
function verifyFullList(): number {
  const now = Date.now();
  const members = Array.from({ length: MAX_MEMBERS }, (_, index) => ({
    square: peerIdFromPublicKey(Buffer.from(makeSigningKey(systemRandomBytes).public.public, 'base64')),
    origin: `https://square-${index}.example`,
    addrs: [`/dns4/square-${index}.example/tcp/443/tls/ws`],
    sites: [{ id: `site-${index}`, name: `Site ${index}`, entry: `https://site-${index}.example/` }],
  }));
  const ring = createRing({ name: 'Full ring', members, now, random: systemRandomBytes });
  if (!ring.ok) throw new Error(ring.problems.join('\n'));
  const context = { trusted: undefined, now, self: undefined, allowPrivate: false, ringId: undefined };
  const times = Array.from({ length: 5 }, () => {
    const begun = process.cpuUsage();
    const judged = judgeDocuments(ring.value.documents, context);
    if (!judged.ok) throw new Error(judged.reason);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  });
  return rounded(Math.min(...times));
}
