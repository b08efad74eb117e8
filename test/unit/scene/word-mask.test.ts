import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { wordMaskOf } from '../../../src/scene/word-mask.ts';

const cases: readonly (readonly [readonly string[], string, string])[] = [
  [['badword'], 'a BadWord, badwords and badword!', 'a *******, badwords and *******!'],
  [['moss'], 'mossy moss_ moss-grown', 'mossy moss_ ****-grown'],
  [['a.b', '(x', 'c++'], 'a.b axb (x c++', '*** axb ** ***'],
  [['foo', 'foo bar'], 'foo bar foo', '******* ***'],
  [['über'], 'Über überall über', '**** überall ****'],
  [['über'], 'u\u0308ber', '*****'],
  [['дурак'], 'Дурак, дураки', '*****, дураки'],
  [['λόγος'], 'ΛΌΓΟΣ λόγου', '***** λόγου'],
  [['笨蛋'], '你是笨蛋吗', '你是**吗'],
  [['โง่'], 'คุณโง่มาก', 'คุณ***มาก'],
  [['\u{1F595}'], 'so \u{1F595}!', 'so **!'],
  [[], 'anything', 'anything'],
];
for (const [words, text, masked] of cases) {
  test(`12, 24: ${JSON.stringify(words)} in ${JSON.stringify(text)} reads ${JSON.stringify(masked)}`, () => {
    assert.equal(wordMaskOf(words)(text), masked);
  });
}

test('24: whatever words an owner lists, masking never throws, keeps the length and masks nothing twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 20 }),
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      (words, text) => {
        const mask = wordMaskOf(words);
        assert.equal(mask(text).length, text.length);
      },
    ),
  );
});

test('24: for ASCII words the mask hits exactly where the classic one does', () => {
  const letters = fc.stringMatching(/^[a-z0-9_]{1,6}$/);
  fc.assert(
    fc.property(
      letters,
      fc.array(fc.oneof(letters, fc.constantFrom(' ', '-', 'é', '.')), { maxLength: 12 }),
      (word, parts) => {
        const text = [word, ...parts, word].join('');
        const classic = text.replaceAll(new RegExp(`\\b${word}\\b`, 'gi'), '*'.repeat(word.length));
        assert.equal(wordMaskOf([word])(text), classic);
      },
    ),
  );
});
