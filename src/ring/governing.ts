import { randomBytes } from 'node:crypto';
import { randomFraction } from '../../federation/clock.ts';
import type { TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { TrustedRing } from '../../federation/documents/types.ts';
import { createRenewer } from '../../federation/governance/renewer.ts';
import type { SquareKey } from '../../federation/node/identity.ts';
import { systemClock } from '../lib/clock.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import { createJoinDesk, type JoinDesk } from './join-desk.ts';
import { createJoinKeeper } from './joining.ts';
import { createRingDesk, type RingDesk } from './ring-desk.ts';
import type { RingLink, SleepingSite } from './ring-holder.ts';
import { readRingKeys } from './ring-keys.ts';
import { createSiteCare } from './site-care.ts';
import { checkSite, type SiteCheck } from './site-check.ts';

export interface GoverningDeps {
  readonly key: SquareKey;
  readonly dataDir: string;
  readonly store: Store;
  readonly rings: TrustedRings;
  readonly allowPrivate: boolean;
  readonly log: Log;
  readonly count: (event: string, reason: string) => void;
  /** To other squares, as they are now. */
  readonly links: () => readonly RingLink[];
  /** A ring took this square in. */
  readonly onJoined: () => void;
  /** Gates lead past others than before. */
  readonly onSleep: () => void;
}

/** What a running square does for its rings without anybody's hand, and the desks at which its operator sits. */
export interface Governing {
  readonly desk: RingDesk;
  readonly joins: JoinDesk;
  answerRequest(square: string, bytes: Uint8Array): Promise<Uint8Array | undefined>;
  /** From the first ring on; may be called again. */
  startCaring(): void;
  /** Its page could not be reached for days; known for sites near our own only. */
  isAsleep(ringId: string, siteId: string): boolean;
  asleep(): readonly SleepingSite[];
  /** The command line may have left a request to join. */
  look(): void;
  stop(): void;
}

export function createGoverning(deps: GoverningDeps): Governing {
  const { key, dataDir, store, rings, allowPrivate, log, count } = deps;
  const self = key.square;
  const now = () => Date.now();
  const random = (length: number): Uint8Array => randomBytes(length);
  const keysOf = (ringId: string) => readRingKeys(dataDir, ringId);
  const desk = createRingDesk({ rings, store, keysOf, now, allowPrivate });
  const joins = createJoinDesk({ desk, store, self, keysOf, random, now });
  const renewer = createRenewer({
    rings,
    keyring: { keysOf },
    clock: systemClock,
    random,
    log,
    count,
    allowPrivate,
    isInTouch,
  });
  const joining = createJoinKeeper({ key, rings, store, log, now }, systemClock, deps.onJoined);
  const care = createSiteCare({
    self,
    rings,
    looksAtAll: (ring) => desk.canPublish(ring),
    check: (member, site) => checkSite(member, site, allowPrivate),
    store,
    clock: systemClock,
    fraction: () => randomFraction(random),
    log,
    count,
    onSleep: deps.onSleep,
  });
  let isChecking = false;
  let isStopped = false;

  function isInTouch({ members }: TrustedRing): boolean {
    const linked = new Set(deps.links().flatMap(({ square, connected }) => (connected ? [square] : [])));
    const others = members.members.filter(({ square }) => square !== self);
    return others.length === 0 || others.some(({ square }) => linked.has(square));
  }

  const nextUnchecked = () => (isStopped ? undefined : joins.unchecked()[0]);

  /** One at a time: whoever asks must not make us fetch as fast as they can write. */
  async function checkRequests(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    try {
      for (let next = nextUnchecked(); next !== undefined; next = nextUnchecked()) {
        const { request } = next;
        const checks: SiteCheck[] = [];
        for (const site of request.sites) checks.push(await checkSite(request, site, allowPrivate));
        if (!isStopped) joins.keepChecks(request.ring, request.square, checks);
        log.info(
          { ring: request.ring, square: request.square, good: checks.filter(({ isGood }) => isGood).length },
          'a square asks to join: townring ring requests',
        );
      }
    } catch (err) {
      log.error({ err }, 'requests to join could not be checked');
    } finally {
      isChecking = false;
    }
  }

  return {
    desk,
    joins,
    async answerRequest(square, bytes) {
      const answer = joins.answer(square, bytes);
      void checkRequests();
      return answer;
    },
    startCaring() {
      renewer.start();
      care.start();
    },
    isAsleep: (ringId, siteId) => care.isAsleep(ringId, siteId),
    asleep: () => care.asleep(),
    look: () => joining.look(),
    stop() {
      isStopped = true;
      renewer.stop();
      joining.stop();
      care.stop();
    },
  };
}
