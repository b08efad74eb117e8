import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE } from '../../../src/protocol/close-codes.ts';
import { rulesOf } from '../../../src/scene/scene.ts';
import { buildSite } from '../../support/site-builder.ts';
import { SceneRig } from '../../support/scene-rig.ts';

test('a guest comes in at the edge that faces home, marked with where they are from, in the look they wear', () => {
  const rig = new SceneRig();
  rig.join(1);
  const hello = rig.receive(2, { side: 'right', plate: { name: 'Ada', look: 9 } });
  assert.equal(hello.x, 1);
  assert.equal(hello.browserSecret, '');
  assert.deepEqual(
    hello.peers.map(({ id }) => id),
    [1],
  );
  const [join] = rig.take(1);
  assert.ok(join?.type === 'join');
  const { displayName, color, ring } = join.peer;
  const from = { site: 'moss', name: 'Moss & Ink', url: 'https://moss.example/' };
  assert.deepEqual([displayName, ring], ['Ada', { look: 9, from }]);
  assert.equal(color, '#3f6fb5');
});

test('a second tab of a guest is the same visitor, and hears what the first one says', () => {
  const rig = new SceneRig();
  rig.join(1);
  assert.equal(rig.receive(2).id, rig.receive(3).id);
  assert.deepEqual(rig.takeTypes(1), ['join']);
  rig.hear(2, { type: 'say', text: 'hello' });
  assert.deepEqual([rig.takeTypes(1), rig.takeTypes(2), rig.takeTypes(3)], [['say'], [], ['say']]);
});

test('a guest leaves with the last tab, at once and through the gate they chose', () => {
  const rig = new SceneRig();
  rig.join(1);
  rig.receive(2);
  rig.receive(3);
  rig.clear();
  rig.close(2);
  assert.deepEqual(rig.take(1), []);
  rig.depart(3, 'right');
  rig.close(3);
  assert.deepEqual(rig.take(1), [{ type: 'leave', id: 2, toward: 'right' }]);
  rig.receive(4);
  rig.clear();
  rig.close(4);
  assert.deepEqual(rig.take(1), [{ type: 'leave', id: 3 }], 'nobody waits for a guest to come back');
});

test("a guest is masked, throttled, muted, hidden, kicked and blocked like the site's own visitors", () => {
  const rig = new SceneRig({ rules: rulesOf(buildSite({ blockedWords: ['weed'] }), 0) });
  rig.join(1);
  const { id, displayName } = rig.receive(2, { plate: { name: 'weed man', look: 0 } });
  assert.equal(displayName, '**** man');
  rig.clear();
  rig.hear(2, { type: 'say', text: 'weed' });
  rig.hear(2, { type: 'say', text: 'too soon' });
  assert.deepEqual(
    rig.take(1).map((frame) => frame.type === 'say' && frame.text),
    ['****'],
  );
  rig.advance(1_000);
  rig.administer({ action: 'muteVisitor', visitorId: id });
  rig.hear(2, { type: 'say', text: 'unheard' });
  assert.deepEqual(rig.take(1), []);
  rig.administer({ action: 'hideVisitor', visitorId: id });
  assert.deepEqual(rig.take(1), [{ type: 'leave', id }]);
  rig.administer({ action: 'kickVisitor', visitorId: id });
  rig.administer({ action: 'blockVisitor', visitorId: id });
  assert.deepEqual(rig.closed, [
    { connection: 2, reason: CLOSE.kicked },
    { connection: 2, reason: CLOSE.blocked },
  ]);
  assert.ok(
    rig.patches.every(
      ({ blockedBrowserIds = [], mutedBrowserIds = [] }) => blockedBrowserIds.length + mutedBrowserIds.length === 0,
    ),
  );
});

test('who walks over the hill is gone for everybody, and home again the same, where they stood', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { displayName: 'Ada', x: 0.4, ring: true });
  rig.join(2);
  rig.join(3, { browserId: 'browser1', browserSecret: ada.browserSecret });
  rig.clear();
  rig.step({ kind: 'away', connection: 1, side: 'right' });
  assert.deepEqual(rig.take(2), [{ type: 'leave', id: 1, toward: 'right' }]);
  assert.deepEqual([rig.take(1), rig.take(3)], [[], []]);
  assert.deepEqual(
    rig.scene.presence(rig.now).figures.map(({ visitor }) => visitor),
    [2],
  );
  assert.deepEqual(
    rig.join(4).peers.map(({ id }) => id),
    [2],
    'newcomers do not see them either',
  );
  rig.clear();
  rig.advance(59_000);
  rig.step({ kind: 'home', visitor: 1 });
  const [hello] = rig.take(1);
  assert.ok(hello?.type === 'hello');
  assert.deepEqual([hello.id, hello.displayName, hello.x, hello.browserSecret], [1, 'Ada', 0.4, ada.browserSecret]);
  assert.deepEqual(rig.takeTypes(3), ['hello']);
  const [join] = rig.take(2);
  assert.ok(join?.type === 'join');
  assert.equal(join.peer.x, 0.4);
});

test('a place is kept for a minute; who comes home later comes in by the gate they left through', () => {
  const rig = new SceneRig();
  rig.join(1, { x: 0.4 });
  rig.step({ kind: 'away', connection: 1, side: 'right' });
  rig.advance(60_001);
  rig.step({ kind: 'home', visitor: 1 });
  const [hello] = rig.take(1);
  assert.ok(hello?.type === 'hello');
  assert.equal(hello.x, 0.98);
});

test('somebody away cannot be clapped with, is not sent away for idling here, and nobody hears of their new name', () => {
  const rig = new SceneRig({ tuning: { inactiveMs: 1_000, inactiveCheckMs: 100 } });
  rig.join(1, { x: 0.4 });
  rig.join(2, { x: 0.4 });
  rig.step({ kind: 'away', connection: 1, side: 'left' });
  rig.clear();
  rig.hear(2, { type: 'action', action: 'high-five', targetId: 1 });
  rig.hear(1, { type: 'profile', displayName: 'Bo', color: '#c8641f' });
  assert.deepEqual(rig.take(2), []);
  rig.advance(3_000);
  assert.deepEqual(
    rig.closed.map(({ connection }) => connection),
    [2],
  );
});

test('a page that is closed over there leaves home too; one that is reloaded is home, the same', () => {
  const rig = new SceneRig();
  const { browserSecret } = rig.join(1, { x: 0.4 });
  rig.join(2);
  rig.step({ kind: 'away', connection: 1, side: 'left' });
  rig.clear();
  rig.close(1);
  rig.advance(1_000);
  assert.deepEqual(rig.take(2), []);
  const again = rig.join(3, { browserId: 'browser1', browserSecret });
  assert.deepEqual([again.id, again.x], [1, 0.4]);
  assert.deepEqual(rig.takeTypes(2), ['join']);
  rig.step({ kind: 'away', connection: 3, side: 'left' });
  rig.clear();
  rig.close(3);
  rig.advance(2_000);
  assert.deepEqual(rig.take(2), [], 'they were gone already');
  assert.equal(rig.scene.visitorCount, 1);
});
