import { z } from 'zod';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';

type FindingStore = Pick<Store, 'ringRecords' | 'saveRingRecord' | 'removeRingRecord'>;

/** The ring itself forgets a second square five minutes after it was heard last. */
const LOOK_MS = 15_000;

/** What a square that was killed has found counts for so long. */
const FINDING_LASTS_MS = 10 * 60_000;

const FINDING = 'key-used-twice';
const findingSchema = z.strictObject({ at: z.number() });

export interface KeyWatch {
  /** May be called again. */
  start(): void;
  stop(): void;
}

/** Leaves word in the store while another square uses this one's key, for the doctor, who is a process of his own. */
export function createKeyWatch(
  store: FindingStore,
  clock: Clock,
  log: Pick<Log, 'warn'>,
  isKeyUsedTwice: () => boolean,
): KeyWatch {
  let timer: Timer | undefined;
  let isNoted = true;

  const look = (): void => {
    const isTwice = isKeyUsedTwice();
    try {
      if (isTwice) store.saveRingRecord('finding', { id: FINDING, json: JSON.stringify({ at: clock.now() }) });
      else if (isNoted) store.removeRingRecord('finding', FINDING);
      isNoted = isTwice;
    } catch (err) {
      log.warn({ err }, 'what the ring found could not be kept for the doctor; tried again in 15 s');
    }
    timer = clock.setTimer(look, LOOK_MS);
  };

  return {
    start() {
      timer ??= clock.setTimer(look, LOOK_MS);
    },
    stop: () => timer?.cancel(),
  };
}

/** When a running square last found that its key is used twice, ms since the epoch; undefined when that is no news. */
export function keyUsedTwiceAt(store: Pick<Store, 'ringRecords'>, now: number): number | undefined {
  const record = store.ringRecords('finding').find(({ id }) => id === FINDING);
  const finding = findingSchema.safeParse(record === undefined ? undefined : JSON.parse(record.json));
  return finding.success && now - finding.data.at < FINDING_LASTS_MS ? finding.data.at : undefined;
}
