import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptFootprints } from '../../../src/realtime/kept-footprints.ts';
import { rulesOf } from '../../../src/scene/scene.ts';
import type { Site } from '../../../src/scene/site.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SceneRig } from '../../support/scene-rig.ts';
import { buildSite } from '../../support/site-builder.ts';

/** A scene whose footprints are kept, at the time of its own clock. Nobody waits for them to be forgotten. */
function street(site: Partial<Site> = {}): SceneRig {
  const kept = new KeptFootprints({ monotonic: () => rig.now, setTimer: () => ({ cancel() {} }) });
  const rig: SceneRig = new SceneRig({ rules: rulesOf(buildSite(site), 0), footprints: kept.of('default') });
  return rig;
}

test('who walked out through a gate left steps up to it', () => {
  const rig = street();
  rig.join(1, { ring: true, x: 0.5 });
  rig.depart(1, 'left');
  rig.close(1);
  assert.deepEqual(rig.join(2, { ring: true }).footprints, { x: 0, heading: 'left', minutesAgo: 0 });
});

test('who goes over the hill with the strip alone leaves steps too, once', () => {
  const rig = street();
  rig.join(1, { ring: true, x: 0.5 });
  rig.step({ kind: 'away', connection: 1, side: 'right' });
  rig.advance(10 * 60_000);
  rig.close(1);
  rig.advance(2_000);
  const { footprints } = rig.join(2, { ring: true });
  assert.deepEqual([footprints?.x, footprints?.heading, footprints?.minutesAgo], [1, 'right', 10]);
});

test('of somebody whom the owner hid nothing is seen, not even where they walked', () => {
  const rig = street({ hiddenBrowserIds: ['browser1'] });
  rig.join(1, { ring: true, x: 0.5 });
  rig.close(1);
  rig.advance(2_000);
  assert.equal(rig.join(2, { ring: true }).footprints, undefined);
});

test('the steps of many streets are bounded, and those of an hour ago are forgotten', () => {
  const clock = new ManualClock();
  const kept = new KeptFootprints(clock);
  const prints = { x: 0.5, heading: 'left' } as const;
  for (let index = 0; index < 10_100; index += 1) {
    kept.of(`site_${index}`).keep({ ...prints, leftAt: clock.monotonic() });
  }
  assert.equal(kept.size, 10_000);
  assert.equal(kept.of('site_99').recall(), undefined);
  assert.ok(kept.of('site_100').recall());
  clock.advance(3_599_000);
  assert.equal(kept.size, 10_000);
  kept.of('site_1').keep({ ...prints, leftAt: clock.monotonic() });
  clock.advance(1_000);
  assert.equal(kept.size, 1);
  clock.advance(3_600_000);
  assert.equal(kept.size, 0, 'nobody need come for that');
  assert.equal(clock.pendingTimers, 0);
});
