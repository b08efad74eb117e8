import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SceneRig } from '../../support/scene-rig.ts';

test('who closes their page is gone from the next horizon at once, and counted until the grace is over', () => {
  const rig = new SceneRig();
  const { browserSecret } = rig.join(1);
  const drawn = () => rig.scene.presence(rig.now).figures.map((figure) => figure.drawn);
  const changes = rig.rosterChanges;
  rig.close(1);
  assert.deepEqual([rig.scene.presence(rig.now).count, drawn()], [1, [false]]);
  assert.ok(rig.rosterChanges > changes, 'the ring is told');
  const afterClose = rig.rosterChanges;
  rig.join(2, { browserId: 'browser1', browserSecret });
  assert.deepEqual([rig.scene.presence(rig.now).count, drawn()], [1, [true]]);
  assert.ok(rig.rosterChanges > afterClose, 'and told again when they are back');
});
