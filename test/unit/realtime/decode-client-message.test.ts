import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { decodeClientMessage } from '../../../src/realtime/decode-client-message.ts';
import { sceneConfigFrom } from '../../../src/protocol/scene-kit.ts';

const nothing: readonly unknown[] = [
  null,
  true,
  7,
  'move',
  [],
  [{ type: 'move', x: 0.5 }],
  {},
  { type: 7 },
  { type: null },
  { type: ['move'], x: 0.5 },
  { type: 'unknown' },
  { type: 'toString' },
  { type: '__proto__' },
  { type: 'Move', x: 0.5 },
  { type: 'move' },
  { type: 'move', x: '0.5' },
  { type: 'move', x: 1.01 },
  { type: 'move', x: null },
  { type: 'settle' },
  { type: 'settle', propId: 3 },
  { type: 'action' },
  { type: 'action', action: ['jump'] },
  { type: 'say' },
  { type: 'say', text: '   ' },
  { type: 'say', text: { length: 3 } },
  { type: 'typing' },
  { type: 'typing', typing: 'true' },
  { type: 'typing', typing: 1 },
  { type: 'privacy', beyondHill: 0 },
  { type: 'gate' },
  { type: 'gate', side: 'up' },
  { type: 'gate', here: 'yes' },
  { type: 'note' },
  { type: 'note', text: ' \u202E ' },
  { type: 'look', side: 'left' },
  { type: 'look', side: 'up', on: true },
  { type: 'hop' },
  { type: 'hop', home: 'yes' },
  { type: 'wave', h: '0a1b2c3d' },
];
for (const message of nothing) {
  test(`${JSON.stringify(message)} is nothing to act on`, () => {
    assert.equal(decodeClientMessage(JSON.stringify(message)), undefined);
  });
}

for (const [nonce, read] of [
  ['1', '1'],
  ['x'.repeat(64), 'x'.repeat(64)],
  ['x'.repeat(65), undefined],
  ['', undefined],
  [1, undefined],
  [undefined, undefined],
]) {
  test(`an answer to the challenge with nonce ${JSON.stringify(nonce)} is an answer, right or wrong`, () => {
    const expected = read === undefined ? { type: 'solve' } : { type: 'solve', nonce: read };
    assert.deepEqual(decodeClientMessage(JSON.stringify({ type: 'solve', nonce })), expected);
  });
}

for (const text of [
  '',
  '{',
  'move',
  '{"type":"move","x":0.5',
  '\uFEFF{"type":"move","x":0.5}',
  '{"type":"move","x":NaN}',
]) {
  test(`what is no JSON is nothing: ${JSON.stringify(text)}`, () => {
    assert.equal(decodeClientMessage(text), undefined);
    assert.equal(decodeClientMessage(Buffer.from(text)), undefined);
  });
}

const something: readonly (readonly [object, object])[] = [
  [
    { type: 'move', x: 1, extra: 'ignored' },
    { type: 'move', x: 1 },
  ],
  [
    { type: 'settle', propId: 'bench' },
    { type: 'settle', propId: 'bench' },
  ],
  [
    { type: 'action', action: 'high-five', targetId: '3' },
    { type: 'action', action: 'high-five', targetId: 3 },
  ],
  [
    { type: 'action', action: 'high-five', targetId: 3.5 },
    { type: 'action', action: 'high-five' },
  ],
  [
    { type: 'action', action: 'high-five', targetId: { valueOf: 1, toString: 2 } },
    { type: 'action', action: 'high-five' },
  ],
  [
    { type: 'profile', displayName: ' A  B ', color: 'red', look: 576 },
    { type: 'profile', displayName: 'A B', color: '#5f6b73' },
  ],
  [{ type: 'profile' }, { type: 'profile', displayName: '', color: '#5f6b73' }],
  [
    { type: 'profile', displayName: 'A', color: '#c8641f', look: 575 },
    { type: 'profile', displayName: 'A', color: '#c8641f', look: 575 },
  ],
  [{ type: 'reading' }, { type: 'reading', readingActive: true, widgetVisible: true }],
  [
    { type: 'reading', readingUrl: 7, readingLabel: 'mine', readingActive: 0, widgetVisible: false },
    { type: 'reading', readingUrl: '', readingActive: true, widgetVisible: false },
  ],
  [
    { type: 'say', text: ` ${'x'.repeat(200)}` },
    { type: 'say', text: 'x'.repeat(140) },
  ],
  [
    { type: 'typing', typing: false },
    { type: 'typing', typing: false },
  ],
  [
    { type: 'sceneConfig', sceneConfig: 'no object' },
    { type: 'sceneConfig', sceneConfig: sceneConfigFrom(undefined) },
  ],
  [
    { type: 'privacy', beyondHill: false },
    { type: 'privacy', beyondHill: false },
  ],
  [
    { type: 'gate', side: 'left', url: 'https://evil.example/' },
    { type: 'gate', side: 'left' },
  ],
  [
    { type: 'gate', here: true, side: 'left' },
    { type: 'gate', here: true },
  ],
  [
    { type: 'look', side: 'right', on: false, site: 'quay' },
    { type: 'look', side: 'right', on: false },
  ],
  [
    { type: 'hop', side: 'left', home: 1 },
    { type: 'hop', side: 'left' },
  ],
  [
    { type: 'hop', home: true, side: 'left' },
    { type: 'hop', home: true },
  ],
  [
    { type: 'wave', side: 'left', h: '0a1b2c3d' },
    { type: 'wave', side: 'left', h: '0a1b2c3d' },
  ],
  [
    { type: 'wave', side: 'left', h: '../../etc' },
    { type: 'wave', side: 'left' },
  ],
];
for (const [sent, read] of something) {
  test(`${JSON.stringify(sent).slice(0, 80)} is understood, cleaned`, () => {
    assert.deepEqual(decodeClientMessage(Buffer.from(JSON.stringify(sent))), read);
  });
}

