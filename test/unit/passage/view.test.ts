import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf, type ViewTerms } from '../../../federation/passage/view-change.ts';
import {
  decodeLookerMessage,
  decodeViewMessage,
  encodeLookerMessage,
  encodeViewMessage,
  VIEW_FIGURES_MAX,
  VIEW_MESSAGE_MAX_BYTES,
} from '../../../federation/passage/view-messages.ts';
import type { SceneSight, SeenVisitor } from '../../../federation/types.ts';

const seen = (visitor: number, x: number, change: Partial<SeenVisitor> = {}): SeenVisitor => ({
  visitor,
  x,
  color: 3,
  pose: 'stand',
  walking: false,
  drawn: true,
  name: `Name ${visitor}`,
  look: 9,
  ...change,
});
const sight = (figures: readonly SeenVisitor[], said: SceneSight['said'] = []): SceneSight => ({
  count: figures.length,
  figures,
  said,
});
const terms = (change: Partial<ViewTerms> = {}): ViewTerms => ({
  sharing: 'figures',
  facing: 'left',
  nameOf: (visitor) => visitor.toString(16).padStart(8, '0'),
  ...change,
});

test('figures have neither name, look nor words unless the owner shares everything', () => {
  const scene = sight([seen(1, 0.5)], [{ visitor: 1, text: 'hello' }]);
  const silhouettes = changeOf(undefined, scene, terms()).change;
  const figure = { h: '00000001', x: 0.5, color: 3, pose: 'stand', walking: false };
  assert.deepEqual(silhouettes, { isWhole: true, count: 1, figures: [figure], gone: [], said: [] });
  const live = changeOf(undefined, scene, terms({ sharing: 'live' })).change;
  assert.deepEqual(live?.figures, [{ ...figure, name: 'Name 1', look: 9 }]);
  assert.deepEqual(live.said, [{ h: '00000001', text: 'hello' }]);
});

test('who does not want to be seen beyond the hill is counted, not drawn, and not heard', () => {
  const scene = sight([seen(1, 0.5, { drawn: false })], [{ visitor: 1, text: 'hello' }]);
  const { change } = changeOf(undefined, scene, terms({ sharing: 'live' }));
  assert.deepEqual(change, { isWhole: true, count: 1, figures: [], gone: [], said: [] });
});

test('after the first only what changed is told, and nothing when nothing did', () => {
  const first = changeOf(undefined, sight([seen(1, 0.1), seen(2, 0.2)]), terms());
  assert.equal(changeOf(first.shown, sight([seen(1, 0.1), seen(2, 0.2)]), terms()).change, undefined);
  const next = changeOf(first.shown, sight([seen(2, 0.25), seen(3, 0.9)]), terms()).change;
  assert.equal(next?.isWhole, false);
  assert.deepEqual(
    next.figures.map(({ h }) => h),
    ['00000002', '00000003'],
  );
  assert.deepEqual(next.gone, ['00000001']);
});

test('of a crowd those nearest to the hill are drawn, and the largest change fits into a message', () => {
  const crowd = Array.from({ length: 500 }, (_, n) => seen(n + 1, n / 500, { name: '\u{1F98A}'.repeat(9), look: 575 }));
  const said = Array.from({ length: 40 }, (_, n) => ({ visitor: n + 1, text: '漢'.repeat(140) }));
  const near = changeOf(undefined, sight(crowd, said), terms({ sharing: 'live' })).change;
  assert.equal(near?.figures.length, VIEW_FIGURES_MAX);
  assert.equal(near.count, 500);
  assert.ok(near.figures.every(({ x }) => x < 0.13));
  const bytes = encodeViewMessage({ kind: 'change', ...near, gone: near.figures.map(({ h }) => h) });
  assert.ok(bytes.byteLength <= VIEW_MESSAGE_MAX_BYTES, `${bytes.byteLength} bytes`);
  const far = changeOf(undefined, sight(crowd), terms({ facing: 'right' })).change;
  assert.ok(far?.figures.every(({ x }) => x > 0.87));
});

test('messages come out as they went in, and whatever is not exactly one of them is none', () => {
  const figure = { h: '0a1b2c3d', x: 0, color: 11, pose: 'wave', walking: true, name: 'Ada', look: 575 } as const;
  const change = { kind: 'change', isWhole: true, count: 7, figures: [figure], gone: ['00000001'] } as const;
  const message = { ...change, said: [{ h: '0a1b2c3d', text: 'hi' }] };
  const bytes = encodeViewMessage(message);
  assert.deepEqual(decodeViewMessage(bytes), message);
  assert.deepEqual(decodeViewMessage(encodeViewMessage({ kind: 'end', reason: 'busy' })), {
    kind: 'end',
    reason: 'busy',
  });
  const opening = { kind: 'open', ring: 'ab'.repeat(32), fromSite: 'moss', site: 'quay', side: 'right' } as const;
  assert.deepEqual(decodeLookerMessage(encodeLookerMessage(opening)), opening);
  for (const count of [0, 99]) {
    const lookers = { kind: 'lookers', count } as const;
    assert.deepEqual(decodeLookerMessage(encodeLookerMessage(lookers)), lookers);
  }
  for (const count of [-1, 100]) {
    assert.equal(decodeLookerMessage(encodeLookerMessage({ kind: 'lookers', count })), undefined);
  }
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(decodeViewMessage(bytes.subarray(0, length)), undefined);
  }
});
