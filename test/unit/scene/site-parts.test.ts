import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import {
  blockedWordsFrom,
  chatThrottleFrom,
  connectionsFrom,
  messageBoardFrom,
} from '../../../src/scene/site-parts.ts';
import { safeColor, styleConfigFrom } from '../../../src/scene/style.ts';

test('a link needs a side and a web address; its label is its host unless it has one', () => {
  assert.deepEqual(
    connectionsFrom([
      { side: 'left', url: ' www.friend.example/a b ' },
      { side: 'right', url: 'HTTP://friend.example', label: '  a label that is far too long to be shown ' },
      { side: 'up', url: 'https://a.example' },
      { side: 'left', url: 'javascript:alert(1)' },
      { side: 'left', url: '' },
      { side: 'left', url: 7 },
      null,
    ]),
    [
      { side: 'left', label: 'friend.example', url: 'https://www.friend.example/a%20b' },
      { side: 'right', label: 'a label that is far too ', url: 'http://friend.example/' },
    ],
  );
});

test('a side takes four links, the fifth is dropped and the other side does not mind', () => {
  const links = ['1', '2', '3', '4', '5'].map((host) => ({ side: 'left', url: `${host}.example` }));
  const taken = connectionsFrom([...links, { side: 'right', url: 'r.example' }]);
  assert.deepEqual(
    taken.map(({ label }) => label),
    ['1.example', '2.example', '3.example', '4.example', 'r.example'],
  );
});

test('a board is there when it says something, and keeps to its limits', () => {
  assert.deepEqual(messageBoardFrom(undefined), {
    enabled: false,
    x: 0.5,
    variant: 'corkboard',
    accent: '',
    title: '',
    body: '',
  });
  const board = messageBoardFrom({
    x: '0.123456',
    variant: 'sign',
    accent: ' Transparent ',
    title: ` ${'t'.repeat(90)}`,
    body: 'b'.repeat(2_000),
  });
  assert.deepEqual([board.enabled, board.x, board.variant, board.accent], [true, 0.1235, 'sign', 'transparent']);
  assert.deepEqual([board.title.length, board.body.length], [80, 1_000]);
  assert.equal(messageBoardFrom({ x: 7, body: 'x' }).x, 1);
});

test('a colour that could reach further than a colour is none', () => {
  for (const color of ['#fff', 'rgba(1, 2, 3, 0.5)', 'color-mix(in oklab, red 10%, blue)', 'transparent']) {
    assert.equal(safeColor(` ${color} `), color);
  }
  for (const color of ['url(x)', 'URL(x)', 'red;', 'a}b', 'a"b', `#${'f'.repeat(64)}`, '', 7, null]) {
    assert.equal(safeColor(color), undefined);
  }
});

test('34: a style has every token in both themes, takes old names, and reads a flat one as the light theme', () => {
  const style = styleConfigFrom({ scene: '#111111', page: '#222222', ground: 'url(x)', ink: 'red;}' });
  assert.equal(Object.keys(style.light).join(), Object.keys(style.dark).join());
  assert.deepEqual(
    [style.light['sky'], style.light['groundFill'], style.light['actionZoneFill']],
    ['#111111', '#222222', '#222222'],
  );
  assert.equal(style.light['groundLine'], 'rgba(42, 41, 38, 0.16)');
  assert.equal(style.light['ink'], '#2a2926');
  assert.equal(style.dark['sky'], '#242521');
  const both = styleConfigFrom({ light: { sky: '#123456', scene: '#000000' }, dark: { sky: '#654321' } });
  assert.deepEqual([both.light['sky'], both.dark['sky']], ['#123456', '#654321']);
  assert.deepEqual(styleConfigFrom(style), style);
});

test('blocked words are trimmed, lower case, each once, short and few', () => {
  assert.deepEqual(blockedWordsFrom([' Foo ', 'FOO', '', 7, 'x'.repeat(41), 'bar']), ['foo', 'bar']);
  assert.equal(blockedWordsFrom(Array.from({ length: 80 }, (_, index) => `w${index}`)).length, 60);
  assert.deepEqual(blockedWordsFrom('foo'), []);
});

test('a waiting time is rounded and capped; a negative one or none at all is refused', () => {
  assert.deepEqual([0, 499.6, '5000', 90_000].map(chatThrottleFrom), [0, 500, 5_000, 30_000]);
  assert.deepEqual([-1, Number.NaN, 'soon', undefined, null].map(chatThrottleFrom), Array(5).fill(undefined));
});

test('whatever an owner sends, reading it never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      for (const read of [connectionsFrom, messageBoardFrom, blockedWordsFrom, styleConfigFrom]) {
        read(value);
        read([value]);
        read({ x: value, title: value, light: value });
      }
      chatThrottleFrom(value);
      connectionsFrom([{ side: 'left', url: value, label: value }]);
    }),
  );
});
