/** The oldest browsers that docs/embed.md names, and what the pages' code asks of a browser. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../../..');
/** What visitors, owners and operators load; the lab is for developers. */
const FOLDERS = ['widget', 'classic', 'map', 'admin', 'home', 'plugins'];

type Versions = readonly [chrome: number, firefox: number, safari: number];
const NEVER = Infinity;

/**
 * Since which versions something is there, from MDN's tables of compatibility (2026). A list by hand: it knows what is on
 * it. What is only nicer to have, or asked for before it is used, is not on it.
 */
const SINCE: readonly (readonly [what: RegExp, ...Versions])[] = [
  [/URL\.canParse\(/, 120, 115, 17],
  [/popover: 'auto'|showPopover\(|:popover-open/, 114, 125, 17],
  [/popoverTargetElement/, 114, 125, 17],
  [/\.aria[A-Z]\w+/, 81, 119, 12.1],
  [/new OffscreenCanvas\(/, 69, 105, 16.4],
  [/adoptedStyleSheets/, 73, 101, 16.4],
  [/\.inert\b/, 102, 112, 15.5],
  [/\.toSorted\(/, 110, 115, 16],
  [/Object\.hasOwn\(/, 93, 92, 15.4],
  [/@container/, 105, 110, 16],
  [/:has\(/, 105, 121, 15.4],
  [/:dir\(/, 120, 49, 16.4],
  [/color-mix\(/, 111, 113, 16.2],
  [/overflow:\s?clip/, 90, 81, 16],
  // Newer than the table.
  [/URL\.parse\(/, 126, 126, 18],
  [/Promise\.withResolvers/, 119, 121, 17.4],
  [/Promise\.try\(/, 128, 134, 18.2],
  [/(Object|Map)\.groupBy\(/, 117, 119, 17.4],
  [/Array\.fromAsync\(/, 121, 115, 16.4],
  [/AbortSignal\.any\(/, 116, 124, 17.4],
  [/\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/, 122, 127, 17],
  [/\.(values|keys|entries)\(\)\s*\.(map|filter|take|drop|flatMap|some|every|find|toArray|reduce)\(/, 122, 131, 18.4],
  [/RegExp\.escape\(/, 136, 134, 18.2],
  [/\.(toBase64|toHex)\(\)|\.from(Base64|Hex)\(/, 140, 133, 18.2],
  [/\.checkVisibility\(/, 105, 106, 17.4],
  [/startViewTransition\(/, 111, 144, 18],
  [/\.moveBefore\(/, 133, 144, NEVER],
  [/\bscheduler\./, 94, 142, NEVER],
  [/new CloseWatcher\(/, 126, NEVER, NEVER],
  [/light-dark\(/, 123, 120, 17.5],
  [/@starting-style/, 117, 129, 17.5],
  [/@scope\b/, 118, 146, 17.4],
  [/anchor-name:|position-anchor:/, 125, 147, 26],
  [/field-sizing:/, 123, NEVER, 26.2],
];

/** What is said of a feature is not asked of a browser. */
const COMMENT = /\/\*[^]*?\*\//g;
const code = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, 'public', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|css|html)$/.test(name))
    .map((name) => readFileSync(join(ROOT, 'public', folder, name), 'utf8').replaceAll(COMMENT, '')),
).join('\n');
const used = SINCE.filter(([what]) => what.test(code));

/** First versions as the table says them. */
function oldest(): number[] {
  const page = readFileSync(join(ROOT, 'docs/embed.md'), 'utf8');
  return ['Chrome', 'Firefox', 'Safari'].map((name) =>
    Number(new RegExp(`^\\| ${name}[^|]*\\| ([\\d.]+) \\|`, 'm').exec(page)?.[1]),
  );
}

test('nothing that pages load asks for a newer browser than the table in docs/embed.md names', () => {
  const floor = oldest();
  const tooNew = used.filter(([, ...since]) => since.some((version, index) => !(version <= (floor[index] ?? NaN))));
  assert.deepEqual(
    tooNew.map(([what]) => what.source),
    [],
  );
});

test('the versions of the table are those from which everything is there, and no newer ones', () => {
  const needed = [0, 1, 2].map((index) => Math.max(...used.map(([, ...since]) => since[index] ?? NaN)));
  assert.deepEqual(oldest(), needed);
});
