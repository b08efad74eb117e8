import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import {
  cleanBrowserId,
  cleanBrowserSecret,
  cleanChatText,
  cleanColor,
  cleanDisplayName,
  cleanPosition,
  isSameSecret,
} from '../../../src/scene/text.ts';

const names: readonly (readonly [unknown, string])[] = [
  ['  Ada  ', 'Ada'],
  ['Ada \t\n\u00A0 Lovelace', 'Ada Lovelace'],
  ['\uFEFFAda\u2003', 'Ada'],
  ['a name that is far too long', 'a name that is far'],
  ['\u{1F451}Queen\u265A \u{1F478}\u{1FAC5}\u{1F934}\u2654\u2655\u265B', 'Queen'],
  ['çiğdem', 'çiğdem'],
  ['\u{1F98A}'.repeat(10), '\u{1F98A}'.repeat(9)],
  [' \u{1F451} ', ''],
  [undefined, ''],
  [42, ''],
  [{ toString: () => 'Ada' }, ''],
];
for (const [given, shown] of names) {
  test(`a name sent as ${JSON.stringify(given)} is shown as ${JSON.stringify(shown)}`, () => {
    assert.equal(cleanDisplayName(given), shown);
  });
}

test('a browser id keeps its first 80 units, of them only letters, digits, _ and -', () => {
  assert.equal(cleanBrowserId('a b/c_d-e.ü1'), 'abc_d-e1');
  assert.equal(cleanBrowserId('.'.repeat(80) + 'abc'), '');
  assert.equal(cleanBrowserId('x'.repeat(100)), 'x'.repeat(80));
  assert.equal(cleanBrowserId(['abc']), '');
});

test('a browser id that claims a throw-away identity is no id, even when it is spelled around the cleaning', () => {
  assert.equal(cleanBrowserId('connection-7'), '');
  assert.equal(cleanBrowserId('conn ection-7'), '');
  assert.equal(cleanBrowserId('connection7'), 'connection7');
});

test('a secret keeps hex digits only and is compared exactly', () => {
  assert.equal(cleanBrowserSecret('aB-3z9'), 'aB39');
  assert.equal(cleanBrowserSecret('f'.repeat(80)), 'f'.repeat(64));
  assert.equal(isSameSecret('ab12', 'ab12'), true);
  for (const wrong of ['', 'ab1', 'ab123', 'AB12', 'ab13', 'ab12\0']) assert.equal(isSameSecret('ab12', wrong), false);
});

test('a position is a number from 0 to 1 or it is not there', () => {
  for (const x of [0, 1, 0.5, -0]) assert.equal(cleanPosition(x), x);
  for (const x of [-0.001, 1.001, NaN, Infinity, '0.5', null, [0.5], true]) assert.equal(cleanPosition(x), undefined);
});

test('a colour is one of the six, spelled exactly, or the default', () => {
  assert.equal(cleanColor('#c8641f'), '#c8641f');
  for (const color of ['#C8641F', 'red', '', null, 3]) assert.equal(cleanColor(color), '#5f6b73');
});

test('a chat line is trimmed, cut at 140 units and keeps its line breaks', () => {
  assert.equal(cleanChatText('  a\n b \n'), 'a\n b');
  assert.equal(cleanChatText('x'.repeat(200)).length, 140);
  assert.equal(cleanChatText(' \n '), '');
  assert.equal(cleanChatText(12), '');
});

test('whatever is sent, cleaning never throws and keeps to its limits', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string({ unit: 'binary', maxLength: 300 }), (value, text) => {
      for (const given of [value, text]) {
        const name = cleanDisplayName(given);
        assert.ok(name.length <= 18 && !/\s\s|^\s/.test(name));
        assert.match(cleanBrowserId(given), /^[A-Za-z0-9_-]{0,80}$/);
        assert.match(cleanBrowserSecret(given), /^[0-9A-Fa-f]{0,64}$/);
        assert.ok(cleanChatText(given).length <= 140);
        cleanColor(given);
        cleanPosition(given);
      }
    }),
  );
});

test('12, 24: a cut never goes through what a reader sees as one character', () => {
  const family = '\u{1F469}\u200D\u{1F467}'; // 5 units
  assert.equal(cleanDisplayName(family.repeat(4)), family.repeat(3));
  assert.equal(cleanDisplayName(`${'a'.repeat(17)}e\u0301`), 'a'.repeat(17));
  assert.equal(cleanDisplayName(`${'a'.repeat(17)}\u{1F98A}`), 'a'.repeat(17));
  assert.equal(cleanChatText(`${'a'.repeat(139)}\u{1F1EB}\u{1F1F7}`), 'a'.repeat(139));
  const zalgo = `z${'\u0335'.repeat(200)}`;
  assert.equal(cleanDisplayName(zalgo), '');
  assert.equal(cleanChatText(`hi ${zalgo}`), 'hi ');
});

test('12: a name has no controls and turns nobody else words around', () => {
  assert.equal(cleanDisplayName('A\u0000d\u001B[31ma\u007F'), 'Ad[31ma');
  assert.equal(cleanDisplayName('\u202Eada\u202C \u2066x\u2069\u200F'), 'ada x');
  assert.equal(cleanDisplayName('a\u0085b\u2028c'), 'ab c');
  assert.equal(cleanDisplayName('\uD800Ada'), '\uFFFDAda');
  assert.equal(cleanDisplayName('\u200B \u2060'), '');
});

test('24: a line keeps its breaks and closed isolates, and loses what could reach beyond it', () => {
  assert.equal(cleanChatText('a\u0007b\tc\nd\u009Be'), 'ab\tc\nde');
  assert.equal(cleanChatText('\u202Eevil\u202C'), 'evil');
  assert.equal(cleanChatText('a \u2067שלום\u2069 b'), 'a \u2067שלום\u2069 b');
  assert.equal(cleanChatText('a \u2067open'), 'a open');
  assert.equal(cleanChatText('a \u2069\u2067b'), 'a b');
  assert.equal(cleanChatText(`\u2067${'x'.repeat(200)}\u2069`), 'x'.repeat(139));
});
