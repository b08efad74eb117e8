import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSocket } from '../support/classic-client.ts';
import { PASSWORD, startHttpSquare, type Answered, type HttpSquare, type Registered } from '../support/http-square.ts';
import { eventually } from '../support/sharded-square.ts';

for (const shards of ['0', '2']) {
  test(`HTTP 8, 9: counts are as of now, for any page to read (SHARDS=${shards})`, async (t) => {
    const square = await startHttpSquare(t, { SHARDS: shards });
    const site = await square.register();
    const stats = await square.get('/api/stats');
    assert.deepEqual(stats.json, { registered: 1, verified: 0, messages: 0 });
    assert.deepEqual(
      [stats.headers.get('cache-control'), stats.headers.get('access-control-allow-origin')],
      ['no-store', '*'],
    );
    const presence = async (query = ''): Promise<unknown> => (await square.get(`/api/site-presence${query}`)).json;
    const ofSite = `?siteKey=${site.siteKey}`;
    assert.deepEqual([await presence(), await presence(ofSite)], [{ activeVisitors: 0 }, { activeVisitors: 0 }]);
    const shared = await square.enterShared({ browserId: 'ada' });
    await shared.next('hello');
    shared.send({ type: 'say', text: 'not counted' });
    const ada = await square.enter(site, { browserId: 'ada' });
    await ada.next('hello');
    const tab = await square.enter(site);
    await tab.next('hello');
    assert.deepEqual([await presence(), await presence(ofSite)], [{ activeVisitors: 1 }, { activeVisitors: 2 }]);
    await square.post('/api/service-admin/action', {
      password: PASSWORD,
      siteKey: site.siteKey,
      action: 'setSiteSupporter',
      supporter: true,
    });
    const spectator = await openSocket({ url: square.url, site, watch: true });
    spectator.send({ type: 'init' });
    assert.equal((await spectator.next('hello')).id, null);
    assert.deepEqual(await presence(ofSite), { activeVisitors: 2 }, 'who only watches is not counted');
    ada.send({ type: 'say', text: 'counted' });
    await tab.next('say');
    assert.deepEqual((await square.get('/api/stats')).json, { registered: 1, verified: 1, messages: 1 });
    await ada.close();
    assert.deepEqual(await presence(ofSite), { activeVisitors: 2 }, 'in grace');

    for (const query of ['?siteKey=site_unknown', '?siteKey=default']) {
      const unknown = await square.get(`/api/site-presence${query}`);
      assert.deepEqual([unknown.status, unknown.json], [404, { error: 'unknown site' }], query);
    }
    await square.act(site, 'disableSite', { disabled: true });
    const off = await square.get(`/api/site-presence${ofSite}`);
    assert.deepEqual([off.status, off.headers.get('access-control-allow-origin')], [404, '*']);
  });
}

test('HTTP 9, 10: reads and clicks have budgets; clicks are answered alike whatever they say', async (t) => {
  const square = await startHttpSquare(t, {
    SITE_PRESENCE_READS_PER_HOUR: '2',
    CONNECTION_CLICKS_PER_HOUR: '5',
    MAP_CLICKS_PER_HOUR: '2',
  });
  const url = 'https://quay.example/';
  const site = await square.register({ connections: [{ side: 'left', label: 'Quay', url }] });
  const reads = [];
  for (let read = 0; read < 3; read += 1) reads.push(await square.get('/api/site-presence'));
  assert.deepEqual(
    reads.map(({ status }) => status),
    [200, 200, 429],
  );
  assert.deepEqual(reads[2]?.json, { error: 'rate limited' });

  const beacon = { 'content-type': 'text/plain;charset=UTF-8', origin: site.origin };
  const { siteKey } = site;
  for (const body of [
    { siteKey, url },
    { siteKey, url: 'https://else.example/' },
    { siteKey: 'none', url },
    'no json',
    '[]',
  ]) {
    const { status, headers, text } = await square.post('/api/connection-click', body, beacon);
    assert.deepEqual([status, headers.get('access-control-allow-origin'), text], [204, '*', '']);
  }
  const late = await square.post('/api/connection-click', { siteKey, url }, beacon);
  assert.deepEqual([late.status, late.text], [429, '']);
  for (const status of [204, 204, 429]) assert.equal((await square.post('/api/map-click', { siteKey })).status, status);
  const [shown] = (await square.post('/api/service-admin/sites', { password: PASSWORD })).json.sites;
  assert.deepEqual([shown.connectionClickTotal, shown.connectionClicks[url].count, shown.mapClickTotal], [1, 1, 2]);
  assert.equal(typeof shown.mapClickLastAt, 'number');
});

async function visited(square: HttpSquare, name: string): Promise<Registered> {
  const site = await square.register({ name, origin: `https://${name}.example` });
  const visitor = await square.enter(site, { browserId: name });
  await visitor.next('hello');
  const isShown = async (): Promise<boolean> =>
    (await square.get('/api/map')).json.sites.some(({ siteKey }: Answered) => siteKey === site.siteKey);
  await eventually('the visit counts', isShown);
  return site;
}

test('HTTP 11: the map shows who was really visited, its activity no more than two keys, and its version what changed', async (t) => {
  const square = await startHttpSquare(t);
  const map = async (): Promise<Answered> => (await square.get('/api/map')).json;
  const activity = async (): Promise<Answered> => (await square.get('/api/map/activity')).json;
  assert.deepEqual(await map(), {
    sites: [],
    world: { width: 1_800, height: 1_200, props: [], water: [] },
    version: (await activity()).version,
  });
  const quiet = await square.register({ origin: 'https://quiet.example' });
  const moss = await visited(square, 'moss');
  const quay = await visited(square, 'quay');
  const first = await map();
  assert.deepEqual(
    first.sites.map(({ siteKey }: Answered) => siteKey),
    [moss.siteKey, quay.siteKey],
    `${quiet.siteKey} has had no visitor`,
  );
  assert.equal(
    Object.keys(first.sites[0]).join(' '),
    'siteKey name origin verifiedAt lastSeenAt messageCount activeVisitors inactiveFor30Days connections supporter',
  );
  assert.deepEqual([first.sites[0].activeVisitors, first.sites[0].inactiveFor30Days], [1, false]);
  assert.match(first.version, /^[0-9a-f]{16}$/);
  assert.deepEqual(await activity(), {
    version: first.version,
    sites: [moss, quay].map(({ siteKey }) => ({ siteKey, activeVisitors: 1 })),
  });
  const another = await square.enter(moss);
  await another.next('hello');
  await another.roundTrip();
  assert.equal((await activity()).sites[0].activeVisitors, 2);

  await square.act(moss, 'updateSiteDetails', { origin: moss.origin, name: 'Moss & Ink' });
  const renamed = await map();
  assert.notEqual(renamed.version, first.version);
  assert.equal((await activity()).version, renamed.version);
  const operate = (fields: object) =>
    square.post('/api/service-admin/action', { password: PASSWORD, siteKey: quay.siteKey, ...fields });
  await operate({ action: 'setSiteMapHidden', hidden: true });
  await square.act(moss, 'disableSite', { disabled: true });
  assert.deepEqual((await map()).sites, []);
});
