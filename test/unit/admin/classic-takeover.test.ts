import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isAdminToken } from '../../../src/admin/admin-token.ts';
import { takeOverClassicFiles } from '../../../src/admin/classic-takeover.ts';
import { publishedWorld } from '../../../src/admin/public-map.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { ClassicMirror } from '../../../src/store/classic-mirror.ts';
import { NO_FIGURES } from '../../../src/store/site-figures.ts';
import { newSiteRecord } from '../../../src/store/site-record.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const CLASSIC = {
  siteKey: 'site_abc',
  adminToken: 'admin_plain',
  name: 'Moss',
  origin: 'https://moss.example/page',
  allowedOrigins: ['https://moss.example/', 'https://www.moss.example'],
  email: 'm@moss.example',
  sceneConfig: { benches: 1, benchXs: [0.3] },
  styleConfig: { scene: '#111213' },
  connections: [{ side: 'left', label: 'Quay', url: 'https://quay.example/' }],
  messageBoard: { title: 'Hello' },
  hiddenFromMap: true,
  botProtection: false,
  pro: true,
  verifiedAt: 1_700_000_000_000,
  lastSeenAt: '2024-01-02T03:04:05.000Z',
  messageCount: 12,
  connectionClicks: { 'https://quay.example/': { count: 3, lastAt: 5 } },
  createdAt: 1_690_000_000_000,
  blockedBrowserIds: ['eve', 'eve', 7],
  blockedIps: ['203.0.113.7'],
  shadowBlockedBrowserIds: ['sly'],
  ownerBrowserIds: ['ada'],
  ownerProfiles: { ada: { displayName: 'Ada', color: '#3f7f63', badgeColor: '#e8eef5' } },
  connectionLimit: 99_999,
  moderationLog: [{ at: 9, action: 'block', detail: 'Eve' }],
  plugins: { weather: { mode: 'permanent' }, big: { text: 'x'.repeat(70_000) }, odd: 'text' },
  pluginsEnabled: { weather: true, 'soccer-ball': false },
};

function open(t: TestContext, dir: string): Store {
  const store = openStore(dir);
  t.after(() => store.close());
  return store;
}

const takeOver = (store: Store, dir: string): void =>
  takeOverClassicFiles(store, dir, { connectionLimit: 100, now: 1_800_000_000_000, log: { info: () => undefined } });

test('the sites of a classic server are taken over, tokens as hashes, counts and all, and its files are kept', (t) => {
  const dir = tempDir(t);
  const text = JSON.stringify({
    version: 1,
    sites: [CLASSIC, { name: 'no key' }, { siteKey: 'x', origin: 'nonsense' }, null],
  });
  writeFileSync(join(dir, 'sites.json'), text);
  writeFileSync(
    join(dir, 'map-world.json'),
    JSON.stringify({ width: 1_800, height: 1_200, props: [{ type: 'lake', x: 5, y: 6 }] }),
  );
  const store = open(t, dir);
  takeOver(store, dir);
  assert.deepEqual(
    store.sites().map(({ key }) => key),
    ['site_abc'],
  );
  const site = store.find('site_abc');
  assert.ok(site !== undefined && isAdminToken('admin_plain', site.adminTokenHash));
  assert.ok(!isAdminToken('admin_plain ', null) && !isAdminToken('other', site.adminTokenHash));
  assert.deepEqual(
    [site.origin, site.allowedOrigins, site.email, site.isPlus, site.isBotProtected, site.isHiddenFromMap],
    ['https://moss.example', ['https://moss.example', 'https://www.moss.example'], 'm@moss.example', true, true, true],
  );
  assert.deepEqual(
    [site.scene.benchXs, site.style.light['sky'], site.messageBoard.title, site.connections.length],
    [[0.3], '#111213', 'Hello', 1],
  );
  assert.deepEqual(
    [site.blockedBrowserIds, site.blockedAddresses, site.hiddenBrowserIds, site.connectionLimit, site.chatThrottleMs],
    [['eve'], ['203.0.113.7'], ['sly'], 1_000, 500],
  );
  assert.deepEqual(site.owners, [
    { browserId: 'ada', isBound: false, displayName: 'Ada', color: '#3f7f63', badgeColor: '#e8eef5' },
  ]);
  assert.deepEqual([site.enabledPlugins, site.pluginData], [['weather'], { weather: { mode: 'permanent' } }]);
  assert.deepEqual(store.figures.of('site_abc'), {
    ...NO_FIGURES,
    verifiedAt: 1_700_000_000_000,
    lastSeenAt: Date.parse('2024-01-02T03:04:05Z'),
    messageCount: 12,
    connectionClicks: { 'https://quay.example/': { count: 3, lastAt: 5 } },
  });
  assert.deepEqual(publishedWorld(store).water, [
    { type: 'water', paths: [{ width: 110, points: [{ x: 5, y: 6 }], order: 0 }], cutouts: [] },
  ]);
  assert.equal(readFileSync(join(dir, 'sites.json.before-townring'), 'utf8'), text);
  assert.ok(existsSync(join(dir, 'map-world.json.before-townring')));

  const beside = openStore(dir);
  assert.deepEqual([beside.sites(), beside.figures.of('site_abc')], [store.sites(), store.figures.of('site_abc')]);
  beside.close();
  writeFileSync(join(dir, 'sites.json'), 'whatever');
  takeOver(store, dir);
  assert.equal(store.sites().length, 1, 'once only');
});

test('what a square writes for classic tools is what it would take over', async (t) => {
  const dir = tempDir(t);
  writeFileSync(join(dir, 'sites.json'), JSON.stringify({ sites: [{ ...CLASSIC, botProtectionDefaulted: true }] }));
  const store = open(t, dir);
  takeOver(store, dir);
  const mirror = new ClassicMirror(store, dir, systemClock, { error: () => assert.fail('not written') });
  await mirror.writeSites();
  await mirror.stop();
  const other = tempDir(t);
  writeFileSync(join(other, 'sites.json'), readFileSync(join(dir, 'sites.json')));
  const restored = open(t, other);
  takeOver(restored, other);
  assert.deepEqual(restored.sites(), store.sites());
  assert.equal(restored.find('site_abc')?.isBotProtected, false);
  assert.deepEqual(restored.figures.of('site_abc'), store.figures.of('site_abc'));
});

for (const [what, file, text] of [
  ['a registry that was cut', 'sites.json', '{"version":1,"sites":['],
  ['one without a list', 'sites.json', '[]'],
  ['a world that is none', 'map-world.json', '{"width":"wide"}'],
] as const) {
  test(`${what} keeps the square from starting, in words, and stays as it is`, (t) => {
    const dir = tempDir(t);
    writeFileSync(join(dir, file), text);
    const store = open(t, dir);
    assert.throws(() => takeOver(store, dir), new RegExp(`${file.replace('.', '\\.')} cannot be read: .*Repair it`));
    assert.equal(readFileSync(join(dir, file), 'utf8'), text);
    assert.equal(store.sites().length, 0);
  });
}

test('a file that lies beside sites of our own is not read, but kept', (t) => {
  const dir = tempDir(t);
  const store = open(t, dir);
  store.addSites([[newSiteRecord({ key: 'site_own', name: 'Own', origin: 'https://own.example' }, 1), NO_FIGURES]]);
  writeFileSync(join(dir, 'sites.json'), 'not even JSON');
  takeOver(store, dir);
  assert.deepEqual(
    store.sites().map(({ key }) => key),
    ['site_own'],
  );
  assert.equal(readFileSync(join(dir, 'sites.json.before-townring'), 'utf8'), 'not even JSON');
});
