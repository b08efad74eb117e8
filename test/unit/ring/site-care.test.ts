import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { afterLook, type CareNews, type CareRecord } from '../../../src/ring/care-record.ts';
import type { SiteCheck } from '../../../src/ring/site-check.ts';
import { createSiteCare } from '../../../src/ring/site-care.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryRecords } from '../../support/memory-records.ts';
import { DAY_MS, HOUR_MS, readRing, ringOf, squareId } from '../../support/ring-documents.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const good: SiteCheck = { site: 'quay', isGood: true, found: 'embed' };
const refused: SiteCheck = { site: 'quay', isGood: false, found: 'refused' };
const timeout: SiteCheck = { site: 'quay', isGood: false, found: 'timeout' };

/** Looks at these hours; what was told at each. */
function looks(...checks: readonly (readonly [hour: number, check: SiteCheck])[]) {
  let record: CareRecord | undefined;
  const told: (CareNews | undefined)[] = [];
  for (const [hour, check] of checks) {
    const after = afterLook(record, check, hour * HOUR_MS);
    record = after.record;
    told.push(after.news);
  }
  return { told, record };
}

describe('a site that cannot be reached', () => {
  it('sleeps after three failures over three days, told at each step, and wakes at the first success', () => {
    const { told, record } = looks(
      [0, refused],
      [24, refused],
      [48, refused],
      [72, refused],
      [96, refused],
      [120, good],
    );
    assert.deepEqual(told, ['failing', undefined, undefined, 'asleep', undefined, 'awake']);
    assert.equal(record?.isAsleep, false);
  });

  it('does not sleep however often it fails within three days', () => {
    const hours = Array.from({ length: 71 }, (_, hour): readonly [number, SiteCheck] => [hour, refused]);
    assert.equal(looks(...hours).record?.isAsleep, false);
  });

  it('is well again when it comes back before that, and begins anew', () => {
    const { told } = looks([0, refused], [24, refused], [48, good], [72, refused], [96, refused], [120, refused]);
    assert.deepEqual(told, ['failing', undefined, 'well', 'failing', undefined, undefined]);
  });

  it('has twice as long when it only does not answer in time', () => {
    const days = (count: number) =>
      looks(...Array.from({ length: count }, (_, day): readonly [number, SiteCheck] => [day * 24, timeout]));
    assert.equal(days(5).record?.isAsleep, false);
    assert.equal(days(6).record?.isAsleep, true);
  });
});

describe('the care for the sites of a ring', () => {
  const ids = ['moss', 'lantern', 'quay', 'elm', 'fern', 'heath', 'birch'];
  const ring = readRing(ringOf(ids).documents);

  function care({ looksAtAll = false, store = memoryRecords() } = {}) {
    const clock = new ManualClock();
    const asked = new Map<string, number>();
    const logged: string[] = [];
    const slept: string[][] = [];
    const answers = new Map<string, SiteCheck['found']>();
    const log = (_fields: object, message: string) => void logged.push(message);
    const keeper = createSiteCare({
      self: squareId('moss'),
      rings: { all: () => [ring] },
      looksAtAll: () => looksAtAll,
      check: (_member, { id }) => {
        asked.set(id, (asked.get(id) ?? 0) + 1);
        const found = answers.get(id) ?? 'embed';
        return Promise.resolve({ site: id, isGood: found === 'embed', found });
      },
      store,
      clock,
      fraction: seededRandom(3).fraction,
      log: { debug: log, info: log, warn: log, error: log },
      count: () => undefined,
      onSleep: () => void slept.push(keeper.asleep().map(({ siteId }) => siteId)),
    });
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= 10 * 60_000) {
        clock.advance(10 * 60_000);
        await setImmediate();
      }
    };
    return { keeper, clock, asked, answers, logged, slept, pass, store };
  }

  it('looks once a day, for a year, at those within two steps', async () => {
    const { keeper, asked, pass } = care();
    keeper.start();
    await pass(365 * DAY_MS);
    keeper.stop();
    assert.deepEqual(
      [...asked.keys()].toSorted((a, b) => (a < b ? -1 : 1)),
      ['birch', 'heath', 'lantern', 'quay'],
    );
    for (const [id, times] of asked) assert.ok(times >= 355 && times <= 365, `${id}: ${times} looks`);
  });

  it('looks at all of them on an admin’s square', async () => {
    const { keeper, asked, pass } = care({ looksAtAll: true });
    keeper.start();
    await pass(DAY_MS);
    keeper.stop();
    assert.equal(asked.size, ids.length - 1);
  });

  it('puts a site to sleep, remembers it over a restart, and wakes it', async () => {
    const first = care();
    first.answers.set('quay', 'no-link-back');
    first.keeper.start();
    await first.pass(3 * DAY_MS);
    assert.equal(first.keeper.isAsleep(ring.ringId, 'quay'), false);
    await first.pass(2 * DAY_MS);
    first.keeper.stop();
    assert.equal(first.keeper.isAsleep(ring.ringId, 'quay'), true);
    assert.equal(first.logged.filter((line) => line.includes('sleeps')).length, 1);
    assert.equal(first.clock.pendingTimers, 0);

    const second = care({ store: first.store });
    assert.equal(second.keeper.isAsleep(ring.ringId, 'quay'), true);
    second.clock.advance(7 * DAY_MS);
    second.keeper.start();
    await second.pass(DAY_MS);
    second.keeper.stop();
    assert.equal(second.keeper.isAsleep(ring.ringId, 'quay'), false);
  });

  it('looks past those that sleep at the one to whom a gate leads instead, and tells of each that falls asleep or wakes', async () => {
    const { keeper, asked, answers, slept, pass } = care();
    for (const id of ['lantern', 'quay']) answers.set(id, 'refused');
    keeper.start();
    await pass(5 * DAY_MS);
    assert.deepEqual(slept, [['lantern'], ['lantern', 'quay']]);
    assert.ok(asked.has('elm') && asked.has('fern') && (asked.get('quay') ?? 0) >= 4, 'and at them all the same');
    answers.delete('lantern');
    await pass(2 * DAY_MS);
    keeper.stop();
    assert.deepEqual(slept.at(-1), ['quay']);
  });

  it('blames nobody when it is this square that has no network', async () => {
    const { keeper, answers, pass } = care();
    for (const id of ids) answers.set(id, 'no-such-host');
    keeper.start();
    await pass(10 * DAY_MS);
    keeper.stop();
    for (const id of ids) assert.equal(keeper.isAsleep(ring.ringId, id), false);
  });
});
