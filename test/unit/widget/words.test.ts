import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { INTERNAL_NAMES } from '../../../scripts/build-widget.ts';
import { MORE_WORDS } from '../../../public/widget/words/more-strings.ts';
import { NOTE_WORDS } from '../../../public/widget/notes/note-words.ts';
import { PANEL_WORDS } from '../../../public/widget/panels/panel-words.ts';
import { STREET_WORDS } from '../../../public/widget/street/street-words.ts';
import { CORE_WORDS, LANGUAGES, languageOf } from '../../../public/widget/words/strings.ts';
import { tableFrom, Wording } from '../../../public/widget/words/words.ts';

const FOLDER = join(import.meta.dirname, '../../../public/widget/words/languages');
const ENGLISH: Readonly<Record<string, unknown>> = {
  ...CORE_WORDS,
  ...STREET_WORDS,
  ...MORE_WORDS,
  ...PANEL_WORDS,
  ...NOTE_WORDS,
};

/** The `{places}` of a text in all its plurals, sorted. */
function placesOf(text: unknown): string {
  return [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort().join();
}

test('numbers choose the plural of the language and are written in its digits', () => {
  const wording = new Wording({ heads: { one: '{n} person', other: '{n} people' } });
  assert.deepEqual(
    [1, 2, 1_200].map((n) => wording.say('heads', { n })),
    ['1 person', '2 people', '1,200 people'],
  );
  wording.use('ar-EG', { heads: { one: 'شخص واحد', two: 'شخصان', few: '{n} أشخاص', other: '{n} شخص' } });
  assert.deepEqual(
    [1, 2, 3, 100].map((n) => wording.say('heads', { n })),
    ['شخص واحد', 'شخصان', '٣ أشخاص', '١٠٠ شخص'],
  );
});

test('a name keeps its direction to itself among words of the other direction', () => {
  const wording = new Wording({ hi: 'Enter as {name}?' });
  assert.equal(wording.say('hi', { name: 'Ada' }), 'Enter as Ada?');
  assert.equal(wording.say('hi', { name: 'نور' }), 'Enter as \u2068نور\u2069?');
});

test('what a language lacks stays English, and a name cannot smuggle in another place', () => {
  const wording = new Wording({ yes: 'Yes', hi: '{name} and {site}' });
  wording.use('de', { hi: '{name} und {site}' });
  assert.equal(wording.say('yes'), 'Yes');
  assert.equal(wording.say('hi', { name: '{site}', site: 'Moss' }), '{site} und Moss');
  assert.equal(wording.say('unknown'), '');
});

test('a fetched table gives up whatever is no text', () => {
  const texts = ['A', 7, { one: 'x' }, { other: 'D', few: 1 }, 'x'.repeat(700), null];
  assert.deepEqual(tableFrom(texts, ['a', 'b', 'c', 'd', 'e', 'f', 'g']), { a: 'A', d: { other: 'D' } });
  assert.deepEqual(tableFrom(texts, ['a']), { a: 'A' });
  assert.deepEqual(tableFrom([], ['a']), {});
});

test('a page language finds its table whatever its region, English and unknown ones find none', () => {
  for (const language of LANGUAGES) assert.equal(languageOf(`${language.toUpperCase()}-XX`), language);
  assert.deepEqual([languageOf('en-GB'), languageOf('tlh'), languageOf('')], [undefined, undefined, undefined]);
});

test('every language that is offered has a table, which says nothing that English does not, with the same places', async () => {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'));
  assert.deepEqual(files.map((name) => name.slice(0, -5)).sort(), [...LANGUAGES].sort());
  for (const name of files) {
    const table: Readonly<Record<string, unknown>> = JSON.parse(await readFile(join(FOLDER, name), 'utf8'));
    assert.deepEqual(tableFrom(Object.values(table), Object.keys(table)), table, name);
    assert.deepEqual(Object.keys(table).sort(), Object.keys(ENGLISH).sort(), `${name}: every word, and no other`);
    const parts = (text: unknown): number => JSON.stringify(text).split('|').length;
    for (const [key, text] of Object.entries(table)) {
      assert.equal(placesOf(text), placesOf(ENGLISH[key] ?? ''), `${name}: ${key}`);
      assert.equal(parts(text), parts(ENGLISH[key] ?? ''), `${name}: ${key}`);
      assert.ok(key in ENGLISH, `${name}: ${key} is no word of the widget`);
    }
  }
});

test('what the second file says joins what the first one says in that language', () => {
  const wording = new Wording({ yes: 'Yes' });
  wording.use('de', { yes: 'Ja' });
  wording.add({ save: 'Save', help: 'Help' });
  assert.equal(wording.say('save'), 'Save');
  wording.use('de', { save: 'Speichern' });
  assert.deepEqual(
    ['yes', 'save', 'help'].map((key) => wording.say(key)),
    ['Ja', 'Speichern', 'Help'],
  );
});

test('the counter finds its words where it looks, at the front of the table', () => {
  assert.equal(Object.keys(CORE_WORDS)[0], 'heads');
});

test('no word is found under a name that the build shortens', () => {
  const internal = new Set(INTERNAL_NAMES.trim().split(/\s+/));
  assert.deepEqual(
    Object.keys(ENGLISH).filter((key) => internal.has(key)),
    [],
  );
});

/** Every text of a language, plurals one by one, with its key. */
async function textsOf(language: string): Promise<(readonly [string, string])[]> {
  const table: Record<string, string | Record<string, string>> = JSON.parse(
    await readFile(join(FOLDER, `${language}.json`), 'utf8'),
  );
  return Object.entries(table).flatMap(([key, text]) =>
    typeof text === 'string' ? [[key, text] as const] : Object.values(text).map((one) => [key, one] as const),
  );
}

test('a text that counts has a form for every number of people that its language tells apart', async () => {
  for (const language of LANGUAGES) {
    const rules = new Intl.PluralRules(language);
    const needed = new Set(Array.from({ length: 200 }, (_none, index) => rules.select(index + 1)));
    const table: Record<string, unknown> = JSON.parse(await readFile(join(FOLDER, `${language}.json`), 'utf8'));
    for (const [key, text] of Object.entries(table)) {
      if (typeof text !== 'object' || text === null) continue;
      const lacking = [...needed].filter((category) => !Object.hasOwn(text, category));
      assert.deepEqual(lacking, [], `${language}: ${key}`);
    }
  }
});

test('each language has its own punctuation, and a number stays with its unit', async () => {
  const wrong = {
    ar: /[,;?]/,
    de: /["“”]\S|\d s\b/,
    es: /[“”"]/,
    fr: /['"]| [:;?!]|[^\u202f][;?!]|[^\u00a0]:/,
    ja: /[,;:?!]|[\u3040-\u9fff] (?![·-])/,
    pt: /[“”"]/,
    tr: /[“”"]/,
  };
  const notWords = new Set(['comma', 'said', 'moreTalk', 'about', 'helpTouch', 'actions']);
  for (const [language, pattern] of Object.entries(wrong)) {
    for (const [key, text] of await textsOf(language)) {
      assert.doesNotMatch(text, /\{n\} (?:s|sn|ث)\b/, `${language}: ${key}`);
      if (!notWords.has(key)) assert.doesNotMatch(text, pattern, `${language}: ${key}`);
    }
  }
});
