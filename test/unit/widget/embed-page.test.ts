/** docs/embed.md names what owners may set and use; the sources are what there is. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/embed.md'), 'utf8');
const WIDGET = join(ROOT, 'public/widget');
const SOURCES = readdirSync(WIDGET, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(WIDGET, path), 'utf8'))
  .join('\n');

const named = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].toSorted();

test('every property of the style that an owner may set is in the page, and none that is not there', () => {
  const tokens = /TOKENS = \[(.+?)\]/.exec(SOURCES)?.[1] ?? '';
  const there = [...named(SOURCES, /var\(--ts-([a-z-]+)/g), ...named(tokens, /'(\w+)'/g)];
  assert.deepEqual(named(PAGE, /`?--ts-([a-z-]+)/g), [...new Set(there)].toSorted());
});

test('every part that an owner’s style may name is in the page', () => {
  const there = named(SOURCES, /part: '([a-z ]+)'/g).flatMap((parts) => parts.split(' '));
  for (const part of there) assert.match(PAGE, new RegExp(`\`(::part\\()?${part}\\)?\``), part);
});

test('every event, attribute and property of the element is in the page', () => {
  const element = readFileSync(join(WIDGET, 'element.ts'), 'utf8');
  const attributes = named(element, /(?:get|has)Attribute\('([\w-]+)'\)/g);
  const properties = named(element, /^ {2}get (\w+)\(/gm);
  for (const name of [...named(element, /#emit\('(ts-\w+)'/g), ...attributes, ...properties])
    assert.match(PAGE, new RegExp(`\\| \`${name}\``), name);
});
