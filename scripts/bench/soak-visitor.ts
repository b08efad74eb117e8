import { setTimeout as sleep } from 'node:timers/promises';
import { RECONNECT_GRACE_MS } from '../../src/protocol/limits.ts';
import { propsOf, sceneConfigFrom, type Prop } from '../../src/protocol/scene-kit.ts';
import { BenchClient, type Target } from './bench-client.ts';
import type { Ledger } from './ledger.ts';

/** How a visit ends, and what kind of visitor it is: most close their page. */
const MANNERS = ['close', 'close', 'close', 'close', 'reset', 'reset', 'return', 'malformed'] as const;
type Manner = (typeof MANNERS)[number];

/** Longest pause between two visits to one place, and how long a visit takes at least and at most. */
const AWAY_MS = 1_500;
const STAY_MS = { least: 1_000, most: 20_000 };

/** Between two things that one visitor does. */
const STEP_MS = 250;

/** Twice the chat throttle, and more than a slow answer: no line is dropped for being early. */
const LINE_EVERY_MS = 3_000;

/** A line said later may be cut off by the visitor's own leaving. */
const LAST_LINE_MS = 1_000;

export interface Place {
  /** Who keeps the books of the scene. */
  readonly witness: { readonly target: Target; readonly ledger: Ledger; readonly id: number };
  readonly random: () => number;
  readonly malformed: readonly Buffer[];
  readonly counts: SoakCounts;
  /** Aborted when everybody shall go. */
  readonly signal: AbortSignal;
}

export interface SoakCounts {
  visits: number;
  returns: number;
  resets: number;
  malformedFrames: number;
  /** Visitors sent away for what they sent: their frames were malformed. */
  closedForFrames: number;
  refused: number;
  /** Ended by the square without a cause. */
  thrownOut: number;
}

export interface Welcome {
  readonly id: number;
  readonly peers: readonly number[];
  readonly secret: string;
  readonly props: readonly Prop[];
}

/** What a `hello` says; undefined for anything else. */
export function welcomeIn(frame: unknown): Welcome | undefined {
  if (typeof frame !== 'object' || frame === null) return undefined;
  if (!('id' in frame) || !('peers' in frame) || !('browserSecret' in frame)) return undefined;
  const { id, peers, browserSecret } = frame;
  if (typeof id !== 'number' || !Array.isArray(peers) || typeof browserSecret !== 'string') return undefined;
  const ids = peers.map((peer: unknown) => idIn(peer)).filter((peer) => peer !== undefined);
  return {
    id,
    peers: ids,
    secret: browserSecret,
    props: propsOf(sceneConfigFrom('scene' in frame ? frame.scene : {})),
  };
}

export function idIn(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number'
    ? value.id
    : undefined;
}

/** One place in a scene: one visitor after the other, until the signal. */
export async function keepComing(place: Place, name: string): Promise<void> {
  const { random, signal, counts } = place;
  for (let nth = 0; !signal.aborted; nth += 1) {
    await sleep(random() * AWAY_MS);
    if (signal.aborted) return;
    const manner = MANNERS[Math.floor(random() * MANNERS.length)] ?? 'close';
    counts.visits += 1;
    const browserId = `${name}-${nth}`;
    const first = await visit(place, browserId, '', manner);
    if (manner !== 'return' || first === undefined || signal.aborted) continue;
    await sleep(random() * RECONNECT_GRACE_MS * 0.5);
    counts.returns += 1;
    const again = await visit(place, browserId, first.secret, 'close');
    if (again !== undefined && again.id !== first.id)
      place.witness.ledger.accuse(`${first.id} came back as ${again.id}`);
  }
}

/** @returns undefined for somebody who was not let in */
async function visit(place: Place, browserId: string, secret: string, manner: Manner): Promise<Welcome | undefined> {
  const { witness, random, counts, signal } = place;
  const { target, ledger } = witness;
  let client: BenchClient;
  const askedAt = performance.now();
  try {
    client = await BenchClient.open(target);
  } catch {
    counts.refused += 1;
    return undefined;
  }
  const welcome = welcomeIn(
    await client.join({
      browserId,
      browserSecret: secret,
      x: 0.05 + random() * 0.9,
      displayName: `Soak ${counts.visits % 1_000}`,
      color: '#3f7f63',
      readingUrl: `${target.origin ?? ''}/notes/launch`,
      readingActive: true,
      widgetVisible: true,
    }),
  );
  if (welcome === undefined) {
    counts.refused += 1;
    client.cut();
    return undefined;
  }
  const { id, peers, props } = welcome;
  ledger.welcomed(
    id,
    peers.filter((peer) => peer !== witness.id),
    askedAt,
    performance.now(),
  );
  const until = performance.now() + STAY_MS.least + random() * (STAY_MS.most - STAY_MS.least);
  let lineAt = performance.now() + random() * LINE_EVERY_MS;
  let line = 0;
  while (performance.now() < until && !signal.aborted && client.ended === undefined) {
    const what = random();
    const prop = props[Math.floor(random() * props.length)];
    if (manner === 'malformed' && what < 0.6) {
      const frame = place.malformed[Math.floor(random() * place.malformed.length)];
      if (frame !== undefined) client.write(frame);
      counts.malformedFrames += 1;
    } else if (what < 0.1 && prop !== undefined) {
      client.send({ type: 'move', x: prop.x });
      client.send({ type: 'settle', propId: prop.id });
    } else if (what < 0.15) {
      client.send({ type: 'action', action: 'jump' });
    } else {
      client.send({ type: 'move', x: 0.05 + random() * 0.9 });
    }
    const now = performance.now();
    // Whoever is about to reset, or to be closed for what they send, may be gone before a line is read.
    if (manner === 'close' && now >= lineAt && now + LAST_LINE_MS < until) {
      lineAt = now + LINE_EVERY_MS;
      line += 1;
      const text = `soak ${id} ${browserId} ${line}`;
      ledger.said(text, now);
      client.send({ type: 'say', text });
    }
    await sleep(STEP_MS * (0.5 + random()));
  }
  if (client.ended !== undefined) {
    if (manner === 'malformed') counts.closedForFrames += 1;
    else {
      counts.thrownOut += 1;
      ledger.accuse(`${id} was thrown out: ${client.ended.code} ${client.ended.reason}`);
    }
  }
  ledger.gone(id, performance.now());
  if (manner === 'reset' || manner === 'return') {
    counts.resets += 1;
    client.cut();
  } else {
    client.leave();
    setTimeout(() => client.cut(), 1_000).unref();
  }
  return welcome;
}
