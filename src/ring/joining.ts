import { z } from 'zod';
import { MAX_ADDRS_PER_MEMBER } from '../../federation/documents/limits.ts';
import type { TrustedRings } from '../../federation/documents/trusted-state.ts';
import {
  decodeRequestAnswer,
  JOIN_LIMITS,
  openRequest,
  type RequestAnswer,
} from '../../federation/governance/request.ts';
import type { SquareAddress } from '../../federation/node/call-square.ts';
import type { SquareKey } from '../../federation/node/identity.ts';
import { JOIN_PROTOCOL } from '../../federation/node/topics.ts';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import { fetchDocuments } from './documents-fetch.ts';
import { OVERDUE_MS } from './join-desk.ts';
import { refusalText } from './refusal-text.ts';

/** A request of this square that is on its way, kept until it is answered: one for each ring. */
const joiningSchema = z.strictObject({
  sealed: z.string(),
  /** The square that was asked first. */
  square: z.string(),
  origin: z.string(),
  addrs: z.array(z.string()).max(MAX_ADDRS_PER_MEMBER),
  /** ms since the epoch. */
  since: z.number(),
});
export type Joining = z.infer<typeof joiningSchema>;

export interface JoiningDeps {
  readonly key: SquareKey;
  readonly rings: Pick<TrustedRings, 'install'>;
  readonly store: Pick<Store, 'ringRecords' | 'saveRingRecord' | 'removeRingRecord'>;
  readonly log: Log;
  readonly now: () => number;
}

export type JoiningOutcome =
  | Exclude<RequestAnswer, { readonly status: 'welcome' }>
  | { readonly status: 'joined'; readonly ringId: string; readonly name: string; readonly squares: number }
  /** Asked again later. */
  | { readonly status: 'unreachable' };

export function keepJoining(store: JoiningDeps['store'], ringId: string, joining: Joining): void {
  store.saveRingRecord('joining', { id: ringId, json: JSON.stringify(joining) });
}

export function joiningsIn(store: JoiningDeps['store']): readonly (readonly [ringId: string, joining: Joining])[] {
  return store.ringRecords('joining').flatMap(({ id, json }) => {
    const joining = joiningSchema.safeParse(JSON.parse(json));
    return joining.success ? [[id, joining.data] as const] : [];
  });
}

/** Hands the request over, and acts on what is answered: documents are verified and installed, an end is remembered. */
export async function askRing(deps: JoiningDeps, ringId: string, joining: Joining): Promise<JoiningOutcome> {
  const first = await askSquare(deps, joining, joining);
  const answer = first === undefined ? undefined : conclude(deps, ringId, first);
  if (answer !== undefined && answer.status !== 'waiting') return answer;
  if (deps.now() - joining.since < OVERDUE_MS) return answer ?? { status: 'unreachable' };
  // Nobody answered for two weeks: every square of the ring hears of it, the admins' among them.
  const documents = await fetchDocuments(joining.origin, ringId);
  const list = documents.ok ? readMembers(documents.documents.members.payload) : [];
  for (const member of list) {
    if (member.square === joining.square || member.square === deps.key.square) continue;
    const said = await askSquare(deps, joining, member);
    // One that refuses to keep it speaks for itself; the others may still.
    if (said === undefined || said.status === 'waiting' || said.status === 'refused') continue;
    const outcome = conclude(deps, ringId, said);
    if (outcome.status !== 'refused') return outcome;
  }
  return answer ?? { status: 'unreachable' };
}

async function askSquare(
  { key, log }: JoiningDeps,
  { sealed }: Joining,
  to: SquareAddress,
): Promise<RequestAnswer | undefined> {
  // Loaded when it is needed: most squares never ask.
  const { callSquare } = await import('../../federation/node/call-square.ts');
  try {
    const bytes = await callSquare({ key, log }, to, JOIN_PROTOCOL, Buffer.from(sealed, 'base64'), JOIN_LIMITS);
    return decodeRequestAnswer(bytes);
  } catch (err) {
    log.debug({ err, square: to.square }, 'the request was not answered');
    return undefined;
  }
}

function conclude({ rings, store, now }: JoiningDeps, ringId: string, answer: RequestAnswer): JoiningOutcome {
  if (answer.status === 'waiting') return answer;
  if (answer.status === 'welcome') {
    const outcome = rings.install(answer.documents, now(), ringId);
    if (!outcome.ok) return { status: 'refused', reason: refusalText(outcome) };
    store.removeRingRecord('joining', ringId);
    const { charter, members } = outcome.ring;
    return { status: 'joined', ringId, name: charter.name, squares: members.members.length };
  }
  store.removeRingRecord('joining', ringId);
  return answer;
}

/** Where the squares of a list are. Only to knock on their doors: what counts is verified when it is installed. */
function readMembers(payload: string): readonly SquareAddress[] {
  const shape = z.object({
    members: z.array(z.object({ square: z.string(), addrs: z.array(z.string()) })).max(1_000),
  });
  const list = shape.safeParse(JSON.parse(Buffer.from(payload, 'base64').toString()));
  return list.success ? list.data.members : [];
}

/** While a request is unanswered, the square asks again: soon at first, every quarter of an hour later. */
const FIRST_ASK_MS = 5_000;
const ASK_AGAIN_MS = 15 * 60_000;
/** After a request has become known to everybody, once a day. */
const ASK_RARELY_MS = 24 * 60 * 60_000;

export interface JoinKeeper {
  /** The store was written by another process: perhaps there is a new request. */
  look(): void;
  stop(): void;
}

/** Asks for this square as long as it takes. */
export function createJoinKeeper(deps: JoiningDeps, clock: Clock, onJoined: (ringId: string) => void): JoinKeeper {
  const timers = new Map<string, Timer>();
  let isStopped = false;

  const ask = async (ringId: string): Promise<void> => {
    const joining = joiningsIn(deps.store).find(([id]) => id === ringId)?.[1];
    if (joining === undefined) {
      timers.delete(ringId);
      return;
    }
    const outcome = await askRing(deps, ringId, joining);
    if (isStopped) return;
    if (outcome.status === 'waiting' || outcome.status === 'unreachable') {
      const isOverdue = deps.now() - joining.since >= OVERDUE_MS;
      schedule(ringId, isOverdue ? ASK_RARELY_MS : ASK_AGAIN_MS);
      return;
    }
    timers.delete(ringId);
    if (outcome.status === 'joined') {
      deps.log.info({ ring: ringId, squares: outcome.squares }, 'let into the ring');
      onJoined(ringId);
    } else deps.log.warn({ ring: ringId, ...outcome }, 'the request to the ring has ended');
  };
  const schedule = (ringId: string, delayMs: number): void => {
    timers.get(ringId)?.cancel();
    const run = (): void => {
      ask(ringId).catch((err: unknown) => {
        deps.log.error({ err, ring: ringId }, 'the request to the ring failed');
        if (!isStopped) schedule(ringId, ASK_AGAIN_MS);
      });
    };
    timers.set(ringId, clock.setTimer(run, delayMs));
  };

  return {
    look() {
      if (isStopped) return;
      for (const [ringId, { sealed }] of joiningsIn(deps.store)) {
        const isReadable = openRequest(Buffer.from(sealed, 'base64')) !== undefined;
        if (isReadable && !timers.has(ringId)) schedule(ringId, FIRST_ASK_MS);
      }
    },
    stop() {
      isStopped = true;
      for (const timer of timers.values()) timer.cancel();
    },
  };
}
