import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFrame } from '../../../public/widget/model/decode.ts';
import {
  applyFrame,
  createWorld,
  raisedHandNear,
  selfOf,
  type World,
  type WorldEvent,
} from '../../../public/widget/model/world.ts';
import { encodePositions } from '../../../src/protocol/compact.ts';
import { encodeLook } from '../../../src/protocol/look.ts';
import { visitor } from '../../support/fake-square.ts';

function hear(world: World, frame: object, nowMs = 0): WorldEvent[] {
  const decoded = decodeFrame(JSON.stringify(frame));
  return decoded === undefined ? [] : applyFrame(world, decoded, nowMs);
}

function greeted(...peers: ReturnType<typeof visitor>[]): World {
  const world = createWorld();
  hear(world, { type: 'hello', ...visitor(1, 0.5), browserSecret: '', peers, chatThrottleMs: 0 });
  return world;
}

test('those who are here when one comes stand there, and nobody is left over from before', () => {
  const world = greeted(visitor(2, 0.1), visitor(3, 0.2));
  assert.equal(world.people.size, 3);
  assert.equal(selfOf(world)?.x, 0.5);
  hear(world, { type: 'hello', ...visitor(9, 0.3), browserSecret: '', peers: [], chatThrottleMs: 0 });
  assert.deepEqual([...world.people.keys()], [9]);
});

test('a leave of oneself, of a stranger, or a second one changes nothing', () => {
  const world = greeted(visitor(2, 0.1));
  for (const id of [1, 77]) assert.deepEqual(hear(world, { type: 'leave', id }), []);
  assert.equal(hear(world, { type: 'leave', id: 2 }).length, 1);
  assert.deepEqual(hear(world, { type: 'leave', id: 2 }), []);
  assert.equal(world.people.size, 1);
});

test('a move of somebody unknown makes a figure, anything else of somebody unknown is nothing', () => {
  const world = greeted();
  for (const type of ['say', 'typing', 'profile', 'reading', 'action']) {
    assert.deepEqual(hear(world, { type, ...visitor(5, 0.4), text: 'a', action: 'jump' }), []);
  }
  assert.equal(hear(world, { type: 'move', ...visitor(5, 0.4) })[0]?.type, 'came');
});

test('a profile changes name and coat, never the place', () => {
  const world = greeted(visitor(2, 0.1));
  const look = encodeLook({ coat: 7, headwear: 2, carried: 3 });
  hear(world, {
    type: 'profile',
    id: 2,
    x: 0.9,
    pose: 'sitting',
    displayName: 'Ada',
    color: '#c8641f',
    ring: { look },
  });
  const ada = world.people.get(2);
  assert.deepEqual([ada?.x, ada?.pose, ada?.name, ada?.look.coat], [0.1, null, 'Ada', 7]);
});

test('a visitor of the classic widget wears the coat of its colour and keeps its hat', () => {
  const world = greeted(visitor(2, 0.1));
  const hat = world.people.get(2)?.look.headwear;
  hear(world, { type: 'profile', id: 2, displayName: '', color: '#3f6fb5' });
  assert.deepEqual([world.people.get(2)?.look.coat, world.people.get(2)?.look.headwear], [3, hat]);
});

test('gestures end sitting, a raised hand stays five seconds and is clapped only within reach', () => {
  const world = greeted(visitor(2, 0.55, { pose: 'sitting' }));
  hear(world, { type: 'action', id: 2, action: 'raise-hand' }, 1_000);
  assert.equal(world.people.get(2)?.pose, null);
  assert.equal(raisedHandNear(world, 0.5, 5_999)?.id, 2);
  assert.equal(raisedHandNear(world, 0.5, 6_001), undefined);
  assert.equal(raisedHandNear(world, 0.47, 2_000), undefined);
});

test('the talk keeps the last fifty lines, the oldest of those present first', () => {
  const messages = [
    { text: 'second', at: 20 },
    { text: 'third', at: 30 },
  ];
  const world = greeted(
    visitor(2, 0.1, { messages, displayName: 'Ada' }),
    visitor(3, 0.1, { messages: [{ text: 'first', at: 10 }] }),
  );
  assert.deepEqual(
    world.log.map((line) => line.text),
    ['first', 'second', 'third'],
  );
  for (let i = 0; i < 80; i += 1) hear(world, { type: 'say', id: 2, text: `line ${i}`, at: i });
  assert.equal(world.log.length, 50);
  assert.equal(world.log.at(-1)?.text, 'line 79');
});

test('a flood of strangers is bounded', () => {
  const world = greeted();
  for (let id = 2; id < 2_000; id += 1) hear(world, { type: 'join', peer: visitor(id, 0.5) });
  assert.equal(world.people.size, 600);
});

test("compact positions move those who are known, and stand them up; one's own is told apart, a stranger is nobody", () => {
  const world = greeted(visitor(2, 0.1, { pose: 'sitting', propId: 'bench' }), visitor(3, 0.2));
  const positions = [
    { id: 2, x: 0.25 },
    { id: 1, x: 0.75 },
    { id: 77, x: 0.5 },
  ];
  const bytes = encodePositions(positions);
  const frame = decodeFrame(bytes.buffer);
  assert.ok(frame?.type === 'positions');
  const events = applyFrame(world, frame, 5);
  assert.deepEqual(
    events.map((event) => [event.type, event.type === 'moved' && event.person.id]),
    [
      ['moved', 2],
      ['followed', false],
    ],
  );
  const moved = world.people.get(2);
  assert.ok(moved !== undefined && Math.abs(moved.x - 0.25) < 1e-6 && moved.pose === null);
  assert.equal(selfOf(world)?.x, 0.5, 'whether one follows is for the walker to say');
  assert.equal(world.people.size, 3);
  for (const torn of [
    bytes.buffer.slice(0, 9),
    new ArrayBuffer(0),
    new Uint8Array([3, 0]).buffer,
    new ArrayBuffer(2_000_000),
  ])
    assert.equal(decodeFrame(torn), undefined);
});
