import assert from 'node:assert/strict';
import test from 'node:test';
import type { ServerFrame, VisitorView } from '../../../src/protocol/frames.ts';
import { encodeForClassic, encodeForRing, OutgoingFrame } from '../../../src/realtime/encode.ts';
import { framedText } from '../../../src/realtime/ws-framing.ts';
import { visitor as visitorOf } from '../../support/scene-frames.ts';

const visitor = visitorOf(1, 0.5, { displayName: 'ring arrival toward', messages: [{ text: '"ring":{}', at: 1 }] });
const from = { site: 'moss', name: 'Moss', url: 'https://moss.example/' };
const ringVisitor: VisitorView = { ...visitor, ring: { look: 3, from, resident: true } };

const frames: readonly (readonly [ServerFrame, object])[] = [
  [
    { type: 'join', peer: ringVisitor },
    { type: 'join', peer: visitor },
  ],
  [
    { type: 'leave', id: 1, toward: 'left' },
    { type: 'leave', id: 1 },
  ],
  [
    {
      type: 'profile',
      id: 1,
      x: 0,
      pose: null,
      propId: null,
      displayName: '',
      color: '#5f6b73',
      isOwner: false,
      ring: {},
    },
    { type: 'profile', id: 1, x: 0, pose: null, propId: null, displayName: '', color: '#5f6b73', isOwner: false },
  ],
  [
    { type: 'say', id: 1, text: 'toward "ring"', at: 5 },
    { type: 'say', id: 1, text: 'toward "ring"', at: 5 },
  ],
];
for (const [frame, classic] of frames) {
  test(`a classic client reads a ${frame.type} without the ring's keys, in the classic order`, () => {
    assert.equal(encodeForClassic(frame), JSON.stringify(classic));
    assert.equal(encodeForRing(frame), JSON.stringify(frame));
    assert.deepEqual(new OutgoingFrame(frame).wireFor('classic'), framedText(JSON.stringify(classic)));
    assert.deepEqual(new OutgoingFrame(frame).wireFor('ring'), framedText(JSON.stringify(frame)));
  });
}

test('a classic hello has no ring keys, neither its own nor its peers', () => {
  const hello: ServerFrame = {
    type: 'hello',
    browserSecret: 'ab',
    ...ringVisitor,
    peers: [ringVisitor, visitor],
    birds: [],
    chatThrottleMs: 500,
    pluginModules: [],
    pluginEntities: { ring: 1, toward: 2 },
    arrival: { from, side: 'left' },
  };
  assert.deepEqual(JSON.parse(encodeForClassic(hello)), {
    type: 'hello',
    browserSecret: 'ab',
    ...visitor,
    peers: [visitor, visitor],
    birds: [],
    chatThrottleMs: 500,
    pluginModules: [],
    pluginEntities: { ring: 1, toward: 2 },
  });
});

test('a frame is made into bytes once for each kind of client, and once in all when they agree', () => {
  const join = new OutgoingFrame({ type: 'join', peer: ringVisitor });
  assert.equal(join.wireFor('ring'), join.wireFor('ring'));
  assert.equal(join.wireFor('classic'), join.wireFor('classic'));
  const plain = new OutgoingFrame({ type: 'join', peer: visitor });
  assert.equal(plain.wireFor('ring'), plain.wireFor('classic'));
});
