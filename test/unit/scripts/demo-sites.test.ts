import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { demoSites, renderDemoSite } from '../../../scripts/demo-sites.ts';
import { CONNECTION_LABEL_MAX_UNITS, NAME_MAX_UNITS } from '../../../src/protocol/limits.ts';

async function tempFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'townring-sites-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file of a rendered site as text, by name. */
async function render(t: TestContext, index: number): Promise<Map<string, string>> {
  const folder = path.join(await tempFolder(t), 'pages');
  await renderDemoSite(index, folder);
  const names = await readdir(folder);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')] as const)),
  );
}

test('the ring has twelve different sites, the first three in their known places', () => {
  assert.deepEqual(
    demoSites.slice(0, 3).map(({ id, name }) => [id, name]),
    [
      ['moss-and-ink', 'Moss & Ink'],
      ['lantern-diary', 'Lantern Diary'],
      ['quay', 'Quay'],
    ],
  );
  assert.equal(demoSites.length, 12);
  for (const key of ['id', 'name', 'folder'] as const)
    assert.equal(new Set(demoSites.map((site) => site[key])).size, 12, `two sites share a ${key}`);
  for (const [place, { index, id, name, residents }] of demoSites.entries()) {
    assert.equal(index, place);
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(name.length <= CONNECTION_LABEL_MAX_UNITS, name);
    for (const resident of residents) assert.ok(`${resident}, resident`.length <= NAME_MAX_UNITS, resident);
    assert.equal(new Set(residents).size, residents.length);
  }
});

for (const { index, id, name } of demoSites) {
  test(`${name}: every page has its strip, its ring links and asks nobody else for anything`, async (t) => {
    const files = await render(t, index);
    assert.ok(files.has('index.html') && files.has('style.css'));
    const label = name.replaceAll('&', '&amp;');
    for (const [file, text] of files) {
      assert.doesNotMatch(text, /\{\{|\}\}/, `${file} has a placeholder left`);
      assert.doesNotMatch(text.replaceAll("xmlns='http://www.w3.org/2000/svg'", ''), /https?:|@import|url\(/, file);
      if (!file.endsWith('.html')) continue;
      assert.equal(text.match(/<script/g)?.length, 1);
      assert.ok(text.includes('<script type="module" src="/townring.js"></script>\n</head>'));
      assert.ok(text.includes(`<town-square label="${label}">`));
      for (const way of ['prev', 'random', 'next']) assert.ok(text.includes(`href="/ring/${way}?from=${id}"`), way);
      assert.equal(text.match(/<h1/g)?.length, 1);
      assert.equal(text.match(/<main/g)?.length, 1);
      assert.match(text, /<html lang="en">/);
      assert.doesNotMatch(text, /style="|onclick|javascript:/);
    }
  });
}

test('text of a rendered site is escaped', async (t) => {
  const index = demoSites.findIndex(({ id }) => id === 'night-bus-notes');
  const page = (await render(t, index)).get('index.html');
  assert.ok(page?.includes('<h2>Lost &amp; found &amp; found again</h2>'));
});

test('accents can be read on their paper, by day and by night', async (t) => {
  for (const { index, name } of demoSites.slice(3)) {
    const style = (await render(t, index)).get('style.css') ?? '';
    for (const scheme of ['light', 'dark']) {
      const [paper, accent] = ['paper', 'accent'].map(
        (part) => new RegExp(`--${part}-${scheme}: (#[0-9a-f]{6});`).exec(style)?.[1],
      );
      const ratio = contrast(paper ?? '', accent ?? '');
      assert.ok(ratio >= 4.5, `${name}, ${scheme}: ${ratio.toFixed(2)}`);
    }
  }
});

test('rendering twice into one folder gives the same pages, and there is no thirteenth site', async (t) => {
  const folder = await tempFolder(t);
  for (const index of [0, 5]) {
    await renderDemoSite(index, folder);
    const first = await readFile(path.join(folder, 'index.html'), 'utf8');
    await renderDemoSite(index, folder);
    assert.equal(await readFile(path.join(folder, 'index.html'), 'utf8'), first);
  }
  for (const index of [12, -1, 0.5, Number.NaN]) await assert.rejects(renderDemoSite(index, folder), RangeError);
});

test('the home page offers the snippet for this square and asks nobody else for anything', async () => {
  const home = path.join(import.meta.dirname, '../../../public/home');
  const page = await readFile(path.join(home, 'index.html'), 'utf8');
  assert.equal(page.match(/\{\{origin\}\}/g)?.length, 2);
  assert.equal(page.match(/\{\{/g)?.length, 2, 'the square fills in nothing but its origin');
  assert.ok(page.includes('<script type="module" src="/townring.js"></script>'));
  assert.match(page, /<town-square/);
  for (const link of ['/ring', '/healthz']) assert.ok(page.includes(`href="${link}"`), link);
  assert.doesNotMatch(page, /(src|href)="https?:/);
});

/** WCAG 2.2 contrast ratio of two #rrggbb colours. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
