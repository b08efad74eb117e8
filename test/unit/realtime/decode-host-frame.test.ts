import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeHostFrame } from '../../../src/realtime/decode-host-frame.ts';
import { sceneConfigFrom } from '../../../src/protocol/scene-kit.ts';

const decode = (frame: unknown) => decodeHostFrame(JSON.stringify(frame));

const visitor = {
  id: 7,
  x: 0.25,
  pose: null,
  propId: null,
  displayName: 'Ada',
  color: '#c8641f',
  readingLabel: 'moss',
  readingUrl: 'https://moss.example/moss',
  readingActive: true,
  widgetVisible: true,
  isOwner: false,
  messages: [{ text: 'hello', at: 1_700_000_000_000 }],
  ring: { look: 9, from: { site: 'moss', name: 'Moss & Ink', url: 'https://moss.example/' } },
};
const hello = {
  type: 'hello',
  browserSecret: '',
  ...visitor,
  peers: [{ ...visitor, id: 8 }],
  birds: [{ id: 1, perchId: 'bench-left', x: 0.2, state: 'perched' }],
  chatThrottleMs: 500,
  pluginModules: [],
  pluginEntities: {},
  scene: sceneConfigFrom(undefined),
};

test('what a scene says to a ring client passes unchanged', () => {
  const frames = [
    hello,
    { ...hello, peers: [], footprints: { x: 0.25, heading: 'left', minutesAgo: 3 } },
    { type: 'join', peer: visitor },
    { type: 'leave', id: 7, toward: 'left' },
    { type: 'action', id: 7, action: 'high-five', targetId: 8 },
    { type: 'say', id: 7, text: 'hello', at: 1_700_000_000_000 },
    { type: 'typing', id: 7, typing: true },
    { type: 'bird', action: 'spawn', id: 1, perchId: 'bench-left', x: 0.2, from: 'left', at: 5 },
    { type: 'bird', action: 'flee', id: 1, x: 0.2, dir: -1, at: 5 },
    { type: 'chatThrottle', ms: 700 },
    { type: 'connections', connections: [{ side: 'left', label: 'a friend', url: 'https://friend.example/' }] },
    { type: 'waved', side: 'left', to: 7 },
    { type: 'ringBird', action: 'come', from: 'left', x: 0.4, at: 5 },
    { type: 'ringBird', action: 'come', from: null, x: 0.4, at: 5 },
    { type: 'ringBird', action: 'go', toward: null, at: 5 },
  ];
  for (const frame of frames) assert.deepEqual(decode(frame), frame);
  const step = decode({ type: 'move', id: 7, x: 0.5, pose: 'sitting', propId: 'bench' });
  assert.ok(step?.type === 'move');
  assert.deepEqual([step.id, step.x, step.pose, step.propId], [7, 0.5, 'sitting', 'bench']);
});

test('a host cannot put scripts, secrets, styles or frames of its own into a page', () => {
  for (const type of [
    'plugin',
    'plugins',
    'hopped',
    'passage',
    'challenge',
    'view',
    'evil',
    '__proto__',
    'constructor',
  ]) {
    assert.equal(decode({ type, id: 1, side: 'left', url: 'https://evil.example/', plugin: 'x' }), undefined, type);
  }
  const greedy = decode({
    ...hello,
    browserSecret: 'stolen',
    pluginModules: [{ name: 'x', module: 'https://evil.example/x.mjs' }],
    pluginEntities: { x: {} },
    styleConfig: { light: { bg: 'url(https://evil.example)' } },
    arrival: { from: visitor.ring.from, side: 'left' },
    onload: 'alert(1)',
  });
  assert.deepEqual(greedy, hello);
});

test('names are one line, texts have their length, and addresses are of the web', () => {
  const join = decode({
    type: 'join',
    peer: {
      ...visitor,
      displayName: `<img src=x>\u202E${'x'.repeat(500)}`,
      readingUrl: 'javascript:alert(1)',
      readingLabel: 'click me',
      messages: [
        { text: 'y'.repeat(141), at: 1 },
        { text: 'ok', at: 1 },
        { text: 4, at: 1 },
      ],
      ring: { look: 9_999, from: { ...visitor.ring.from, url: 'data:text/html,x' } },
    },
  });
  assert.ok(join?.type === 'join');
  const { displayName, readingUrl, readingLabel, messages, ring } = join.peer;
  assert.equal(displayName, '<img src=x>xxxxxxx');
  assert.deepEqual([readingUrl, readingLabel, messages, ring], ['', '', [{ text: 'ok', at: 1 }], undefined]);
  assert.equal(decode({ type: 'say', id: 7, text: 'z'.repeat(200), at: 1 }), undefined);
  assert.equal(decode({ type: 'join', peer: { ...visitor, x: 1.5 } }), undefined);
  assert.equal(decode({ type: 'leave', id: -1 }), undefined);
});

test('of a gate over there only the site, its state and its figures are taken', () => {
  const figure = { h: '0a1b2c3d', x: 0.5, color: 3, pose: 'wave', walking: false };
  const gate = { site: 'quay', name: 'Bank login', url: 'https://evil.example/', state: 'live', count: 3 };
  assert.deepEqual(
    decode({ type: 'neighbours', left: { ...gate, figures: [figure, { h: '<b>' }], lookers: 2 }, right: null }),
    { type: 'neighbours', left: { site: 'quay', state: 'live', count: 3, figures: [figure], lookers: 2 }, right: null },
  );
});

test('whatever a host says, taking it apart never throws, and what passes passes again unchanged', () => {
  const types = [
    'hello',
    'join',
    'leave',
    'move',
    'profile',
    'reading',
    'say',
    'typing',
    'bird',
    'neighbours',
    'scene',
  ];
  const keys = 'id x pose propId displayName color peer peers birds messages ring text at side left right scene'.split(
    ' ',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 })),
      fc.string({ unit: 'binary' }),
      (type, fields, garbage) => {
        decodeHostFrame(garbage);
        const once = decode({ ...fields, type });
        if (once !== undefined) assert.deepEqual(decode(once), once);
      },
    ),
    { numRuns: 500 },
  );
});
