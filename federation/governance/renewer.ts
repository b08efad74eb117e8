/**
 * Keeps a ring's documents from running out. A square that holds an online key renews the beat, one that holds an admin
 * key too signs the unchanged list anew at half its life; nobody has to be awake. Whoever comes first in the charter acts
 * first, and the others see its document before their own turn comes.
 */
import { randomFraction } from '../clock.ts';
import { instantMs } from '../documents/time.ts';
import type { AcceptOutcome } from '../documents/trusted-state.ts';
import type { RingDocuments, TrustedRing } from '../documents/types.ts';
import type { Clock, Count, Log, RandomBytes, Timer } from '../types.ts';
import { keysWithRole, rankOf, type Keyring } from './keyring.ts';
import { CHARTER_WARNING_MS, MEMBERS_WARNING_MS } from '../documents/lifetimes.ts';
import { isBeatDue, isListDue, publishMembers, renewBeat } from './publish.ts';

/** A look every 10 minutes ± 20 % costs nothing, and catches up within that time after a machine has slept. */
const LOOK_MS = 10 * 60_000;
/** The first look waits until neighbours have told what happened while this square was away. */
const FIRST_LOOK_MS = 60_000;
/** Head start of each online key over the next one: longer than two looks are apart. */
const BEAT_TURN_MS = 30 * 60_000;
/** Head start of each admin key: a list has half its life left, so there is time for somebody to come back. */
const LIST_TURN_MS = 24 * 60 * 60_000;
/** The same warning is not repeated sooner. */
const WARNING_MS = 24 * 60 * 60_000;

export interface RenewerDeps {
  readonly rings: {
    all(): readonly TrustedRing[];
    publish(
      ringId: string,
      now: number,
      draft: (ring: TrustedRing) => RingDocuments | undefined,
    ): AcceptOutcome | undefined;
  };
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly count: Count;
  readonly allowPrivate: boolean;
  /** Whether another square of the ring is heard, or there is none: one that is cut off must not sign an old list anew. */
  isInTouch(ring: TrustedRing): boolean;
}

export interface Renewer {
  start(): void;
  stop(): void;
}

export function createRenewer(deps: RenewerDeps): Renewer {
  const { clock, log, count } = deps;
  const warnedAtMs = new Map<string, number>();
  let timer: Timer | undefined;
  let isRunning = false;

  const look = (): void => {
    for (const ring of deps.rings.all()) {
      try {
        renew(ring);
      } catch (err) {
        count('renewal', 'failed');
        log.error({ ring: ring.ringId, err }, 'ring documents not renewed; tried again in ten minutes');
      }
    }
    if (isRunning) timer = clock.setTimer(look, LOOK_MS * (0.8 + 0.4 * randomFraction(deps.random)));
  };

  const renew = (ring: TrustedRing): void => {
    const now = clock.now();
    const held = deps.keyring.keysOf(ring.ringId);
    if (held.length === 0) return;
    warn(ring, now);
    const [admin] = keysWithRole(held, ring.charter, 'admin');
    const [online] = keysWithRole(held, ring.charter, 'online');
    if (online === undefined) return;
    const listTurn = now - (admin === undefined ? 0 : rankOf(admin, ring.charter, 'admin') * LIST_TURN_MS);
    const beatTurn = now - rankOf(online, ring.charter, 'online') * BEAT_TURN_MS;
    const signsList = admin !== undefined && isListDue(ring, listTurn) && deps.isInTouch(ring);
    if (!signsList && !isBeatDue(ring, beatTurn)) return;

    const outcome = deps.rings.publish(ring.ringId, now, (newest) => {
      // Made for the ring as it was a moment ago: if that has moved on, the next look decides anew.
      if (newest !== ring) return undefined;
      const options = { now, allowPrivate: deps.allowPrivate };
      const drafted = signsList
        ? publishMembers(newest, newest.members, { admin, online }, options)
        : renewBeat(newest, online, now);
      if (!drafted.ok) throw new Error(drafted.problems.join('; '));
      if (drafted.value === undefined) return undefined;
      return { ...newest.envelopes, ...('members' in drafted.value ? drafted.value : { beat: drafted.value }) };
    });
    if (outcome === undefined) return;
    if (!outcome.ok) throw new Error(`this square refuses what it signed: ${outcome.reason}`);
    const { members, beat } = outcome.ring;
    count('renewal', signsList ? 'list' : 'beat');
    log.info(
      { ring: ring.ringId, members: members.version, beat: beat.version },
      signsList ? 'members list signed anew' : 'beat renewed',
    );
  };

  /** Only squares that hold a key of the ring get here: theirs are the operators who can do something. */
  const warn = (ring: TrustedRing, now: number): void => {
    const { ringId, charter, members } = ring;
    const isNear = (expires: string, ms: number): boolean => now > (instantMs(expires) ?? 0) - ms;
    const near: [string, string][] = [];
    if (isNear(members.expires, MEMBERS_WARNING_MS)) {
      near.push([members.expires, 'the members list runs out and no square signs it anew: run townring ring beat']);
    }
    if (isNear(charter.expires, CHARTER_WARNING_MS)) {
      near.push([charter.expires, 'the charter runs out: run townring ring rotate']);
    }
    for (const [expires, message] of near) {
      const subject = `${ringId} ${message}`;
      if (now - (warnedAtMs.get(subject) ?? Number.NEGATIVE_INFINITY) < WARNING_MS) continue;
      // Two subjects for each of a few rings; those that are gone do not stay for ever.
      if (warnedAtMs.size >= 64) warnedAtMs.clear();
      warnedAtMs.set(subject, now);
      log.warn({ ring: ringId, expires }, message);
    }
  };

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      timer = clock.setTimer(look, FIRST_LOOK_MS * (0.5 + 0.5 * randomFraction(deps.random)));
    },
    stop() {
      isRunning = false;
      timer?.cancel();
    },
  };
}
