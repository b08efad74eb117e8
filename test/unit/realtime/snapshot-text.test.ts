import assert from 'node:assert/strict';
import test from 'node:test';
import { readSnapshot, SNAPSHOT_MAX_BYTES, writeSnapshot } from '../../../src/realtime/snapshot-text.ts';
import { SceneRig } from '../../support/scene-rig.ts';

/** A scene of so many visitors who have said the longest things there are, in a script of three bytes a letter. */
function talkative(visitors: number): SceneRig {
  const rig = new SceneRig();
  for (let connection = 1; connection <= visitors; connection += 1) {
    rig.join(connection, { displayName: '町'.repeat(18) });
  }
  for (let line = 0; line < 5; line += 1) {
    rig.advance(1_000);
    for (let connection = 1; connection <= visitors; connection += 1) {
      rig.hear(connection, { type: 'say', text: '町'.repeat(140) });
    }
  }
  return rig;
}

const snapshotOf = (rig: SceneRig) => rig.scene.snapshot({ now: rig.now, wall: rig.wall });

test('a scene of ordinary size is written down whole, and read again as it was', () => {
  const rig = talkative(20);
  const written = writeSnapshot(snapshotOf(rig));
  assert.deepEqual([written.key, written.visitors, written.cut], ['default', 20, undefined]);
  assert.deepEqual(readSnapshot(written.text), JSON.parse(JSON.stringify(snapshotOf(rig))));
});

test('over its budget a snapshot goes without what was said; everybody keeps their place and name', () => {
  const written = writeSnapshot(snapshotOf(talkative(500)));
  assert.equal(written.cut, 'lines');
  assert.ok(Buffer.byteLength(written.text) <= SNAPSHOT_MAX_BYTES);
  const { visitors } = readSnapshot(written.text);
  assert.equal(visitors.length, 500);
  assert.ok(visitors.every(({ fields }) => fields['displayName'] === '町'.repeat(18)));
});

test('far over its budget it goes without those who did nothing for longest', () => {
  const rig = new SceneRig();
  for (let connection = 1; connection <= 2_000; connection += 1) rig.join(connection);
  rig.advance(1_000);
  for (let connection = 1; connection <= 50; connection += 1) rig.hear(connection, { type: 'move', x: 0.4 });
  const written = writeSnapshot(snapshotOf(rig));
  assert.equal(written.cut, 'visitors');
  assert.ok(Buffer.byteLength(written.text) <= SNAPSHOT_MAX_BYTES);
  const kept = new Set(readSnapshot(written.text).visitors.map(({ id }) => id));
  assert.ok(kept.size === written.visitors && kept.size > 500 && kept.size < 2_000);
  for (let id = 1; id <= 50; id += 1) assert.ok(kept.has(id), `${id} walked just now`);
});
