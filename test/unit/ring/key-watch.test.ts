import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examineSquare } from '../../../src/ring/doctor.ts';
import { createKeyWatch } from '../../../src/ring/key-watch.ts';
import { openStore } from '../../../src/store/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('the doctor tells of a second square with this key while the running one hears it, and no longer', async (t) => {
  const dataDir = tempDir(t);
  const store = openStore(dataDir);
  t.after(() => store.close());
  const clock = new ManualClock();
  let isTwice = false;
  const full = () => {
    throw new Error('database or disk is full');
  };
  const warned: string[] = [];
  const onFullDisk = createKeyWatch(
    { ringRecords: () => [], saveRingRecord: full, removeRingRecord: full },
    clock,
    { warn: (_fields: unknown, message?: string) => void warned.push(message ?? '') },
    () => isTwice,
  );
  onFullDisk.start();
  const watch = createKeyWatch(store, clock, { warn() {} }, () => isTwice);
  watch.start();
  watch.start();
  const told = async (laterMs = 0): Promise<string> => {
    const outcome = await examineSquare({ dataDir, now: clock.now() + laterMs, allowPrivate: true });
    assert.ok(outcome.ok);
    return outcome.lines.filter((line) => line.includes('duplicate')).join('\n');
  };
  clock.advance(60_000);
  assert.equal(await told(), '');
  isTwice = true;
  clock.advance(60_000);
  assert.match(await told(), /^bad {4}duplicate: another running square uses the key of this one, heard \d{4}-/);
  assert.equal(await told(11 * 60_000), '', 'what a square found that has not run since is no news');
  isTwice = false;
  clock.advance(60_000);
  assert.equal(await told(), '');
  assert.ok(warned.length > 1, 'a full disk ends nothing');
  onFullDisk.stop();
  watch.stop();
  isTwice = true;
  clock.advance(60_000);
  assert.equal(await told(), '');
});
