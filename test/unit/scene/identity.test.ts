import assert from 'node:assert/strict';
import test from 'node:test';
import { rulesOf } from '../../../src/scene/scene.ts';
import { SceneRig } from '../../support/scene-rig.ts';
import { buildSite } from '../../support/site-builder.ts';

test('the first visitor is number 1 and sees an empty square; the second sees the first, who sees one join', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { displayName: 'Ada', x: 0.3 });
  assert.equal(ada.id, 1);
  assert.deepEqual(ada.peers, []);
  const ben = rig.join(2, { displayName: 'Ben', x: 0.6 });
  assert.equal(ben.id, 2);
  assert.deepEqual(
    ben.peers.map(({ id, displayName, x }) => ({ id, displayName, x })),
    [{ id: 1, displayName: 'Ada', x: 0.3 }],
  );
  assert.deepEqual(rig.takeTypes(1), ['join']);
  assert.deepEqual(rig.takeTypes(2), []);
});

test('without a legal position a visitor appears somewhere on the walkable strip', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const { x } = new SceneRig({ seed }).join(1);
    assert.ok(x >= 0.02 && x <= 0.98);
  }
});

test('a position from 0 to 1 is kept exactly', () => {
  const rig = new SceneRig();
  assert.equal(rig.join(1, { x: 0 }).x, 0);
  assert.equal(rig.join(2, { x: 1 }).x, 1);
});

test('a second tab with the secret is the same visitor, with the first tab name and place', () => {
  const rig = new SceneRig();
  const first = rig.join(1, { browserId: 'ada', displayName: 'Ada', color: '#c8641f', x: 0.3 });
  rig.join(2);
  rig.clear();
  const second = rig.join(3, {
    browserId: 'ada',
    browserSecret: first.browserSecret,
    displayName: 'Somebody',
    color: '#3f7f63',
    x: 0.9,
  });
  assert.equal(second.id, first.id);
  assert.equal(second.browserSecret, first.browserSecret);
  assert.equal(second.displayName, 'Ada');
  assert.equal(second.color, '#c8641f');
  assert.equal(second.x, 0.3);
  assert.deepEqual(
    second.peers.map(({ id }) => id),
    [2],
  );
  assert.deepEqual(rig.takeTypes(1), []);
  assert.deepEqual(rig.takeTypes(2), []);
  assert.equal(rig.scene.visitorCount, 2);
});

test('without the secret the same browser id is somebody else, and the first keeps what is theirs', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', displayName: 'Ada' });
  const thief = rig.join(2, { browserId: 'ada', browserSecret: 'f'.repeat(64), displayName: 'Thief' });
  assert.notEqual(thief.id, ada.id);
  assert.notEqual(thief.browserSecret, ada.browserSecret);
  assert.match(thief.browserSecret, /^[0-9a-f]{64}$/);
  const back = rig.join(3, { browserId: 'ada', browserSecret: ada.browserSecret });
  assert.equal(back.id, ada.id);
  // The fork's own secret opens nothing under that browser id.
  const again = rig.join(4, { browserId: 'ada', browserSecret: thief.browserSecret });
  assert.equal(new Set([ada.id, thief.id, again.id]).size, 3);
});

test('visitors without a browser id are told apart', () => {
  const rig = new SceneRig();
  const a = rig.join(1, { browserId: '' });
  const b = rig.join(2, { browserId: '' });
  assert.notEqual(a.id, b.id);
  assert.notEqual(a.browserSecret, b.browserSecret);
});

test('the secret of a browser outlives the scene: it is the same when everybody had gone', () => {
  const before = new SceneRig().join(1, { browserId: 'ada' }).browserSecret;
  assert.equal(new SceneRig().join(9, { browserId: 'ada' }).browserSecret, before);
});

