import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeUtf8, parseStrictJson } from '../../../federation/documents/strict-json.ts';

describe('strict JSON', () => {
  const good = [
    '{}',
    '[]',
    '"a"',
    '0',
    'null',
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    ' {"a" : "\\"a\\":" , "b":2} ',
    '{"a":"{","b":"}"}',
  ];
  for (const text of good) {
    it(`reads ${text}`, () => assert.deepEqual(parseStrictJson(text), { value: JSON.parse(text) }));
  }

  const bad: readonly (readonly [string, string])[] = [
    ['a repeated key', '{"a":1,"a":1}'],
    ['a repeated key in a nested object', '{"x":[{"a":1,"b":{},"a":2}]}'],
    ['a key repeated behind an escape', String.raw`{"a":1,"\u0061":2}`],
    ['a key after a nested object of the same key', '{"a":{"b":1},"a":2}'],
    ['__proto__', '{"__proto__":1}'],
    ['__proto__ behind an escape', String.raw`{"\u005f_proto__":1}`],
    ['text after the value', '{} x'],
    ['a second value', '{}{}'],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{}//'],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
    ['a cut text', '{"a":'],
    ['depth beyond any document', `${'['.repeat(17)}${']'.repeat(17)}`],
    ['absurd depth', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ];
  for (const [what, text] of bad) {
    it(`refuses ${what}`, () => assert.equal(parseStrictJson(text), undefined));
  }

  it('refuses bytes that are not UTF-8, and keeps a byte order mark for the parser to refuse', () => {
    assert.equal(decodeUtf8(Uint8Array.of(0x22, 0xff, 0x22)), undefined);
    assert.equal(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80)), undefined);
    assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x30)), '\ufeff0');
  });
});