const classic = {
  type: 'init',
  browserId: '',
  browserSecret: '',
  displayName: '',
  color: '#5f6b73',
  readingActive: true,
  widgetVisible: true,
  ring: false,
  resident: false,
  beyondHill: true,
};

test('an empty init is a throw-away visitor somewhere on the strip', () => {
  assert.deepEqual(decodeClientMessage('{"type":"init"}'), classic);
});

test('a classic init has no say in what only ring clients say', () => {
  const sent = {
    type: 'init',
    ring: true,
    look: 3,
    resident: true,
    beyondHill: false,
    arrival: { code: 'A'.repeat(22) },
  };
  assert.deepEqual(decodeClientMessage(JSON.stringify(sent)), classic);
});

test('a ring init is read whole, and what is wrong in it is left out', () => {
  const sent = {
    type: 'init',
    ring: 1,
    browserId: 'connection-1',
    browserSecret: 'zz',
    x: 2,
    readingUrl: null,
    sceneConfig: 3,
    look: -1,
    resident: 'yes',
    beyondHill: false,
    arrival: { code: 'short', referrer: 'https://moss.example/' },
  };
  assert.deepEqual(decodeClientMessage(JSON.stringify(sent)), {
    ...classic,
    ring: true,
    beyondHill: false,
    readingUrl: '',
    sceneConfig: sceneConfigFrom(undefined),
  });
  const arrival = { code: 'Ab_-'.repeat(5) + 'xy', referrer: 'r'.repeat(500) };
  const good = decodeClientMessage(JSON.stringify({ type: 'init', ring: 1, look: 575, resident: true, arrival }));
  assert.deepEqual(good, {
    ...classic,
    ring: true,
    look: 575,
    resident: true,
    arrival: { code: arrival.code, referrer: 'r'.repeat(240) },
  });
});

const types = [
  'init',
  'move',
  'settle',
  'action',
  'profile',
  'reading',
  'say',
  'typing',
  'sceneConfig',
  'privacy',
  'gate',
  'look',
  'hop',
  'wave',
];
const keys =
  'x propId action targetId displayName color look readingUrl readingActive text typing sceneConfig beyondHill side on home h ring arrival browserId browserSecret __proto__'.split(
    ' ',
  );

test('whatever bytes arrive, decoding never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }), (bytes, text) => {
      decodeClientMessage(bytes);
      decodeClientMessage(text);
    }),
    { numRuns: 1_000 },
  );
});

test('whatever values a known message holds, decoding never throws, and what it yields can be decoded again to the same', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 })),
      (type, fields) => {
        const once = decodeClientMessage(JSON.stringify({ ...fields, type }));
        if (once === undefined) return;
        assert.equal(once.type, type);
        // `ring: true` is our word for the wire's `ring: 1`.
        const wire = 'ring' in once ? { ...once, ring: once.ring ? 1 : 0 } : once;
        const again = decodeClientMessage(JSON.stringify(wire));
        if (once.type !== 'say' && once.type !== 'profile' && once.type !== 'init') assert.deepEqual(again, once);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a message cut anywhere is nothing or itself, and never a fault', () => {
  const whole = Buffer.from(JSON.stringify({ type: 'profile', displayName: 'çiğdem \u{1F98A}', color: '#c8641f' }));
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(decodeClientMessage(whole.subarray(0, length)), undefined);
  }
  assert.notEqual(decodeClientMessage(whole), undefined);
});

test('a deep nest of brackets is nothing', () => {
  assert.equal(decodeClientMessage('['.repeat(4_000)), undefined);
  assert.equal(decodeClientMessage('['.repeat(2_000) + ']'.repeat(2_000)), undefined);
});