test('a second init of a connection changes nothing', () => {
  const rig = new SceneRig();
  rig.join(1, { displayName: 'Ada' });
  rig.join(2);
  rig.clear();
  rig.hear(1, {
    type: 'init',
    browserId: 'x',
    browserSecret: '',
    displayName: 'Eve',
    color: '#3f7f63',
    readingActive: false,
    widgetVisible: false,
    ring: true,
    resident: true,
    beyondHill: false,
  });
  assert.deepEqual(rig.take(1), []);
  assert.deepEqual(rig.take(2), []);
  assert.equal(rig.scene.presence(rig.now).figures[0]?.drawn, true);
});

test('before its init a connection is neither heard nor told anything', () => {
  const rig = new SceneRig();
  rig.open(1);
  rig.hear(1, { type: 'move', x: 0.5 });
  rig.hear(1, { type: 'say', text: 'hello?' });
  rig.join(2);
  rig.hear(2, { type: 'move', x: 0.5 });
  assert.deepEqual(rig.take(1), []);
  assert.deepEqual(rig.take(2), []);
  assert.equal(rig.scene.visitorCount, 1);
});

test('a reload within 1.5 s is no leave: same visitor, nobody notices', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', displayName: 'Ada', x: 0.3 });
  rig.join(2);
  rig.clear();
  rig.close(1);
  rig.advance(1_499);
  assert.equal(rig.scene.visitorCount, 2);
  const back = rig.join(3, { browserId: 'ada', browserSecret: ada.browserSecret });
  assert.equal(back.id, ada.id);
  rig.advance(5_000);
  assert.deepEqual(rig.take(2), []);
});

test('after 1.5 s without a socket a visitor has left, and comes back as somebody new', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada' });
  rig.join(2);
  rig.clear();
  rig.close(1);
  rig.advance(1_500);
  assert.deepEqual(rig.take(2), [{ type: 'leave', id: ada.id }]);
  const back = rig.join(3, { browserId: 'ada', browserSecret: ada.browserSecret });
  assert.ok(back.id > ada.id);
});

test('a newcomer sees a visitor who is in grace, and then sees them leave', () => {
  const rig = new SceneRig();
  const ada = rig.join(1);
  rig.close(1);
  rig.advance(1_000);
  assert.deepEqual(
    rig.join(2).peers.map(({ id }) => id),
    [ada.id],
  );
  rig.advance(500);
  assert.deepEqual(rig.take(2), [{ type: 'leave', id: ada.id }]);
});

test('closing one of two tabs is no leave', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada' });
  rig.join(2, { browserId: 'ada', browserSecret: ada.browserSecret });
  rig.join(3);
  rig.clear();
  rig.close(1);
  rig.advance(10_000);
  assert.deepEqual(rig.take(3), []);
});

test('a scene that everybody has left is empty and has nothing to wake for', () => {
  const rig = new SceneRig();
  rig.join(1);
  rig.hear(1, { type: 'move', x: 0.4 });
  rig.hear(1, { type: 'move', x: 0.5 });
  rig.close(1);
  assert.equal(rig.scene.isEmpty, false);
  rig.advance(2_000);
  assert.equal(rig.scene.isEmpty, true);
  assert.equal(rig.scene.nextWakeAt, undefined);
});

test('a thousand who vanish at once make the longest gone leave early, so that memory stays bounded', () => {
  const rig = new SceneRig();
  rig.join(1);
  for (let connection = 2; connection <= 1_002; connection += 1) {
    rig.join(connection);
    rig.close(connection);
  }
  rig.clear();
  assert.equal(rig.scene.visitorCount, 1_001);
});

test('a hosted hello carries the scene, the links and the board; a default one does not', () => {
  const site = buildSite();
  const hosted = new SceneRig({ rules: rulesOf(site, 0) }).join(1);
  assert.deepEqual(hosted.scene, site.scene);
  assert.deepEqual(hosted.connections, site.connections);
  assert.deepEqual(hosted.messageBoard, site.messageBoard);
  const shared = new SceneRig().join(1);
  assert.ok(!('scene' in shared) && !('connections' in shared) && !('messageBoard' in shared));
});
