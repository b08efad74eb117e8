import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeLook } from '../../../src/protocol/look.ts';
import type { SceneArrival } from '../../../src/scene/types.ts';
import { SceneRig } from '../../support/scene-rig.ts';

const hat = encodeLook({ coat: 7, headwear: 2, carried: 1 });
const from = { site: 'moss-and-ink', name: 'Moss & Ink', url: 'https://moss.example/' };
const arrival: SceneArrival = { plate: { name: 'Ada', look: hat }, from, side: 'left' };
const code = 'A'.repeat(22);
const referred = { ring: true, arrival: { code, referrer: 'https://moss.example/' } };

test('who comes over the hill walks in at that end, wearing their plate, and others see where from', () => {
  const rig = new SceneRig();
  rig.join(1, { ring: true });
  rig.clear();
  const hello = rig.join(2, { ...referred, x: 0.5 }, arrival);
  assert.equal(hello.x, 0);
  assert.equal(hello.displayName, 'Ada');
  assert.equal(hello.color, '#c8641f');
  assert.deepEqual(hello.ring, { look: hat, from });
  assert.deepEqual(hello.arrival, { from, side: 'left' });
  const [join] = rig.take(1);
  assert.deepEqual(join?.type === 'join' && [join.peer.x, join.peer.displayName, join.peer.ring], [
    0,
    'Ada',
    { look: hat, from },
  ]);
  assert.equal(rig.scene.presence(rig.now).figures[1]?.color, 7);
});

test('from the right they come in at the right end', () => {
  assert.equal(new SceneRig().join(1, referred, { ...arrival, side: 'right' }).x, 1);
});

test('a plate is cleaned by the rules of this square', () => {
  const plate = { name: ' \u{1F451} A   very long name indeed ', look: 9_999 };
  const hello = new SceneRig().join(1, referred, { ...arrival, plate });
  assert.equal(hello.displayName, 'A very long name i');
  assert.equal(hello.ring?.look, 0);
});

for (const [what, init] of [
  ['no referrer', { ring: true, arrival: { code, referrer: '' } }],
  ['a referrer from elsewhere', { ring: true, arrival: { code, referrer: 'https://evil.example/' } }],
  ['a referrer that is no address', { ring: true, arrival: { code, referrer: 'moss.example' } }],
  ['a name of their own', { ...referred, displayName: 'Bea' }],
] as const) {
  test(`with ${what} the plate is offered, not put on`, () => {
    const hello = new SceneRig().join(1, init, arrival);
    assert.equal(hello.displayName, 'displayName' in init ? init.displayName : '');
    assert.deepEqual(hello.ring, { from });
    assert.deepEqual(hello.arrival, { from, side: 'left', offered: { displayName: 'Ada', look: hat } });
    assert.equal(hello.x, 0);
  });
}

test('a plate that is the visitor own already, or that bears no name, is not offered', () => {
  const own = new SceneRig().join(1, { ...referred, displayName: 'Ada', look: hat }, arrival);
  assert.deepEqual(own.arrival, { from, side: 'left' });
  const nameless = new SceneRig().join(
    1,
    { ...referred, displayName: 'Bea' },
    { ...arrival, plate: { name: '', look: hat } },
  );
  assert.deepEqual(nameless.arrival, { from, side: 'left' });
});

test('who is here already in another tab is told of the arrival, and nothing of theirs is replaced', () => {
  const rig = new SceneRig();
  const first = rig.join(1, { browserId: 'bea', displayName: 'Bea', x: 0.5, ring: true });
  rig.join(2);
  rig.clear();
  const hello = rig.join(3, { ...referred, browserId: 'bea', browserSecret: first.browserSecret }, arrival);
  assert.equal(hello.id, first.id);
  assert.equal(hello.x, 0.5);
  assert.equal(hello.displayName, 'Bea');
  assert.equal(hello.ring, undefined);
  assert.deepEqual(hello.arrival, { from, side: 'left', offered: { displayName: 'Ada', look: hat } });
  assert.deepEqual(rig.take(2), []);
});

test('who was given a passage and closes the page leaves at once, through that gate', () => {
  const rig = new SceneRig();
  rig.join(1, { ring: true });
  rig.join(2);
  rig.clear();
  rig.depart(1, 'right');
  rig.advance(9_999);
  rig.close(1);
  assert.deepEqual(rig.take(2), [{ type: 'leave', id: 1, toward: 'right' }]);
});

test('who closes the page much later, or comes back to it first, leaves as everybody does', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', ring: true });
  rig.join(2);
  rig.depart(1, 'right');
  rig.advance(10_001);
  rig.close(1);
  rig.clear();
  rig.advance(1_499);
  assert.deepEqual(rig.take(2), []);
  rig.join(3, { browserId: 'ada', browserSecret: ada.browserSecret, ring: true });
  rig.depart(3, 'left');
  rig.join(4, { browserId: 'ada', browserSecret: ada.browserSecret, ring: true });
  rig.clear();
  rig.close(3);
  rig.close(4);
  assert.deepEqual(rig.take(2), []);
  rig.advance(1_500);
  assert.deepEqual(rig.take(2), [{ type: 'leave', id: 1 }]);
});

test('a passage taken in one tab leaves the visitor here while another tab is open', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', ring: true });
  rig.join(2, { browserId: 'ada', browserSecret: ada.browserSecret, ring: true });
  rig.join(3);
  rig.clear();
  rig.depart(1, 'left');
  rig.close(1);
  assert.deepEqual(rig.take(3), []);
  rig.close(2);
  assert.deepEqual(rig.take(3), [{ type: 'leave', id: 1, toward: 'left' }]);
});

test('a passage asked for before joining, or by nobody, is no fault', () => {
  const rig = new SceneRig();
  rig.open(1);
  rig.depart(1, 'left');
  rig.depart(77, 'left');
  rig.close(1);
  assert.equal(rig.scene.isEmpty, true);
});

test('a resident is marked for ring clients', () => {
  assert.deepEqual(new SceneRig().join(1, { ring: true, resident: true }).ring, { resident: true });
  assert.equal(new SceneRig().join(1, { ring: false, resident: true }).ring, undefined);
});
