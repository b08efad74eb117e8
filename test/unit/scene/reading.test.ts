import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { deriveReading } from '../../../src/scene/reading.ts';

const anyOrigin = (): boolean => true;

const labels: readonly (readonly [string, string, string?])[] = [
  ['https://a.example/notes/launch', 'launch'],
  ['https://a.example/docs/api/', 'api'],
  ['https://a.example/docs/real-page', 'real page'],
  ['https://a.example/docs/real--_page.html', 'real page'],
  ['https://a.example/photo.tar.gz', 'photo.tar'],
  ['https://a.example/v1.5', 'v1'],
  ['https://a.example/caf%C3%A9_%20menu', 'café menu'],
  ['https://a.example/100%25-wool', '100% wool'],
  ['https://a.example/bad%ff-name.html', 'bad%ff name.html'],
  ['https://www.a.example/', 'a.example'],
  ['http://127.0.0.1:8787', '127.0.0.1', 'http://127.0.0.1:8787/'],
  ['https://a.example/x?q=1#part', 'x', 'https://a.example/x?q=1#part'],
  ['https://a.example/---', ''],
  [`https://a.example/${'w'.repeat(60)}`, 'w'.repeat(42)],
];
for (const [url, label, shownUrl = url] of labels) {
  test(`a page at ${url} is shown as "${label}"`, () => {
    assert.deepEqual(deriveReading(url, anyOrigin), { label, url: shownUrl });
  });
}

test('a page address is considered up to 240 units', () => {
  const { url } = deriveReading(`https://a.example/${'p'.repeat(400)}`, anyOrigin);
  assert.equal(url.length, 240);
});

for (const url of ['', 'about:blank', 'ftp://a.example/x', 'javascript:alert(1)', '/notes', 'https://', 'null']) {
  test(`what is no web page shows nothing: "${url}"`, () => {
    assert.deepEqual(deriveReading(url, anyOrigin), { label: '', url: '' });
  });
}

test('a page of another origin shows nothing at all', () => {
  const isOurs = (origin: string): boolean => origin === 'https://a.example';
  assert.equal(deriveReading('https://a.example/x', isOurs).label, 'x');
  assert.deepEqual(deriveReading('https://b.example/x', isOurs), { label: '', url: '' });
});

test('whatever the address, deriving never throws and keeps to its limits', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string()), (url) => {
      assert.ok(deriveReading(url, anyOrigin).label.length <= 42);
    }),
  );
});

test('22: an address that spells controls or turns text around has a plain label, cut between characters', () => {
  const label = (path: string): string => deriveReading(`https://a.example/${path}`, () => true).label;
  assert.equal(label('a%E2%80%AEb%00c%E2%81%A9'), 'abc');
  assert.equal(label(`${'a'.repeat(41)}%F0%9F%A6%8A`), 'a'.repeat(41));
});
