import { once } from 'node:events';
import { readFileSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { z } from 'zod';
import { decodeUtf8, parseStrictJson } from '../../federation/documents/strict-json.ts';
import { instantMs } from '../../federation/documents/time.ts';
import type { TrustedRing } from '../../federation/documents/types.ts';
import { expiredDocuments } from '../../federation/documents/versions.ts';
import { CHARTER_WARNING_MS, MEMBERS_WARNING_MS } from '../../federation/documents/lifetimes.ts';
import { keysWithRole } from '../../federation/governance/keyring.ts';
import { fetchGuarded, type FetchedPage } from '../lib/guarded-fetch.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { withSquare, type SquareContext, type SquareSession } from './desk-session.ts';
import { KEY_MARGIN_REMEDY, keyMarginWarning } from './key-margin.ts';
import { keyUsedTwiceAt } from './key-watch.ts';
import { readRingKeys } from './ring-keys.ts';
import { checkSite, FINDING_WORDS } from './site-check.ts';

/** One thing that was looked at. `remedy`: what to do, when it is not good. */
export interface Finding {
  readonly about: string;
  readonly state: 'good' | 'watch' | 'bad';
  readonly says: string;
  readonly remedy?: string;
}

/** More than this and other squares ignore what we say of ourselves (federation.md, "Presence"). */
const CLOCK_SKEW_MAX_MS = 60_000;
const DISK_MIN_BYTES = 200 * 1024 * 1024;
/** A socket, a log, a database and some: a full square of a hundred visitors has room to spare. */
const OPEN_FILES_MIN = 4_096;
/** Neighbours that are asked; more would tell no more. */
const NEIGHBOURS_ASKED = 4;
const LIMITS = { maxBytes: 64 * 1024, timeoutMs: 8_000 };
const CONNECT_TIMEOUT_MS = 4_000;
const PROTOCOL = 'townring/1';

const aboutSchema = z.object({
  square: z.string().max(128),
  protocol: z.array(z.string().max(64)).max(16).default([]),
  rings: z
    .array(z.object({ id: z.string().max(64), version: z.number() }))
    .max(64)
    .default([]),
});
type About = z.infer<typeof aboutSchema>;

/** Looks at everything that keeps a square from turning with its rings, and says what to do about it in plain words. */
export function examineSquare(context: SquareContext): Promise<CommandOutcome> {
  return withSquare(context, async (session) => {
    const findings: Finding[] = [
      disk(context.dataDir),
      openFiles(),
      good('key', `this square is ${session.key.square}`),
    ];
    findings.push(...duplicateKey(session, context.now));
    const rings = session.rings.all();
    for (const { ringId, refusal } of session.rings.unusable()) {
      findings.push(
        bad(
          'list',
          `the stored documents of ${ringId.slice(0, 12)} do not verify (${refusal.reason})`,
          'install the ring again: townring ring install https://<any square of it>',
        ),
      );
    }
    if (rings.length === 0)
      findings.push(watch('ring', 'this square is in no ring', 'townring ring create, or townring join'));
    for (const ring of rings) findings.push(...(await examineRing(context, session, ring)));
    return {
      ok: true,
      isBad: findings.some(({ state }) => state === 'bad'),
      lines: findings.flatMap(({ about, state, says, remedy }) => [
        `${state.padEnd(5)}  ${about}: ${says}`,
        ...(remedy === undefined ? [] : [`       → ${remedy}`]),
      ]),
      json: { findings },
    };
  });
}

async function examineRing(context: SquareContext, session: SquareSession, ring: TrustedRing): Promise<Finding[]> {
  const { now, allowPrivate } = context;
  const self = session.key.square;
  const own = ring.members.members.find(({ square }) => square === self);
  const findings = [...freshness(ring, context), ...keyMargin(ring, context)];
  for (const { document, version } of session.rings.proofs().filter(({ ringId }) => ringId === ring.ringId)) {
    const about = `two documents "${document}" of version ${version} were signed`;
    findings.push(
      watch(
        'contradiction',
        about,
        'ask the admins of the ring which of them was meant; townring ring show --json has both',
      ),
    );
  }
  if (own === undefined) {
    const out = ring.members.revoked.find(({ square }) => square === self);
    const says = `"${ring.charter.name}" does not name this square${out === undefined ? '' : `: ${out.reason}`}`;
    return [...findings, bad('membership', says, 'ask to be let in: townring join')];
  }

  // Its own name may lead to it by a private address.
  const answered = await ask(own.origin, true);
  const about = aboutOf(answered);
  if (about === undefined) {
    findings.push(
      bad(
        'reachability',
        `${own.origin} ${failureWords(answered)}`,
        'see that the square runs, and that your proxy and firewall let it be reached there',
      ),
    );
  } else if (about.square !== self) {
    findings.push(
      bad(
        'duplicate',
        `${own.origin} is answered by another square, ${about.square}`,
        'point the name at this square, or move this square: townring ring move --origin',
      ),
    );
  } else findings.push(good('reachability', `${own.origin} is answered by this square`));
  for (const addr of own.addrs) findings.push(await address(addr));
  for (const site of own.sites) {
    const check = await checkSite(own, site, allowPrivate);
    const says = `${site.name}: ${FINDING_WORDS[check.found]}`;
    findings.push(
      check.isGood
        ? good('link back', says)
        : bad('link back', says, 'put the embed into the page: townring site list, docs/embed.md'),
    );
  }
  return [...findings, ...(await examineNeighbours(ring, self, allowPrivate, now))];
}

function freshness(ring: TrustedRing, { now, dataDir }: SquareContext): Finding[] {
  const { charter, members, beat } = ring;
  const expired = expiredDocuments(ring, now);
  const held = readRingKeys(dataDir, ring.ringId);
  const isAdmin = keysWithRole(held, charter, 'admin').length > 0;
  const isOnline = keysWithRole(held, charter, 'online').length > 0;
  const remedies = {
    beat: isOnline
      ? 'start the square, which renews it, or: townring ring beat'
      : "ask the ring's admins: no square with an online key is running",
    members: isAdmin ? 'townring ring beat' : "ask the ring's admins to sign the list anew",
    charter: isAdmin ? 'townring ring rotate --paper' : "ask the ring's admins to renew the charter",
  };
  const findings = expired.map((name) =>
    bad('freshness', `the ${name} of "${charter.name}" ran out on ${ring[name].expires}`, remedies[name]),
  );
  const isNear = (expires: string, ms: number) => (instantMs(expires) ?? 0) - now < ms;
  if (!expired.includes('members') && isNear(members.expires, MEMBERS_WARNING_MS)) {
    findings.push(watch('freshness', `the list of "${charter.name}" runs out on ${members.expires}`, remedies.members));
  }
  if (!expired.includes('charter') && isNear(charter.expires, CHARTER_WARNING_MS)) {
    findings.push(
      watch('freshness', `the charter of "${charter.name}" runs out on ${charter.expires}`, remedies.charter),
    );
  }
  if (findings.length > 0) return findings;
  return [
    good(
      'freshness',
      `"${charter.name}" has list ${members.version} and beat ${beat.version}, good until ${beat.expires}`,
    ),
  ];
}

function keyMargin(ring: TrustedRing, { dataDir }: SquareContext): Finding[] {
  const warning = keyMarginWarning(ring, readRingKeys(dataDir, ring.ringId));
  return warning === undefined ? [] : [watch('admin keys', warning, KEY_MARGIN_REMEDY)];
}

async function examineNeighbours(
  ring: TrustedRing,
  self: string,
  allowPrivate: boolean,
  now: number,
): Promise<Finding[]> {
  const { members } = ring.members;
  const here = members.findIndex(({ square }) => square === self);
  const near = [1, -1, 2, -2].map((step) => members.at((here + step) % members.length));
  const others = [...new Set(near)].filter((member) => member !== undefined && member.square !== self);
  const findings: Finding[] = [];
  const skews: number[] = [];
  for (const member of others.slice(0, NEIGHBOURS_ASKED)) {
    if (member === undefined) continue;
    const page = await ask(member.origin, allowPrivate);
    if (page.ok && page.dateMs !== undefined) skews.push(now - page.dateMs);
    findings.push(neighbour(ring, member.origin, page));
  }
  return [...clock(skews), ...findings];
}

function neighbour(ring: TrustedRing, origin: string, page: FetchedPage): Finding {
  const about = aboutOf(page);
  if (about === undefined)
    return watch('neighbour', `${origin} ${failureWords(page)}`, 'tell its operator, when it lasts');
  const version = about.rings.find(({ id }) => id === ring.ringId)?.version;
  if (!about.protocol.includes(PROTOCOL)) {
    return watch(
      'neighbour',
      `${origin} speaks ${about.protocol.join(', ') || 'nothing we know'}`,
      `one of you is behind: this square speaks ${PROTOCOL}`,
    );
  }
  if (version !== undefined && version > ring.members.version) {
    return watch(
      'neighbour',
      `${origin} has list ${version}, this square has ${ring.members.version}`,
      `townring ring install ${origin}`,
    );
  }
  return good('neighbour', `${origin} answers, list ${version ?? 'unknown'}`);
}

/** The clock that most neighbours agree on is believed. */
function clock(skews: readonly number[]): Finding[] {
  const middle = skews.toSorted((a, b) => a - b)[Math.floor(skews.length / 2)];
  if (middle === undefined) return [];
  const seconds = Math.round(middle / 1_000);
  if (Math.abs(middle) <= CLOCK_SKEW_MAX_MS) return [good('clock', 'agrees with the neighbours')];
  const way = seconds > 0 ? 'ahead of' : 'behind';
  return [
    bad(
      'clock',
      `${Math.abs(seconds)} s ${way} the neighbours`,
      'have it set by the network: timedatectl set-ntp true',
    ),
  ];
}

/** As the running square left word of it. */
function duplicateKey({ store }: SquareSession, now: number): Finding[] {
  const at = keyUsedTwiceAt(store, now);
  if (at === undefined) return [];
  return [
    bad(
      'duplicate',
      `another running square uses the key of this one, heard ${new Date(at).toISOString()}`,
      'stop one of the two; a copy that shall stay needs a key of its own: take its square.key away, start it, and join',
    ),
  ];
}

function disk(dataDir: string): Finding {
  const { bavail, bsize } = statfsSync(dataDir);
  const free = bavail * bsize;
  const says = `${Math.floor(free / 1024 / 1024)} MiB free at ${dataDir}`;
  return free < DISK_MIN_BYTES
    ? bad('disk', says, 'make room: a full disk keeps new lists from being saved')
    : good('disk', says);
}

function openFiles(): Finding {
  const limit = /^Max open files\s+(\d+)/m.exec(readIfThere('/proc/self/limits'))?.[1];
  if (limit === undefined) return good('limits', 'open files: this system does not say');
  const says = `${limit} open files`;
  return Number(limit) < OPEN_FILES_MIN
    ? watch(
        'limits',
        says,
        `raise it where the square is started: LimitNOFILE=${OPEN_FILES_MIN} or ulimit -n ${OPEN_FILES_MIN}`,
      )
    : good('limits', says);
}

/** From this machine; a router that lets nobody reach it from inside by its outer name says nothing about the outside. */
async function address(addr: string): Promise<Finding> {
  const [, host, port] = /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)/.exec(addr) ?? [];
  const socket = connect({ host: host ?? '', port: Number(port), signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
  try {
    await once(socket, 'connect');
    return good('address', `${addr} takes connections`);
  } catch {
    return watch(
      'address',
      `${addr} takes no connections from here`,
      'open that port to this square, or change it: townring ring move --addr',
    );
  } finally {
    socket.destroy();
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ask(origin: string, allowPrivate: boolean): Promise<FetchedPage> {
  return fetchGuarded(`${origin}/.well-known/townring.json`, { ...LIMITS, allowPrivate });
}

function aboutOf(page: FetchedPage): About | undefined {
  const text = page.ok ? decodeUtf8(page.body) : undefined;
  const parsed = aboutSchema.safeParse(text === undefined ? undefined : parseStrictJson(text)?.value);
  return parsed.success ? parsed.data : undefined;
}

function failureWords(page: FetchedPage): string {
  return page.ok ? 'is answered by something that is no square' : `cannot be read: ${page.reason.replaceAll('-', ' ')}`;
}

function good(about: string, says: string): Finding {
  return { about, state: 'good', says };
}

function watch(about: string, says: string, remedy: string): Finding {
  return { about, state: 'watch', says, remedy };
}

function bad(about: string, says: string, remedy: string): Finding {
  return { about, state: 'bad', says, remedy };
}
