import type { Member, MemberSite, TrustedRing } from '../../federation/documents/types.ts';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Log } from '../../federation/types.ts';
import type { Store } from '../store/store.ts';
import { afterLook, careRecordSchema, type CareRecord } from './care-record.ts';
import type { SleepingSite } from './ring-holder.ts';
import { FINDING_WORDS, type SiteCheck } from './site-check.ts';

/**
 * Looks at other sites of a ring once a day: is the page there, and does it still show the strip? A square looks at those
 * near its own gates, an admin's square at all. What it finds is its own knowledge: nobody has to believe it.
 */
export interface SiteCare {
  start(): void;
  stop(): void;
  isAsleep(ringId: string, siteId: string): boolean;
  asleep(): readonly SleepingSite[];
  record(ringId: string, siteId: string): CareRecord | undefined;
}

export interface SiteCareDeps {
  readonly self: string;
  readonly rings: { all(): readonly TrustedRing[] };
  readonly looksAtAll: (ring: TrustedRing) => boolean;
  readonly check: (member: Member, site: MemberSite) => Promise<SiteCheck>;
  readonly store: Pick<Store, 'ringRecords' | 'saveRingRecord' | 'removeRingRecord'>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly fraction: () => number;
  readonly log: Log;
  readonly count: (event: string, reason: string) => void;
  /** Somebody fell asleep or woke up. */
  readonly onSleep: () => void;
}

const LOOK_EVERY_MS = 24 * 60 * 60_000;
/** A round every 10 minutes ± 20 %, of a few sites: a ring of a thousand is looked at in a day, and nothing comes in bursts. */
const ROUND_MS = 10 * 60_000;
const SITES_IN_ROUND = 8;
/** Sites at most this far from one of ours, not counting those that sleep, are near. */
const NEAR = 2;

interface Place {
  readonly key: string;
  readonly member: Member;
  readonly site: MemberSite;
}

export function createSiteCare(deps: SiteCareDeps): SiteCare {
  const { store, clock, log, count } = deps;
  const records = new Map<string, CareRecord>();
  let timer: Timer | undefined;
  let isRunning = false;
  for (const { id, json } of store.ringRecords('care')) {
    const record = careRecordSchema.safeParse(JSON.parse(json));
    if (record.success) records.set(id, record.data);
  }

  const isAsleep = (ringId: string, siteId: string): boolean => records.get(`${ringId} ${siteId}`)?.isAsleep ?? false;

  const round = async (): Promise<void> => {
    const places = deps.rings.all().flatMap((ring) => placesIn(ring));
    const keys = new Set(places.map(({ key }) => key));
    for (const key of records.keys()) {
      if (keys.has(key)) continue;
      records.delete(key);
      store.removeRingRecord('care', key);
    }
    const now = clock.now();
    const due = places
      .filter(({ key }) => now - (records.get(key)?.checkedAt ?? Number.NEGATIVE_INFINITY) >= LOOK_EVERY_MS)
      .slice(0, SITES_IN_ROUND);
    const looks = await Promise.all(
      due.map(async ({ key, member, site }) => ({ key, check: await deps.check(member, site) })),
    );
    if (!isRunning || isOwnOutage(looks)) return;
    for (const { key, check } of looks) note(key, check);
  };

  /** Several sites that cannot be reached at once: it is this square that has no network. */
  const isOwnOutage = (looks: readonly { readonly check: SiteCheck }[]): boolean =>
    looks.length > 1 && looks.every(({ check }) => check.found === 'timeout' || check.found === 'no-such-host');

  const note = (key: string, check: SiteCheck): void => {
    const { record, news } = afterLook(records.get(key), check, clock.now());
    records.set(key, record);
    store.saveRingRecord('care', { id: key, json: JSON.stringify(record) });
    count('site-look', check.isGood ? 'good' : 'failed');
    if (news === undefined) return;
    const fields = { site: check.site, found: FINDING_WORDS[check.found] };
    if (news === 'failing') log.info(fields, 'a site of the ring is not as it should be; looked at again every day');
    else if (news === 'asleep')
      log.warn(fields, 'a site of the ring sleeps: it is skipped until it can be reached again');
    else log.info(fields, news === 'awake' ? 'a site of the ring is awake again' : 'a site of the ring is well again');
    if (news === 'asleep' || news === 'awake') deps.onSleep();
  };

  const placesIn = (ring: TrustedRing): Place[] => {
    const all = ring.members.members.flatMap((member) => member.sites.map((site) => ({ member, site })));
    const ours = all.flatMap(({ member }, index) => (member.square === deps.self ? [index] : []));
    if (ours.length === 0) return [];
    const isAsleepAt = (index: number): boolean => isAsleep(ring.ringId, all[index]?.site.id ?? '');
    const near = new Set<number>();
    for (const own of ours) {
      for (const step of [1, all.length - 1]) {
        // Who sleeps is looked at too, or would never wake; and so is the one that a gate leads to instead.
        let awake = 0;
        for (let at = (own + step) % all.length; at !== own && awake < NEAR; at = (at + step) % all.length) {
          near.add(at);
          if (!isAsleepAt(at)) awake += 1;
        }
      }
    }
    const looksAtAll = deps.looksAtAll(ring);
    return all
      .filter(({ member }, index) => member.square !== deps.self && (looksAtAll || near.has(index)))
      .map(({ member, site }) => ({ key: `${ring.ringId} ${site.id}`, member, site }));
  };

  const schedule = (): void => {
    timer = clock.setTimer(
      () => {
        round()
          .catch((err: unknown) => log.error({ err }, 'the sites of the ring could not be looked at'))
          .finally(() => {
            if (isRunning) schedule();
          });
      },
      ROUND_MS * (0.8 + 0.4 * deps.fraction()),
    );
  };

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      schedule();
    },
    stop() {
      isRunning = false;
      timer?.cancel();
    },
    isAsleep,
    asleep: () =>
      deps.rings.all().flatMap(({ ringId, members }) =>
        members.members
          .flatMap(({ sites }) => sites)
          .map(({ id: siteId }) => ({ ringId, siteId }))
          .filter(({ siteId }) => isAsleep(ringId, siteId)),
      ),
    record: (ringId, siteId) => records.get(`${ringId} ${siteId}`),
  };
}
